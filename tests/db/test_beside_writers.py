"""On SQLite the sums of an upgrade are counted while an older release, which keeps none, writes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from random import Random

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from db.engine import Database
from portal.seeding import year
from portal.services import sums
from tests import databases

# Each changes in a way of its own what a case counts for.
WRITES = (
    "UPDATE \"case\" SET status = 'resolved', is_open = 0, closed_at = changed_at WHERE id = :id",
    "UPDATE \"case\" SET status = 'in_progress', is_open = 1, closed_at = NULL WHERE id = :id",
    'UPDATE "case" SET answered_at = changed_at WHERE id = :id',
    'UPDATE "case" SET department_id = department_id % 9 + 1 WHERE id = :id',
    "UPDATE \"case\" SET received_at = '2026-0' || (:id % 9 + 1) || '-15 07:00:00.000000' WHERE id = :id",
    'INSERT INTO "case" ({columns}) SELECT {columns_of_another} FROM "case" WHERE id = :id',
    "UPDATE clock SET due_at = '2020-01-01 00:00:00.000000' WHERE case_id = :id",
    "INSERT INTO clock_entry (clock_id, act, at, due_at, basis, words)"
    " SELECT id, 'stopped', '2027-01-01 00:00:00.000000', due_at, '', '' FROM clock WHERE case_id = :id",
    "DELETE FROM clock_entry WHERE act = 'stopped' AND clock_id IN (SELECT id FROM clock WHERE case_id = :id)",
)


class DiskFull(Exception):
    pass


class OlderRelease:
    """Writes while the sums of an upgrade are counted; whoever is kept waiting fails."""

    def __init__(self, db: Database, *, first: int = 0) -> None:
        self.writes = first
        self._engine = db.engine
        self._file = make_url(db.url).database or ""
        self._choose = Random(5)

    @contextmanager
    def at_work(self, *, until: int = 1000, stops: bool = False) -> Iterator[None]:
        """A change before each sum that is counted, until so many are made; then perhaps the end."""

        def meanwhile(connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
            is_locked = connection.get_execution_options().get("writes")
            if is_locked or "INTO case_sum" not in statement:
                return
            if self.writes < until:
                self.write()
            elif stops:
                raise DiskFull

        event.listen(self._engine, "before_cursor_execute", meanwhile)
        try:
            yield
        finally:
            event.remove(self._engine, "before_cursor_execute", meanwhile)

    def write(self) -> None:
        """One change of one case, as a release before the sums makes it."""
        with closing(sqlite3.connect(self._file, timeout=0)) as other, other:
            names = [row[1] for row in other.execute('PRAGMA table_info("case")')]
            copied = {"id": "NULL", "reference": f"'{self.writes}'"}
            sql = WRITES[self.writes % len(WRITES)].format(
                columns=", ".join(names), columns_of_another=", ".join(copied.get(each, each) for each in names)
            )
            other.execute(sql, {"id": self._choose.randrange(1, 8)})
        self.writes += 1


@pytest.fixture
def db(sqlite_store: databases.Sqlite) -> Iterator[Database]:
    """Two hundred cases in the tables of the release before."""
    with sqlite_store.fresh() as db:
        year.write(db, cases=200, seed=3, end=date(2026, 11, 16), secret=b"x" * 32, progress=lambda *_: None)
        db.downgrade("0002")
        yield db


def test_writers_are_let_in_while_the_sums_are_counted_and_the_sums_are_exact(db: Database):
    older = OlderRelease(db)

    with older.at_work():
        db.upgrade()

    assert older.writes > len(WRITES)
    assert_exact(db)


@pytest.mark.parametrize("way", range(len(WRITES)))
def test_a_case_is_counted_as_what_it_was_changed_into_meanwhile(db: Database, way: int):
    older = OlderRelease(db, first=way)

    with older.at_work(until=way + 1):
        db.upgrade()

    assert_exact(db)


@pytest.mark.parametrize("until", [5, 18], ids=["counting", "counting again"])
def test_an_upgrade_that_was_stopped_half_way_is_called_again(db: Database, until: int):
    older = OlderRelease(db)
    with pytest.raises(DiskFull), older.at_work(until=until, stops=True):
        db.upgrade()
    for _ in range(30):
        older.write()

    assert db.revision() == "0002"
    db.upgrade()

    assert_exact(db)


def assert_exact(db: Database) -> None:
    """The sums of the months, which are the new ones, and the marks; what the queue counts is older."""
    checked = sums.check(db)
    assert [each for each in checked.differences if each.place.month] == []
    assert not checked.wrongly_late
    with db.reading() as tx:
        left = tx.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE '%note%'").all()
    assert left == []

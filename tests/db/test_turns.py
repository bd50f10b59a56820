"""On SQLite, whose writers follow one another, those of one process stand in line."""

import time
from collections.abc import Iterator
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from db import engine
from db.engine import Database
from tests import databases

# More than there are connections.
WRITERS = 24


@pytest.fixture
def db(sqlite_store: databases.Sqlite) -> Iterator[Database]:
    with sqlite_store.empty() as db:
        with db.transaction() as tx:
            tx.execute(text("CREATE TABLE line (place INTEGER PRIMARY KEY)"))
        yield db


def write(db: Database) -> None:
    with db.transaction() as tx:
        tx.execute(text("INSERT INTO line DEFAULT VALUES"))


def places(db: Database) -> int:
    with db.reading() as tx:
        return int(tx.execute(text("SELECT count(*) FROM line")).scalar_one())


def test_a_page_is_shown_while_more_writers_wait_than_there_are_connections(db: Database):
    writers = [Thread(target=write, args=(db,)) for _ in range(WRITERS)]
    with db.transaction() as tx:
        tx.execute(text("INSERT INTO line DEFAULT VALUES"))
        for each in writers:
            each.start()
        time.sleep(0.3)

        assert places(db) == 0
    for each in writers:
        each.join()

    assert places(db) == 1 + WRITERS


def test_a_writer_whose_turn_does_not_come_hears_that_the_database_is_locked(
    db: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    failed: list[Exception] = []

    def try_it() -> None:
        try:
            write(db)
        except OperationalError as no:
            failed.append(no)

    with db.transaction():
        other = Thread(target=try_it)
        other.start()
        other.join()

    assert "database is locked" in str(failed[0])


def test_the_turn_goes_on_after_a_writer_failed(db: Database):
    for _ in range(2):
        with pytest.raises(OperationalError), db.transaction() as tx:
            tx.execute(text("INSERT INTO nowhere DEFAULT VALUES"))

    write(db)

    assert places(db) == 1

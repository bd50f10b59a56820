"""Whether anything was stored in between is known without reading what was."""

from sqlalchemy import text
from sqlmodel import select

from db.engine import Database
from db.models import Attempt
from portal import clock


def store(db: Database) -> None:
    with db.transaction() as tx:
        tx.add(Attempt(kind="test", key="k", at=clock.now()))


def test_a_moment_stays_the_same_while_everybody_only_reads(db: Database):
    first = db.moment()
    with db.reading() as tx:
        tx.exec(select(Attempt)).all()

    assert db.moment() == first


def test_what_is_stored_here_or_by_another_process_makes_another_moment(db: Database):
    seen = [db.moment()]
    store(db)
    seen.append(db.moment())
    other = Database(db.url)
    store(other)
    other.close()
    seen.append(db.moment())

    assert len(set(seen)) == 3


def test_what_is_not_stored_yet_makes_another_moment_when_it_is(db: Database):
    with db.transaction() as tx:
        tx.add(Attempt(kind="test", key="k", at=clock.now()))
        tx.flush()
        while_it_is_written = db.moment()

    assert db.moment() != while_it_is_written


def test_whoever_is_cut_off_asks_over_another_connection(db: Database):
    first = db.moment()
    if db.dialect == "postgresql":
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        with db.reading() as tx:
            tx.execute(text(f"{others} pg_backend_pid()"))
    store(db)

    assert db.moment() != first


def test_a_moment_is_not_taken_for_one_of_a_connection_that_was_lost(db: Database):
    first = db.moment()
    db.close()
    store(db)

    assert db.moment() != first

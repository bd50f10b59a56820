"""The demo: everything there is to see, at whatever hour somebody first looks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from db.engine import Database
from db.models import Callback, Case, CaseEvent, Department, Outgoing
from portal.rules import deadlines
from portal.rules.lifecycle import Status
from portal.seeding import demo
from tests.cast import SECRET, City

MONDAY_NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_every_status_is_there_to_see(db: Database, tmp_path: Path) -> None:
    City(db)

    demo.write(db, secret=SECRET, folder=tmp_path, now=MONDAY_NOON)

    with db.reading() as tx:
        assert set(tx.exec(select(Case.status))) == set(Status)
        assert 55 <= tx.exec(select(func.count()).select_from(Case)).one() <= 75


def test_some_are_late_and_some_are_due_today(db: Database, tmp_path: Path) -> None:
    City(db)

    demo.write(db, secret=SECRET, folder=tmp_path, now=MONDAY_NOON)

    with db.reading() as tx:
        nearness = [deadlines.lateness(case.due_at, MONDAY_NOON) for case in tx.exec(select(Case).where(Case.is_open))]
    assert nearness.count("late") >= 5
    assert nearness.count("today") >= 3


def test_calls_are_owed_and_one_letter_was_not_delivered(db: Database, tmp_path: Path) -> None:
    City(db)

    demo.write(db, secret=SECRET, folder=tmp_path, now=MONDAY_NOON)

    with db.reading() as tx:
        reasons = set(tx.exec(select(Callback.reason).where(col(Callback.done_at).is_(None))))
        states = set(tx.exec(select(Outgoing.state)))
        departments = tx.exec(select(func.count(func.distinct(Case.department_id)))).one()
        assert departments > tx.exec(select(func.count()).select_from(Department)).one() / 2
    assert reasons == {"no_channel", "delivery_failed"}
    assert states == {"sent", "call", "failed"}


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 21, 21, 5, tzinfo=UTC),
        datetime(2026, 10, 29, 20, 58, tzinfo=UTC),
        datetime(2027, 3, 10, 5, 0, tzinfo=UTC),
    ],
    ids=["just after midnight on a Sunday", "the last minutes of a holiday", "in the feast"],
)
def test_it_works_at_any_hour_and_nothing_lies_in_the_future(db: Database, tmp_path: Path, now: datetime) -> None:
    City(db)

    demo.write(db, secret=SECRET, folder=tmp_path, now=now)

    with db.reading() as tx:
        assert tx.exec(select(func.max(CaseEvent.at))).one() <= now
        assert set(tx.exec(select(Case.status))) == set(Status)


def test_a_demo_that_is_there_is_not_played_again(db: Database, tmp_path: Path) -> None:
    City(db).report()

    demo.write(db, secret=SECRET, folder=tmp_path, now=MONDAY_NOON)

    with db.reading() as tx:
        assert tx.exec(select(func.count()).select_from(Case)).one() == 1

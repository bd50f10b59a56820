"""The invented year: the same for the same seed, whole in every row, and shaped like a town's."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from db.engine import Database
from db.models import (
    Callback,
    Case,
    CaseCount,
    CaseEvent,
    Category,
    Clerk,
    Clock,
    ClockEntry,
    ContactPoint,
    Department,
    DeskVersion,
    Message,
    Outgoing,
    Person,
    Submission,
)
from db.queries import cases, sums
from db.queries import clocks as stored_clocks
from portal.clock import ISTANBUL
from portal.rules import lifecycle, references
from portal.rules.lifecycle import Status
from portal.seeding import story, voices, year
from tests.cast import City

END = date(2026, 11, 20)
UNTIL = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
SECRET = b"a secret of the tests, 32 bytes.."
TABLES = (Case, Submission, Person, ContactPoint, CaseEvent, Clock, ClockEntry, Message, Outgoing, Callback, CaseCount)


def write(db: Database, *, cases: int = 300, seed: int = 7, end: date = END) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []
    year.write(
        db, cases=cases, seed=seed, end=end, secret=SECRET, progress=lambda done, total: steps.append((done, total))
    )
    return steps


def everything(db: Database) -> list[dict[str, object]]:
    with db.reading() as tx:
        return [row.model_dump() for table in TABLES for row in tx.exec(select(table))]


def test_the_same_seed_and_end_write_the_same_year(sqlite_store, postgresql_store) -> None:
    with sqlite_store.fresh() as one, sqlite_store.fresh() as other, postgresql_store.fresh() as third:
        for db in (one, other, third):
            write(db)

        assert everything(other) == everything(one)
        assert story_of(third) == story_of(one)


def test_another_seed_writes_another_year(db: Database) -> None:
    write(db, cases=50)
    write(db, cases=50, seed=8)

    with db.reading() as tx:
        assert count(tx, Case) == 100


def test_a_year_that_is_here_already_stays_as_it_is(db: Database) -> None:
    write(db, cases=60)
    before = everything(db)

    write(db, cases=60)

    assert everything(db) == before


def test_an_interrupted_year_is_finished_by_the_next_run(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(year, "BATCH", 20)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        year.write(db, cases=60, seed=7, end=END, secret=SECRET, progress=stop)
    with db.reading() as tx:
        assert count(tx, Case) == 20

    assert write(db, cases=60) == [(20, 60), (40, 60), (60, 60)]
    with db.reading() as tx:
        assert count(tx, Case) == 60


def test_what_is_counted_is_what_is_there(db: Database) -> None:
    write(db)

    with db.reading() as tx:
        assert sums.differences(tx) == []
        assert sums.wrongly_late(tx) == []
        assert sum(counts(tx).values()) == 300
        assert tx.exec(select(func.sum(DeskVersion.version))).one() > 0


def test_nothing_hangs_in_the_air(db: Database) -> None:
    write(db)

    with db.reading() as tx:
        if db.dialect == "sqlite":
            assert tx.execute(text("PRAGMA foreign_key_check")).all() == []
        for table in (Submission, CaseEvent, Clock):
            there = select(func.count(func.distinct(table.case_id)))
            assert tx.exec(there).one() == 300
        assert tx.execute(text("SELECT count(*) FROM case_search")).scalar_one() == 300
        assert all(references.is_valid(reference) for reference in tx.exec(select(Case.reference)))
        assert tx.exec(select(func.count()).where(Outgoing.state == "waiting")).one() == 0


def test_new_cases_find_free_keys_after_the_year(db: Database) -> None:
    write(db, cases=40)

    receipt = City(db).report()

    with db.reading() as tx:
        assert cases.by_reference(tx, receipt.reference) is not None


def test_every_case_that_ended_was_answered(db: Database) -> None:
    write(db)

    with db.reading() as tx:
        for case in tx.exec(select(Case).where(col(Case.status).in_([Status.RESOLVED, Status.DECLINED]))):
            last = [event for event in cases.events(tx, case) if event.status_to == case.status][-1]
            assert last.words
            assert last.is_public
            assert last.at == case.closed_at
            answers = tx.exec(select(Outgoing).where(Outgoing.case_id == case.id, Outgoing.is_answer)).all()
            assert [each.words for each in answers if last.words in each.words]
            if case.answered_at is None:
                calls = tx.exec(select(Callback).where(Callback.case_id == case.id, col(Callback.done_at).is_(None)))
                assert calls.all()


def test_every_step_is_one_that_the_table_allows(db: Database) -> None:
    write(db)

    with db.reading() as tx:
        for case in tx.exec(select(Case)):
            at = case.received_at
            status = ""
            for event in cases.events(tx, case):
                assert event.at >= at
                assert event.at < UNTIL
                assert event.status_from == status
                assert not status or event.status_to in lifecycle.STEPS[Status(status)].leads_to
                at, status = event.at, event.status_to
            assert status == case.status
            assert case.is_open == lifecycle.is_open(status)


def test_the_due_date_is_that_of_the_clock_that_runs_out_first(db: Database) -> None:
    write(db)

    with db.reading() as tx:
        for case in tx.exec(select(Case)):
            clocks = stored_clocks.of_case(tx, case.id or 0)
            running = [clock.due_at for clock in clocks if clock.state == "running"]
            pauses = lifecycle.clock_of(case.status) == "paused"
            assert case.due_at == (None if pauses else min(running, default=None))
            assert case.due_order == (case.due_at or cases.NO_DUE)
            if not case.is_open:
                assert running == []


def test_the_applicants_key_opens_the_case(db: Database) -> None:
    write(db, cases=5)

    with db.reading() as tx:
        for each in tx.exec(select(Submission)):
            key = references.derive_key(SECRET, each.reference, each.key_nonce)
            assert references.matches(key, each.key_hash)


def test_colleagues_get_the_cases_of_their_department(db: Database) -> None:
    city = City(db)
    write(db)

    with db.reading() as tx:
        given = {(case.department_id, case.assignee_id) for case in tx.exec(select(Case)) if case.assignee_id}
        assert (city.department("FEN"), city.kemal.id) in given
        assert all(department in {city.department("FEN"), city.department("PBK")} for department, _ in given)


def test_the_year_has_the_towns_shape(sqlite_store) -> None:
    with sqlite_store.fresh() as db:
        write(db, cases=4000)

        with db.reading() as tx:
            all_cases = tx.exec(select(Case)).all()
            departments = dict(tx.exec(select(Department.id, Department.code)).all())
            categories = dict(tx.exec(select(Category.id, Category.code)).all())
        groups = Counter(categories[case.category_id].partition("-")[0] for case in all_cases)
        days = Counter(case.received_at.astimezone(ISTANBUL).date() for case in all_cases)
        weekdays = [median(number for on, number in days.items() if on.weekday() == day) for day in range(7)]
        is_done = sum(not case.is_open for case in all_cases) / len(all_cases)

        assert {departments[case.department_id] for case in all_cases} == set(departments.values())
        assert {categories[case.category_id] for case in all_cases} == set(voices.texts())
        assert {case.channel for case in all_cases} == set(story.CHANNELS)
        assert groups.most_common(1)[0][0] == "SOS"
        assert weekdays[0] > weekdays[4] > weekdays[5] > weekdays[6] > 0
        assert sorted(days.values())[-4] > 2.5 * sorted(days.values())[-5]
        assert min(days) >= END - timedelta(days=365)
        assert max(days) == END
        assert 0.97 < is_done < 0.99
        assert any(case.due_at and case.due_at < UNTIL for case in all_cases)


def test_every_category_of_the_town_has_words(db: Database) -> None:
    with db.reading() as tx:
        assert set(tx.exec(select(Category.code))) == set(voices.texts())


def test_nobody_who_is_told_works_where_there_is_no_colleague(db: Database) -> None:
    write(db, cases=30)

    with db.reading() as tx:
        assert count(tx, Clerk) == 0
        assert tx.exec(select(func.count()).where(col(CaseEvent.by_id).is_not(None))).one() == 0


def story_of(db: Database) -> list[tuple[object, ...]]:
    """What happened, without the keys, which are each database's own."""
    case = (Case.reference, Case.subject, Case.status, Case.street, Case.due_at, Case.closed_at, Case.answered_at)
    event = (CaseEvent.at, CaseEvent.kind, CaseEvent.actor, CaseEvent.status_to, CaseEvent.words)
    happened = select(*case, *event).join(CaseEvent, CaseEvent.case_id == Case.id).order_by(CaseEvent.id)
    with db.reading() as tx:
        return [tuple(row) for row in tx.exec(happened)]


def counts(tx: Session) -> dict[tuple[int, str], int]:
    return {(each.department_id, each.status): each.cases for each in tx.exec(select(CaseCount)) if each.cases}


def count(tx: Session, table: type) -> int:
    return tx.exec(select(func.count()).select_from(table)).one()

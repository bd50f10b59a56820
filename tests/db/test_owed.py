"""The lists of what is in danger count exactly, page without a gap, and read along indexes of open cases."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update
from sqlmodel import col, select

from db.models import Case, Clock, Duty
from db.queries import owed, queue
from db.queries.cases import NO_DUE
from db.queries.queue import Wanted

ORDERS = ("newest", "oldest", "due", "untouched")


@pytest.fixture
def cases(city):
    """Forty cases of three departments, each with dates of its own."""
    roll = random.Random(4)
    for _ in range(40):
        city.report(category_code=roll.choice(["YOL-01", "PRK-01", "SU-01"]))
    with city.db.transaction() as tx:
        for case in tx.exec(select(Case).order_by(col(Case.id))).all():
            due = None if roll.random() < 0.2 else city.now + timedelta(hours=roll.randint(-400, 400))
            values = {
                "is_open": roll.random() < 0.8,
                "due_at": due,
                "due_order": due or NO_DUE,
                "changed_at": city.now - timedelta(hours=roll.randint(0, 700)),
                "escalated_at": city.now if roll.random() < 0.3 else None,
            }
            tx.execute(update(Case).where(col(Case.id) == case.id).values(**values))
    with city.db.reading() as tx:
        return tx.exec(select(Case)).all()


def moments(city) -> dict[str, datetime]:
    return {
        "now": city.now,
        "soon_before": city.now + timedelta(days=7),
        "untouched_before": city.now - timedelta(days=10),
    }


def alarms(tx, departments, *, with_escalated=True, **moments):
    """How many cases of these departments are in each danger."""
    bounds = owed.Bounds(departments, **moments, with_escalated=with_escalated)
    return queue.numbers(tx, Wanted(departments), bounds).alarms


def by_hand(cases, departments, *, now, soon_before, untouched_before) -> tuple[int, int, int, int]:
    theirs = [each for each in cases if each.is_open and (departments is None or each.department_id in departments)]
    return (
        sum(each.due_order < now for each in theirs),
        sum(now <= each.due_order < soon_before for each in theirs),
        sum(each.changed_at < untouched_before for each in theirs),
        sum(each.escalated_at is not None for each in theirs),
    )


@pytest.mark.parametrize("codes", [None, (), ("FEN",), ("FEN", "PBK")])
def test_the_counts_are_those_of_counting_by_hand(city, cases, codes):
    departments = None if codes is None else frozenset(map(city.department, codes))

    with city.db.reading() as tx:
        counted = alarms(tx, departments, **moments(city))

    assert tuple(counted) == by_hand(cases, departments, **moments(city))


def test_what_was_escalated_is_not_even_counted_for_who_may_not_see_it(city, cases):
    with city.db.reading() as tx:
        assert alarms(tx, None, **moments(city), with_escalated=False).escalated == 0


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("danger", ["late", "soon", "untouched", "escalated"])
def test_the_pages_of_a_list_hold_as_many_cases_as_it_counts(city, cases, danger, order):
    when = moments(city)
    wanted = {
        "late": Wanted(None, late_at=when["now"]),
        "soon": Wanted(None, due_from=when["now"], due_before=when["soon_before"]),
        "untouched": Wanted(None, changed_before=when["untouched_before"]),
        "escalated": Wanted(None, is_escalated=True),
    }[danger]

    with city.db.reading() as tx:
        counted = getattr(alarms(tx, None, **when), danger)
        per_status = queue.numbers(tx, wanted).counts
        seen = list(pages(tx, wanted, order))

    assert len(seen) == len(set(seen)) == counted == sum(per_status.values())


def pages(tx, wanted, order):
    """The keys of a list, four to a page."""
    column = {"due": "due_order", "untouched": "changed_at"}.get(order, "received_at")
    after = None
    while rows := queue.page(tx, wanted, order=order, after=after, limit=4):
        yield from (row.id for row in rows)
        after = getattr(rows[-1], column), rows[-1].id


def test_a_duty_is_found_be_it_the_nearest_date_or_not(city):
    owing, done, other = (city.look(city.report().reference) for _ in range(3))
    with city.db.transaction() as tx:
        for case, done_at in ((owing, None), (done, city.now)):
            tx.add(Duty(case_id=case.id, kind="fee", due_at=city.now, opened_at=city.now, done_at=done_at))
        tx.add(Duty(case_id=other.id, kind="result_owed", due_at=city.now, opened_at=city.now))

    with city.db.reading() as tx:
        found = queue.page(tx, Wanted(None, duty="fee"), order="due", after=None, limit=10)
        counted = queue.numbers(tx, Wanted(None, duty="fee")).counts

    assert ([each.id for each in found], counted) == ([owing.id], {"new": 1})


def test_an_objection_is_found_until_it_is_answered(city):
    objected, answered, quiet = (city.look(city.report().reference) for _ in range(3))
    with city.db.transaction() as tx:
        for case, state in ((objected, "running"), (answered, "stopped")):
            tx.add(
                Clock(
                    case_id=case.id,
                    kind="objection",
                    value=15,
                    unit="working_days",
                    started_at=city.now,
                    due_at=city.now,
                    state=state,
                )
            )

    with city.db.reading() as tx:
        found = queue.page(tx, Wanted(None, duty=queue.OBJECTION), order="due", after=None, limit=10)

    assert [each.id for each in found] == [objected.id]
    assert quiet.id not in [each.id for each in found]


@pytest.mark.parametrize("codes", [None, ("FEN",), ("FEN", "PBK")])
def test_each_count_reads_an_index_of_open_cases_and_no_table(city, cases, codes):
    departments = None if codes is None else frozenset(map(city.department, codes))
    with city.db.reading() as tx:
        if tx.get_bind().dialect.name != "sqlite":
            # PostgreSQL reads so small a table whole; tests/bench measures it where it is large.
            return
        said = []
        event.listen(tx.get_bind(), "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
        alarms(tx, departments, **moments(city))
        statement, values = said[-1]
        plan = [row[3] for row in tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]

    read = [each.partition("INDEX ")[2].partition(" ")[0] for each in plan if " case " in each]
    due, changed = ("open_due", "open_changed") if codes else ("all_open_due", "all_open_changed")
    assert read == [f"ix_case_{due}", f"ix_case_{due}", f"ix_case_{changed}", "ix_case_escalated"], plan

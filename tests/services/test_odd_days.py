"""Days on which clocks and calendars are odd: numbers stay one of a kind and in order, no day falls between years."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import col, select

from db.models import Application, Case
from db.queries import clocks, register
from db.queries.register import Sought
from portal.clock import ISTANBUL
from portal.reports import information
from tests.cast import City

LAST_SECOND = datetime(2026, 12, 31, 23, 59, 59, tzinfo=ISTANBUL)
LEAP_DAY = datetime(2028, 2, 29, 10, 0, tzinfo=ISTANBUL)


def test_a_clock_that_jumps_a_day_gives_no_number_twice_and_none_out_of_order(city: City):
    jumps = [timedelta(0), timedelta(days=1), timedelta(days=-1), timedelta(seconds=1)]
    receipts = [city.application("petition", now=city.now + jump) for jump in jumps * 2]

    with city.db.reading() as tx:
        numbers = tx.exec(select(Application.number).order_by(col(Application.id))).all()

    assert len({receipt.reference for receipt in receipts}) == len(receipts)
    assert list(numbers) == list(range(1, len(receipts) + 1))


def test_a_case_moved_while_the_clock_went_back_keeps_the_order_of_what_was_done(city: City):
    case = city.case("assigned")
    with city.later(days=-1):
        city.move(case.reference, "in_progress")
    city.move(case.reference, "resolved")

    moved = [each.status_to for each in city.events(case) if each.status_to]
    assert moved[-3:] == ["assigned", "in_progress", "resolved"]


def test_the_second_after_new_year_is_the_next_years_first(city: City):
    before = city.application(now=LAST_SECOND)
    after = city.application(now=LAST_SECOND + timedelta(seconds=1))

    with city.db.reading() as tx:
        found = tx.exec(select(Case.reference, Application.year, Application.number).join(Application)).all()
        counted = {
            year: information.of_year(tx, year, None, now=LAST_SECOND) for year in register.years(tx, "information")
        }
        total = sum(
            register.count(tx, Sought(kind="information", year=year, departments=None), now=LAST_SECOND)
            for year in counted
        )

    assert set(found) == {(before.reference, 2026, 1), (after.reference, 2027, 1)}
    assert [each.sections[0][1][0].count for each in counted.values()] == [1, 1]
    assert total == len(found)


def test_nothing_happens_twice_in_the_night_that_other_countries_turn_their_clocks(city: City):
    # Türkiye has kept one time since 2016: the hour that is lived twice elsewhere is lived once.
    night = [datetime(2026, 10, 25, hour, 30, tzinfo=ISTANBUL) for hour in (2, 3, 4)]
    receipts = [city.report(now=each) for each in night]

    received = [city.look(receipt.reference).received_at for receipt in receipts]
    assert [later - earlier for earlier, later in pairwise(received)] == [timedelta(hours=1)] * 2


def test_the_29th_of_february_is_a_day_like_any_other(city: City):
    receipt = city.application("petition", now=LEAP_DAY)

    case = city.look(receipt.reference)
    with city.db.reading() as tx:
        due = {
            each.kind: each.due_at.astimezone(ISTANBUL).date().isoformat() for each in clocks.of_case(tx, case.id or 0)
        }
    assert case.received_at == LEAP_DAY
    # Thirty days after the 29th of February, the first of which is the first of March.
    assert due["legal"] == "2028-03-30"

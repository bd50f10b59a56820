"""The count, as the law and the town's calendar make it."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import deadlines
from portal.rules.deadlines import ISTANBUL, Calendar, Day, calendar_for
from tests import national_days

VECTORS = list(csv.DictReader((Path(__file__).parent / "deadline-vectors.csv").open(encoding="utf-8")))
UNITS = {"is_gunu": "working_days", "takvim_gunu": "calendar_days"}
TURKEY = calendar_for()


@dataclass
class Extra:
    """A row of the town's own table."""

    on: date
    kind: str
    name: str = "İdari izin"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


def local_words(moment: datetime) -> str:
    return moment.astimezone(ISTANBUL).strftime("%Y-%m-%d %H:%M:%S")


def test_the_official_holidays_are_those_the_library_knows():
    written = [(on.isoformat(), day.kind, day.name) for on, day in deadlines.national_days().items()]

    assert written == list(national_days.rows()), "Write the file anew, as tests/national_days.py says."


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_the_legal_vectors_hold(vector):
    received = local(f"{vector['received_on']}T10:00")

    found = deadlines.due(received, int(vector["count"]), UNITS[vector["unit"]], TURKEY)

    assert found.counted_to.isoformat() == vector["due_plain"]
    assert found.on.isoformat() == vector["due_rolled_to_working_day"]


@pytest.mark.parametrize(
    ("received", "value", "unit", "expected"),
    [
        ("2026-06-01T23:59", 1, "working_days", "2026-06-02 23:59:59"),
        ("2026-06-02T00:01", 1, "working_days", "2026-06-03 23:59:59"),
        ("2026-12-31T17:00", 1, "working_days", "2027-01-04 23:59:59"),
        ("2024-02-28T09:00", 1, "calendar_days", "2024-02-29 23:59:59"),
        ("2028-02-29T09:00", 365, "calendar_days", "2029-02-28 23:59:59"),
        ("2026-10-27T09:00", 1, "working_days", "2026-10-28 23:59:59"),
        ("2026-10-28T14:00", 1, "working_days", "2026-10-30 23:59:59"),
        # A whole holiday that falls on the eve of another: 19 May 2027 lies in the feast.
        ("2027-05-14T09:00", 1, "working_days", "2027-05-20 23:59:59"),
        # Five working hours on a Friday afternoon run on into Monday.
        ("2026-06-05T15:00", 5, "hours", "2026-06-08 11:00:00"),
        ("2026-06-05T12:30", 5, "hours", "2026-06-05 17:30:00"),
        ("2026-06-06T12:00", 2, "hours", "2026-06-08 10:30:00"),
        ("2026-06-08T05:00", 2, "hours", "2026-06-08 10:30:00"),
        # 28 October ends at 13:00, and 29 October is a holiday.
        ("2026-10-28T12:00", 2, "hours", "2026-10-30 09:30:00"),
        ("2026-06-01T09:00", 0, "working_days", "2026-06-01 23:59:59"),
    ],
)
def test_counting_by_the_clock_of_istanbul(received, value, unit, expected):
    assert local_words(deadlines.due(local(received), value, unit, TURKEY).at) == expected


def test_a_burst_pipe_runs_through_the_night():
    found = deadlines.due(local("2026-06-06T23:00"), 4, "hours", TURKEY, round_the_clock=True)

    assert local_words(found.at) == "2026-06-07 03:00:00"
    assert found.on == date(2026, 6, 7)


def test_mail_at_half_past_ten_utc_belongs_to_the_next_local_day():
    found = deadlines.due(datetime(2026, 6, 1, 22, 30, tzinfo=UTC), 1, "working_days", TURKEY)

    assert found.on == date(2026, 6, 3)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (Extra(date(2026, 6, 2), "full"), date(2026, 6, 3)),
        (Extra(date(2026, 6, 2), "half"), date(2026, 6, 2)),
        (Extra(date(2026, 6, 6), "working"), date(2026, 6, 2)),
    ],
)
def test_the_town_has_days_of_its_own(extra, expected):
    assert deadlines.due(local("2026-06-01T10:00"), 1, "working_days", calendar_for([extra])).on == expected


def test_a_working_saturday_counts():
    calendar = calendar_for([Extra(date(2026, 6, 6), "working")])

    assert deadlines.due(local("2026-06-05T10:00"), 1, "working_days", calendar).on == date(2026, 6, 6)


def test_the_town_may_open_on_a_national_holiday():
    calendar = calendar_for([Extra(date(2026, 10, 29), "working")])

    assert deadlines.due(local("2026-10-28T10:00"), 1, "working_days", calendar).on == date(2026, 10, 29)


def test_a_town_may_decide_that_half_days_do_not_count():
    calendar = calendar_for(half_day_counts=False)

    assert deadlines.due(local("2026-10-27T10:00"), 1, "working_days", calendar).on == date(2026, 10, 30)


def test_an_unknown_kind_of_day_is_not_swallowed():
    with pytest.raises(ValueError, match="full, half or working"):
        calendar_for([Extra(date(2026, 6, 2), "closed")])


def test_a_moment_without_a_time_zone_is_not_guessed():
    with pytest.raises(ValueError, match="time zone"):
        deadlines.due(datetime(2026, 6, 1, 10, 0), 1, "hours", TURKEY)  # noqa: DTZ001


def test_a_calendar_on_which_nobody_ever_works_is_refused():
    with pytest.raises(ValueError, match="at least one weekday"):
        Calendar({}, week={})


def test_the_count_can_be_shown_day_by_day():
    days = deadlines.due(local("2026-10-27T10:00"), 2, "working_days", TURKEY).days

    assert [(day.on.day, day.number, day.counts) for day in days] == [
        (27, 0, False),
        (28, 1, True),
        (29, 0, False),
        (30, 2, True),
    ]
    assert days[1].why.startswith("Cumhuriyet Bayramı")
    assert days[2].why == "Cumhuriyet Bayramı"


def test_the_count_shows_where_a_limit_was_carried_to():
    found = deadlines.due(local("2026-11-20T10:00"), 30, "calendar_days", TURKEY)

    assert [(day.on, day.number, day.why) for day in found.days[-2:]] == [
        (date(2026, 12, 20), 30, "Hafta sonu"),
        (date(2026, 12, 21), 0, ""),
    ]


@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        ("2026-06-03T09:59", "late"),
        ("2026-06-02T23:59", "late"),
        ("2026-06-03T10:01", "today"),
        ("2026-06-03T23:59", "today"),
        ("2026-06-04T00:01", "soon"),
        ("2026-06-05T23:59", "soon"),
        ("2026-06-06T00:01", "fine"),
    ],
)
def test_lateness_is_said_in_local_days(due_at, expected):
    assert deadlines.lateness(local(due_at), local("2026-06-03T10:00")) == expected


def test_a_case_without_a_deadline_is_never_late():
    assert deadlines.lateness(None, local("2026-06-03T10:00")) == "fine"


MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2039, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
COUNTS = st.integers(0, 60)
ANY_UNIT = st.sampled_from(["hours", "working_days", "calendar_days"])


@given(MOMENTS, COUNTS, ANY_UNIT, st.booleans())
def test_nothing_is_due_before_it_was_received(received, value, unit, round_the_clock):
    found = deadlines.due(received, value, unit, TURKEY, round_the_clock=round_the_clock)

    assert found.at >= received.replace(microsecond=0)
    assert found.on == found.at.astimezone(ISTANBUL).date()
    assert found.days[0].on == received.astimezone(ISTANBUL).date()
    assert found.days[-1].on == found.on


@given(MOMENTS, COUNTS, ANY_UNIT, st.integers(0, 40))
def test_a_further_holiday_never_makes_a_deadline_earlier(received, value, unit, ahead):
    closed = received.astimezone(ISTANBUL).date() + timedelta(days=ahead)
    with_holiday = Calendar({**TURKEY.holidays, closed: Day("full", "İdari izin")})

    assert deadlines.due(received, value, unit, with_holiday).at >= deadlines.due(received, value, unit, TURKEY).at


@given(MOMENTS, COUNTS)
def test_counting_forth_and_back_agree(received, value):
    found = deadlines.due(received, value, "working_days", TURKEY)

    start = received.astimezone(ISTANBUL).date()
    after = [start + timedelta(days=ahead) for ahead in range(1, (found.on - start).days + 1)]
    assert sum(map(TURKEY.counts, after)) == value


def test_each_weekday_has_hours_of_its_own():
    week = {0: (time(8, 0), time(17, 0)), 4: (time(8, 0), time(12, 0))}
    calendar = calendar_for(week=week)

    # Friday ends at noon; what is left runs on into Monday.
    assert local_words(deadlines.due(local("2026-06-05T11:00"), 3, "hours", calendar).at) == "2026-06-08 10:00:00"
    assert deadlines.due(local("2026-06-05T11:00"), 2, "working_days", calendar).on == date(2026, 6, 12)


def test_a_working_saturday_keeps_the_hours_of_a_monday():
    calendar = calendar_for([Extra(date(2026, 6, 6), "working")])

    assert local_words(deadlines.due(local("2026-06-05T16:30"), 2, "hours", calendar).at) == "2026-06-06 09:30:00"


def test_the_count_of_hours_says_how_many_minutes_of_each_day_it_took():
    days = deadlines.due(local("2026-06-05T15:00"), 5, "hours", TURKEY).days

    assert [(day.on.day, day.minutes, day.why) for day in days] == [
        (5, 150, ""),
        (6, 0, "Hafta sonu"),
        (7, 0, "Hafta sonu"),
        (8, 150, ""),
    ]


def test_four_hours_before_midnight_end_on_the_day_that_begins():
    found = deadlines.due(local("2026-06-06T20:00"), 4, "hours", TURKEY, round_the_clock=True)

    assert local_words(found.at) == "2026-06-07 00:00:00"
    assert found.on == date(2026, 6, 7)


@given(st.dates(date(2001, 1, 1), date(2039, 1, 1)), st.integers(0, 30))
def test_working_days_are_walked_back_as_they_were_walked_forth(start, value):
    start = TURKEY.next_working_day(start)

    assert TURKEY.working_day_before(TURKEY.working_day_after(start, value), value) == start

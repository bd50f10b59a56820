"""A ledger gives one date, whatever happened to the limit, and no date moves without a line that says why."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import deadlines, ledger
from portal.rules.deadlines import ISTANBUL, Calendar, Day, calendar_for
from portal.rules.ledger import Limit, Line
from portal.rules.refusal import Refused

TURKEY = calendar_for()
VECTORS = list(csv.DictReader((Path(__file__).parent / "ledger-vectors.csv").open(encoding="utf-8")))
UNITS = {"is_gunu": "working_days", "takvim_gunu": "calendar_days", "saat": "hours", "saat_7_24": "hours"}
ACTS = {
    "durdu": "paused",
    "devam": "resumed",
    "kesildi": "interrupted",
    "uzadi": "extended",
    "bitti": "stopped",
    "gelis": "started",
}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


def local_words(moment: datetime) -> str:
    return moment.astimezone(ISTANBUL).strftime("%Y-%m-%d %H:%M:%S")


def line(act: str, at: str, value: int | None = None) -> Line:
    return Line(act, local(at), local(at), value)


def reckoned(vector: dict[str, str]) -> ledger.Reckoning:
    """What a row of the vectors comes to: its events are `act moment [days]`, one after another."""
    limit = Limit(int(vector["count"]), UNITS[vector["unit"]], vector["unit"] == "saat_7_24")
    lines = [line("started", vector["received"])]
    for event in filter(None, vector["events"].split(";")):
        act, at, *value = event.split()
        lines.append(line(ACTS[act], at, int(value[0]) if value else None))
    return ledger.reckon(limit, lines, TURKEY)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_the_vectors_of_pause_extension_and_hours_hold(vector):
    assert local_words(reckoned(vector).due.at) == vector["due"]


def test_days_of_a_wait_are_shown_and_do_not_count():
    lines = [
        line("started", "2026-06-01T10:00"),
        line("paused", "2026-06-02T15:00"),
        line("resumed", "2026-06-04T09:00"),
    ]

    days = ledger.reckon(Limit(3, "working_days"), lines, TURKEY).due.days

    assert [(day.on.day, day.number, day.why) for day in days] == [
        (1, 0, deadlines.RECEIVED),
        (2, 1, ""),
        (3, 0, deadlines.PAUSED),
        (4, 0, deadlines.PAUSED),
        (5, 2, ""),
        (6, 0, deadlines.WEEKEND),
        (7, 0, deadlines.WEEKEND),
        (8, 3, ""),
    ]


def test_an_interruption_begins_the_count_anew_and_shows_the_one_it_cut_off():
    lines = [
        line("started", "2026-06-01T10:00"),
        line("interrupted", "2026-06-03T10:00"),
        line("resumed", "2026-06-05T10:00"),
    ]

    found = ledger.reckon(Limit(2, "working_days"), lines, TURKEY)

    assert [(day.on.day, day.number) for day in found.earlier] == [(1, 0), (2, 1), (3, 2), (4, 0)]
    assert next((day.on.day, day.number, day.why) for day in found.due.days) == (5, 0, deadlines.RESTARTED)
    assert found.due.on == date(2026, 6, 9)


def test_a_date_another_authority_has_set_is_not_counted():
    at = local("2026-06-19T23:59:59")
    lines = [Line("started", local("2026-06-01T10:00"), at)]

    assert ledger.reckon(Limit(0, ledger.FIXED), lines, TURKEY).due.at == at


def test_who_was_waited_for_when_the_case_was_closed_is_waited_for_no_more():
    lines = [
        line("started", "2026-06-01T10:00"),
        line("paused", "2026-06-02T10:00"),
        line("stopped", "2026-06-03T10:00"),
        line("resumed", "2026-06-10T10:00"),
    ]

    found = ledger.reckon(Limit(15, "working_days"), lines, TURKEY)

    assert found.state == "running"
    # One day of waiting is given back; the week the case was closed is not.
    assert found.due.on == TURKEY.working_day_after(date(2026, 6, 1), 16)


@pytest.mark.parametrize(
    ("act", "at", "told"),
    [
        ("paused", "2026-06-05T09:00", "önce olamaz"),
        ("resumed", "2026-06-20T09:00", "zaten işliyor"),
        ("stopped", "2026-07-20T09:00", "gelecekte"),
        ("started", "2026-06-09T09:00", "sonra olamaz"),
        ("started", "2026-08-01T09:00", "gelecekte"),
    ],
)
def test_a_line_that_cannot_follow_is_refused(act, at, told):
    lines = [
        line("started", "2026-06-01T10:00"),
        line("paused", "2026-06-08T10:00"),
        line("resumed", "2026-06-10T10:00"),
    ]

    with pytest.raises(Refused, match=told):
        ledger.check(lines, act, local(at), now=local("2026-07-01T10:00"))


@pytest.mark.parametrize("act", ["paused", "interrupted", "extended", "stopped", "recomputed", "started"])
def test_nothing_happens_to_a_limit_that_is_over(act):
    lines = [line("started", "2026-06-01T10:00"), line("stopped", "2026-06-08T10:00")]

    with pytest.raises(Refused, match="sona ermiş"):
        ledger.check(lines, act, local("2026-06-09T10:00"), now=local("2026-06-10T10:00"))


def test_a_pause_is_not_paused_again():
    lines = [line("started", "2026-06-01T10:00"), line("paused", "2026-06-08T10:00")]

    with pytest.raises(Refused, match="zaten durmuş"):
        ledger.check(lines, "paused", local("2026-06-09T10:00"), now=local("2026-06-10T10:00"))


def test_a_clock_that_was_set_back_does_not_turn_the_ledger_round():
    lines = [line("started", "2026-06-01T10:00"), line("paused", "2026-06-08T10:00")]

    assert ledger.moment_after(lines, local("2026-06-07T03:00")) == local("2026-06-08T10:00")
    assert ledger.moment_after(lines, local("2026-06-09T03:00")) == local("2026-06-09T03:00")


def test_a_ledger_begins_with_the_day_of_receipt():
    with pytest.raises(ValueError, match="day of receipt"):
        ledger.reckon(Limit(3, "working_days"), [line("paused", "2026-06-01T10:00")], TURKEY)


# --- any ledger -------------------------------------------------------------------------------------------------------

STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
GAPS = st.integers(0, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Limit, list[Line]]:
    """A limit, and a ledger every line of which may follow the one before it."""
    unit = draw(st.sampled_from(["hours", "working_days", "calendar_days"]))
    limit = Limit(draw(st.integers(0, 60)), unit, unit == "hours" and draw(st.booleans()))
    at = draw(STARTS)
    lines = [Line("started", at, at)]
    for _ in range(draw(st.integers(0, 6))):
        at += draw(GAPS)
        state = ledger.state_of(lines)
        allowed = [act for act, states in ledger._MAY_FOLLOW.items() if state in states and act != "started"]
        act = draw(st.sampled_from(sorted(allowed)))
        lines.append(Line(act, at, at, draw(st.integers(1, 30)) if act == "extended" else None))
    return limit, lines


@given(ledgers())
def test_every_line_that_is_drawn_may_be_written(drawn):
    _limit, lines = drawn

    for number, each in enumerate(lines[1:], start=1):
        ledger.check(lines[:number], each.act, each.at, now=each.at)


@given(ledgers())
def test_no_line_brings_a_date_nearer(drawn):
    """Waits, extensions and ends only ever leave a date or move it away; calendars are another matter."""
    limit, lines = drawn

    dates = [ledger.reckon(limit, lines[:number], TURKEY).due.at for number in range(1, len(lines) + 1)]

    assert dates == sorted(dates)


@given(ledgers())
def test_the_last_day_that_is_shown_is_the_day_that_is_due(drawn):
    limit, lines = drawn

    found = ledger.reckon(limit, lines, TURKEY)

    shown = [day.on for day in (*found.earlier, *found.due.days)]
    assert shown == [shown[0] + timedelta(days=ahead) for ahead in range(len(shown))]
    assert shown[0] == deadlines.local_day(lines[0].at)
    assert shown[-1] == found.due.on == deadlines.local_day(found.due.at)


@given(ledgers())
def test_the_days_that_count_are_as_many_as_the_limit(drawn):
    limit, lines = drawn
    found = ledger.reckon(limit, lines, TURKEY)

    numbers = [day.number for day in found.due.days if day.counts and day.number]

    if limit.unit == "hours":
        minutes = sum(day.minutes for day in found.due.days)
        assert abs(minutes - found.value * 60) <= len(found.due.days)
    else:
        assert numbers == list(range(1, found.value + 1))


@given(ledgers(), st.integers(0, 60))
def test_a_further_holiday_never_makes_a_date_earlier(drawn, ahead):
    limit, lines = drawn
    closed = deadlines.local_day(lines[0].at) + timedelta(days=ahead)
    with_holiday = Calendar({**TURKEY.holidays, closed: Day("full", "İdari izin")})

    assert ledger.reckon(limit, lines, with_holiday).due.at >= ledger.reckon(limit, lines, TURKEY).due.at


@given(ledgers())
def test_the_same_ledger_gives_the_same_date(drawn):
    limit, lines = drawn

    assert ledger.reckon(limit, lines, TURKEY) == ledger.reckon(limit, list(lines), calendar_for())

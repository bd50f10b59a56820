"""By when: the Turkish working calendar, and how days and hours are counted on it.

- 3071 art. 7: a petition is answered within 30 days. 4982 art. 11: a request for information within 15 working
  days, 30 when extended. 6698 art. 13: a request about personal data within 30 days.
- The day of receipt is not counted (6098 art. 92; 2577 art. 8). A limit of calendar days that ends on a day off is
  carried to the end of the next working day (6098 art. 93; 2577 art. 8).
- Official holidays, with the half days from 13:00: 2429 art. 1 and 2. The town adds the days only it knows.
- Days are those of Istanbul: what arrives at 22:30 UTC belongs to the next local day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from holidays.countries import Turkey

from portal.rules.refusal import msgid

Unit = Literal["hours", "working_days", "calendar_days"]
DayKind = Literal["full", "half", "working"]
Lateness = Literal["late", "today", "soon", "fine"]

ISTANBUL = ZoneInfo("Europe/Istanbul")
HALF_DAY_ENDS = time(13, 0)
KNOWN_YEARS = range(2000, 2041)

_ONE_DAY = timedelta(days=1)
_END_OF_DAY = time(23, 59, 59)
_WEEKEND = msgid("Hafta sonu")
_RECEIVED = msgid("Başvuru günü sayılmaz")


class Day(NamedTuple):
    """What makes a day unlike the others of its weekday."""

    kind: DayKind
    name: str


class CountedDay(NamedTuple):
    """One line of "show me the count": the day, its number when it counts, and why it does not or is special."""

    on: date
    number: int
    counts: bool
    why: str


class Due(NamedTuple):
    """A deadline: its local day, its last moment in UTC, and the days that were counted to it.

    `counted_to` is where the plain count ends; `on` is later only where that is a day off.
    """

    on: date
    at: datetime
    days: tuple[CountedDay, ...]
    counted_to: date


class TownDay(Protocol):
    """A day the town has added: closed ("full"), open till noon ("half"), or open on a day off ("working")."""

    @property
    def on(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Calendar:
    """The days and hours on which the town works."""

    holidays: Mapping[date, Day]
    half_day_counts: bool = True
    work_start: time = time(8, 30)
    work_end: time = time(17, 30)
    working_weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})

    def __post_init__(self) -> None:
        if not self.working_weekdays or self.work_start >= self.work_end:
            raise ValueError("a town works on at least one weekday, and closes after it opens")

    def counts(self, on: date) -> bool:
        """Whether this is a working day in the sense of the law."""
        day = self.holidays.get(on)
        if day is None:
            return on.weekday() in self.working_weekdays
        if day.kind == "half":
            return self.half_day_counts and on.weekday() in self.working_weekdays
        return day.kind == "working"

    def why(self, on: date) -> str:
        """The holiday's name, or that it is a weekend; empty on an ordinary working day."""
        day = self.holidays.get(on)
        if day is not None:
            return day.name
        return "" if on.weekday() in self.working_weekdays else _WEEKEND

    def hours(self, on: date) -> tuple[datetime, datetime] | None:
        """The moments in UTC between which the town works on this day, if it does."""
        if not self.counts(on):
            return None
        day = self.holidays.get(on)
        end = min(self.work_end, HALF_DAY_ENDS) if day is not None and day.kind == "half" else self.work_end
        return _moment(on, self.work_start), _moment(on, end)

    def next_working_day(self, on: date) -> date:
        """This day, or the first one after it on which the town works."""
        while not self.counts(on):
            on += _ONE_DAY
        return on


def calendar_for(town_days: Iterable[TownDay] = (), *, half_day_counts: bool = True) -> Calendar:
    """The national calendar with the town's own days laid over it."""
    days = dict(national_days())
    for each in town_days:
        if each.kind not in ("full", "half", "working"):
            raise ValueError(f"a town's day is full, half or working, not {each.kind!r}")
        days[each.on] = Day(each.kind, each.name)  # type: ignore[arg-type]
    return Calendar(MappingProxyType(days), half_day_counts=half_day_counts)


@lru_cache(maxsize=1)
def national_days() -> Mapping[date, Day]:
    """Turkey's official holidays; where a half day meets a whole one, the whole one holds."""
    half = Turkey(years=KNOWN_YEARS, categories=("half_day",), language="tr")
    full = Turkey(years=KNOWN_YEARS, categories=("public",), language="tr")
    days = {on: Day("half", name) for on, name in half.items()}
    days.update({on: Day("full", name) for on, name in full.items()})
    return MappingProxyType(days)


def case_due(
    received: datetime,
    target_value: int,
    target_unit: Unit,
    legal_value: int,
    legal_unit: Unit,
    priority: str,
    calendar: Calendar,
) -> Due:
    """When a case is due: the category's own target, never later than its legal limit."""
    target = due(received, target_value, target_unit, calendar, round_the_clock=priority == "urgent")
    return stricter(target, due(received, legal_value, legal_unit, calendar))


def stricter(target: Due, legal: Due) -> Due:
    """The one that ends sooner."""
    return legal if legal.at < target.at else target


def due(received: datetime, value: int, unit: Unit, calendar: Calendar, *, round_the_clock: bool = False) -> Due:
    """Counts from the moment of receipt; hours run day and night only where somebody is on duty day and night."""
    if value < 0:
        raise ValueError("a deadline cannot lie before its beginning")
    if unit == "working_days":
        return _due_in_working_days(_local_day(received), value, calendar)
    if unit == "calendar_days":
        return _due_in_calendar_days(_local_day(received), value, calendar)
    if unit == "hours":
        return _due_in_hours(received, value, calendar, round_the_clock=round_the_clock)
    raise ValueError(f"no such unit of time: {unit!r}")


def lateness(due_at: datetime | None, now: datetime, *, soon_days: int = 2) -> Lateness:
    """How near a deadline is, in the words of the queue; a case without one is never late."""
    if due_at is None:
        return "fine"
    if due_at < now:
        return "late"
    left = (_local_day(due_at) - _local_day(now)).days
    if left == 0:
        return "today"
    return "soon" if left <= soon_days else "fine"


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days lie after `start`, up to and with `end`."""
    return sum(calendar.counts(start + timedelta(days=ahead)) for ahead in range(1, (end - start).days + 1))


def after_pause(
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    calendar: Calendar,
    *,
    unit: Unit,
    round_the_clock: bool = False,
) -> datetime:
    """The new deadline of the town's own target: what was left when the wait began is left again when it ends.

    Only the service target pauses. Whether a legal limit may stand still is the law's to say, not ours: its clock
    is a row of its own. A deadline already missed when the wait began stays missed.
    """
    if paused_at >= due_at or resumed_at <= paused_at:
        return due_at
    if unit == "hours" and round_the_clock:
        return due_at + (resumed_at - paused_at)
    if unit == "hours":
        return _add_working_time(resumed_at, _working_time(paused_at, due_at, calendar), calendar)
    last_day, paused_on, resumed_on = _local_day(due_at), _local_day(paused_at), _local_day(resumed_at)
    if unit == "calendar_days":
        return _end_of(calendar.next_working_day(last_day + (resumed_on - paused_on)))
    left = working_days_between(paused_on, last_day, calendar)
    return max(due_at, _end_of(_nth_working_day(resumed_on, left, calendar)))


def _due_in_working_days(received_on: date, value: int, calendar: Calendar) -> Due:
    holidays, weekdays, half_counts = calendar.holidays, calendar.working_weekdays, calendar.half_day_counts
    days = [CountedDay(received_on, 0, False, _RECEIVED)]
    on, number = received_on, 0
    # Calendar.counts and Calendar.why, written out: this loop runs for every case that is opened or imported.
    while number < value:
        on += _ONE_DAY
        is_weekday = on.weekday() in weekdays
        day = holidays.get(on)
        if day is None:
            counts, why = is_weekday, "" if is_weekday else _WEEKEND
        else:
            counts, why = day.kind == "working" or (day.kind == "half" and half_counts and is_weekday), day.name
        number += counts
        days.append(CountedDay(on, number if counts else 0, counts, why))
    return Due(on, _end_of(on), tuple(days), on)


def _due_in_calendar_days(received_on: date, value: int, calendar: Calendar) -> Due:
    days = [CountedDay(received_on, 0, False, _RECEIVED)]
    on = received_on
    for number in range(1, value + 1):
        on += _ONE_DAY
        days.append(CountedDay(on, number, True, ""))
    counted_to = on
    # The days the limit is carried over, each with the reason it could not end there.
    while not calendar.counts(on):
        days[-1] = days[-1]._replace(why=calendar.why(on))
        on += _ONE_DAY
        days.append(CountedDay(on, 0, False, ""))
    return Due(on, _end_of(on), tuple(days), counted_to)


def _due_in_hours(received: datetime, value: int, calendar: Calendar, *, round_the_clock: bool) -> Due:
    first, span, received = _local_day(received), timedelta(hours=value), received.astimezone(UTC)
    at = received + span if round_the_clock else _add_working_time(received, span, calendar)
    last = _local_day(at)
    days: list[CountedDay] = []
    number = 0
    for ahead in range((last - first).days + 1):
        on = first + timedelta(days=ahead)
        counts = round_the_clock or calendar.counts(on)
        number += counts
        days.append(CountedDay(on, number if counts else 0, counts, "" if round_the_clock else calendar.why(on)))
    return Due(last, at, tuple(days), last)


def _add_working_time(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The moment at which this much working time has passed since the start."""
    on = _local_day(start)
    while True:
        window = calendar.hours(on)
        if window is not None:
            begin = max(start, window[0])
            if begin + span <= window[1]:
                return begin + span
            span -= max(window[1] - begin, timedelta(0))
        on += _ONE_DAY


def _working_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much working time lies between two moments."""
    total = timedelta(0)
    on, last = _local_day(start), _local_day(end)
    while on <= last:
        window = calendar.hours(on)
        if window is not None:
            total += max(min(end, window[1]) - max(start, window[0]), timedelta(0))
        on += _ONE_DAY
    return total


def _nth_working_day(start: date, value: int, calendar: Calendar) -> date:
    on = start
    while value > 0:
        on += _ONE_DAY
        value -= calendar.counts(on)
    return on


def _local_day(moment: datetime) -> date:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(ISTANBUL).date()


def _end_of(on: date) -> datetime:
    return _moment(on, _END_OF_DAY)


def _moment(on: date, at: time) -> datetime:
    return datetime.combine(on, at, ISTANBUL).astimezone(UTC)

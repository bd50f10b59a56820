"""By when: the Turkish working calendar, and how days and hours are counted on it.

- 3071 art. 7: a petition is answered within 30 days. 4982 art. 11: a request for information within 15 working
  days, 30 when extended. 6698 art. 13: a request about personal data within 30 days.
- The day of receipt is not counted (6098 art. 92; 2577 art. 8). A limit of calendar days that ends on a day off is
  carried to the end of the next working day (6098 art. 93; 2577 art. 8).
- Official holidays, with the half days from 13:00: 2429 art. 1 and 2. The town adds the days only it knows.
- Days are those of Istanbul: what arrives at 22:30 UTC belongs to the next local day.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from portal.rules.refusal import msgid

Unit = Literal["hours", "working_days", "calendar_days"]
DayKind = Literal["full", "half", "working"]
Lateness = Literal["late", "today", "soon", "fine"]
Window = tuple[time, time]

ISTANBUL = ZoneInfo("Europe/Istanbul")
HALF_DAY_ENDS = time(13, 0)
KNOWN_YEARS = range(2000, 2041)
_NATIONAL_DAYS = Path(__file__).parents[1] / "data" / "national-days.csv"

ONE_DAY = timedelta(days=1)
_END_OF_DAY = time(23, 59, 59)
WEEKEND = msgid("Hafta sonu")
RECEIVED = msgid("Başvuru günü sayılmaz")
PAUSED = msgid("Süre durdu")
RESTARTED = msgid("Süre yeniden başladı; bu gün sayılmaz")
# What the national calendar calls its days, so that another language can say them too.
HOLIDAYS = (
    msgid("Yılbaşı"),
    msgid("Ulusal Egemenlik ve Çocuk Bayramı"),
    msgid("Emek ve Dayanışma Günü"),
    msgid("Atatürk'ü Anma, Gençlik ve Spor Bayramı"),
    msgid("Demokrasi ve Millî Birlik Günü"),
    msgid("Zafer Bayramı"),
    msgid("Cumhuriyet Bayramı"),
    msgid("Cumhuriyet Bayramı (saat 13.00'ten)"),
    msgid("Ramazan Bayramı"),
    msgid("Ramazan Bayramı (saat 13.00'ten)"),
    msgid("Kurban Bayramı"),
    msgid("Kurban Bayramı (saat 13.00'ten)"),
)

# What was not counted: from a moment to a moment. The day it begins on still counts, the day it ends on does not.
Pause = tuple[datetime, datetime]


class Day(NamedTuple):
    """What makes a day unlike the others of its weekday."""

    kind: DayKind
    name: str


class CountedDay(NamedTuple):
    """One line of "show me the count": the day, its number when it counts, and why it does not or is special.

    Where hours are counted, `minutes` says how many of this day were.
    """

    on: date
    number: int
    counts: bool
    why: str
    minutes: int = 0


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


OFFICE_HOURS: Mapping[int, Window] = MappingProxyType({weekday: (time(8, 30), time(17, 30)) for weekday in range(5)})


@dataclass(frozen=True)
class Calendar:
    """The days and hours on which the town works. `edition` is the stored calendar it was read from, if any."""

    holidays: Mapping[date, Day]
    half_day_counts: bool = True
    week: Mapping[int, Window] = field(default_factory=lambda: OFFICE_HOURS)
    edition: int | None = None

    def __post_init__(self) -> None:
        if not self.week or any(start >= end for start, end in self.week.values()):
            raise ValueError("a town works on at least one weekday, and closes after it opens")

    def counts(self, on: date) -> bool:
        """Whether this is a working day in the sense of the law."""
        day = self.holidays.get(on)
        if day is None:
            return on.weekday() in self.week
        if day.kind == "half":
            return self.half_day_counts and on.weekday() in self.week
        return day.kind == "working"

    def why(self, on: date) -> str:
        """The holiday's name, or that it is a weekend; empty on an ordinary working day."""
        day = self.holidays.get(on)
        if day is not None:
            return day.name
        return "" if on.weekday() in self.week else WEEKEND

    def hours(self, on: date) -> tuple[datetime, datetime] | None:
        """The moments in UTC between which the town works on this day, if it does."""
        day = self.holidays.get(on)
        kind = day.kind if day is not None else ""
        if kind == "full" or (kind != "working" and on.weekday() not in self.week):
            return None
        # A Saturday the town works on keeps the hours of the first day of its week.
        start, end = self.week.get(on.weekday()) or self.week[min(self.week)]
        if kind == "half":
            end = min(end, HALF_DAY_ENDS)
        return (_moment(on, start), _moment(on, end)) if start < end else None

    def next_working_day(self, on: date) -> date:
        """This day, or the first one after it on which the town works."""
        while not self.counts(on):
            on += ONE_DAY
        return on

    def working_day_after(self, on: date, value: int) -> date:
        """The last day of so many working days after this one."""
        while value > 0:
            on += ONE_DAY
            value -= self.counts(on)
        return on

    def working_day_before(self, on: date, value: int) -> date:
        """The day that lies so many working days before this one."""
        while value > 0:
            on -= ONE_DAY
            value -= self.counts(on)
        return on


def calendar_for(
    town_days: Iterable[TownDay] = (), *, half_day_counts: bool = True, week: Mapping[int, Window] = OFFICE_HOURS
) -> Calendar:
    """The national calendar with the town's own days laid over it."""
    days = dict(national_days())
    for each in town_days:
        if each.kind not in ("full", "half", "working"):
            raise ValueError(f"a town's day is full, half or working, not {each.kind!r}")
        days[each.on] = Day(each.kind, each.name)  # type: ignore[arg-type]
    return Calendar(MappingProxyType(days), half_day_counts=half_day_counts, week=week)


@lru_cache(maxsize=1)
def national_days() -> Mapping[date, Day]:
    """Turkey's official holidays, half days as such; `tests/national_days.py` says where the file comes from."""
    with open(_NATIONAL_DAYS, encoding="utf-8", newline="") as rows:
        days = {date.fromisoformat(row["on"]): Day(row["kind"], row["name"]) for row in csv.DictReader(rows)}  # type: ignore[arg-type]
    return MappingProxyType(days)


def due(
    received: datetime,
    value: int,
    unit: Unit,
    calendar: Calendar,
    *,
    round_the_clock: bool = False,
    pauses: Sequence[Pause] = (),
) -> Due:
    """Counts from the moment of receipt; hours run day and night only where somebody is on duty day and night.

    `pauses` are in order and do not overlap; one that begins when the limit has passed changes nothing.
    """
    if value < 0:
        raise ValueError("a deadline cannot lie before its beginning")
    if unit == "hours":
        return _due_in_hours(received, value, calendar, round_the_clock=round_the_clock, pauses=pauses)
    waits = tuple((local_day(start), local_day(end)) for start, end in pauses)
    if unit == "working_days":
        return _due_in_working_days(local_day(received), value, calendar, waits)
    if unit == "calendar_days":
        return _due_in_calendar_days(local_day(received), value, calendar, waits)
    raise ValueError(f"no such unit of time: {unit!r}")


def lateness(due_at: datetime | None, now: datetime, *, soon_days: int = 2) -> Lateness:
    """How near a deadline is, in the words of the queue; a case without one is never late."""
    if due_at is None:
        return "fine"
    if due_at < now:
        return "late"
    left = (local_day(due_at) - local_day(now)).days
    if left == 0:
        return "today"
    return "soon" if left <= soon_days else "fine"


def local_day(moment: datetime) -> date:
    """The day it is in Istanbul at this moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(ISTANBUL).date()


def end_of(on: date) -> datetime:
    """The last moment of a day in Istanbul, in UTC."""
    return _moment(on, _END_OF_DAY)


def start_of(on: date) -> datetime:
    """The first moment of a day in Istanbul, in UTC."""
    return _moment(on, time())


def _due_in_working_days(received_on: date, value: int, calendar: Calendar, waits: Sequence[tuple[date, date]]) -> Due:
    special, half_counts = calendar.holidays.get, calendar.half_day_counts
    works = [weekday in calendar.week for weekday in range(7)]
    days = [CountedDay(received_on, 0, False, RECEIVED)]
    on, number, weekday = received_on, 0, received_on.weekday()
    # Calendar.counts and Calendar.why, written out: this loop runs for every case that is opened or counted anew.
    while number < value:
        on += ONE_DAY
        weekday = weekday + 1 if weekday < 6 else 0
        is_weekday = works[weekday]
        day = special(on)
        if waits and _waits_on(on, waits):
            counts, why = False, PAUSED
        elif day is None:
            counts, why = is_weekday, "" if is_weekday else WEEKEND
        else:
            counts, why = day.kind == "working" or (day.kind == "half" and half_counts and is_weekday), day.name
        number += counts
        days.append(CountedDay(on, number if counts else 0, counts, why))
    return Due(on, end_of(on), tuple(days), on)


def _due_in_calendar_days(received_on: date, value: int, calendar: Calendar, waits: Sequence[tuple[date, date]]) -> Due:
    days = [CountedDay(received_on, 0, False, RECEIVED)]
    on, number = received_on, 0
    while number < value:
        on += ONE_DAY
        waiting = bool(waits) and _waits_on(on, waits)
        number += not waiting
        days.append(CountedDay(on, 0, False, PAUSED) if waiting else CountedDay(on, number, True, ""))
    counted_to = on
    # The days the limit is carried over, each with the reason it could not end there.
    while not calendar.counts(on):
        days[-1] = days[-1]._replace(why=calendar.why(on))
        on += ONE_DAY
        days.append(CountedDay(on, 0, False, ""))
    return Due(on, end_of(on), tuple(days), counted_to)


def _waits_on(on: date, waits: Sequence[tuple[date, date]]) -> bool:
    return any(start < on <= end for start, end in waits)


def _due_in_hours(
    received: datetime, value: int, calendar: Calendar, *, round_the_clock: bool, pauses: Sequence[Pause]
) -> Due:
    on, left = local_day(received), timedelta(hours=value)
    at = received = received.astimezone(UTC)
    days: list[CountedDay] = []
    number = 0
    while True:
        window = (_moment(on, time()), _moment(on + ONE_DAY, time())) if round_the_clock else calendar.hours(on)
        spent = timedelta(0)
        for start, end in _pieces(window, received, pauses):
            at = start + min(end - start, left - spent)
            spent += at - start
            if spent == left:
                break
        left -= spent
        # Midnight belongs to the day it begins; the end of the office hours to the day they end.
        is_last = not left and window is not None and (at < window[1] or (at == window[1] and not round_the_clock))
        counts = spent > timedelta(0) or is_last
        number += counts
        why = "" if round_the_clock else calendar.why(on)
        days.append(CountedDay(on, number if counts else 0, counts, why, int(spent / timedelta(minutes=1))))
        if is_last:
            return Due(on, at, tuple(days), on)
        on += ONE_DAY


def _pieces(
    window: tuple[datetime, datetime] | None, received: datetime, pauses: Sequence[Pause]
) -> list[tuple[datetime, datetime]]:
    """The parts of a day's hours that lie after the receipt and outside every pause."""
    if window is None or window[1] <= received:
        return []
    start, end = max(window[0], received), window[1]
    pieces = []
    for pause_start, pause_end in pauses:
        if start < pause_start:
            pieces.append((start, min(end, pause_start)))
        start = max(start, min(pause_end, end))
        if pause_start >= end:
            break
    if start < end or not pieces:
        pieces.append((start, end))
    return [piece for piece in pieces if piece[0] <= piece[1]]


@lru_cache(maxsize=8192)
def _moment(on: date, at: time) -> datetime:
    return datetime.combine(on, at, ISTANBUL).astimezone(UTC)

"""The command `portal deadline`: a limit counted on the national calendar, and the count day by day."""

from collections.abc import Iterator
from datetime import date, datetime, time

from portal.rules import deadlines
from portal.rules.deadlines import ISTANBUL, Due, Unit
from portal.rules.refusal import Refused

UNITS: dict[str, Unit] = {"is_gunu": "working_days", "takvim_gunu": "calendar_days", "saat": "hours"}
MOST_COUNTED = 4000
_WEEKDAYS = ("Pzt", "Sal", "Çar", "Per", "Cum", "Cmt", "Paz")


def lines(at: datetime, value: int, unit: str, *, rolled: bool, explain: bool, round_the_clock: bool) -> Iterator[str]:
    """The due date on the first line, then, where it is asked for, the days that were counted to it.

    A moment without a time zone is Istanbul's. Refused outside the years whose holidays are known.
    """
    at = at if at.tzinfo else at.replace(tzinfo=ISTANBUL)
    _check(at, value)
    due = deadlines.due(at, value, UNITS[unit], deadlines.calendar_for(), round_the_clock=round_the_clock)
    _check(due.at, value)
    yield _date(due, unit, rolled=rolled)
    if explain:
        yield from _count(due, unit, rolled=rolled)


def _check(moment: datetime, value: int) -> None:
    years = deadlines.KNOWN_YEARS
    if deadlines.local_day(moment).year not in years or value > MOST_COUNTED:
        raise Refused("Tatiller %(first)s–%(last)s yılları için bilinir.", first=years[0], last=years[-1])


def _date(due: Due, unit: str, *, rolled: bool) -> str:
    if unit == "saat":
        return due.at.astimezone(ISTANBUL).strftime("%Y-%m-%d %H:%M")
    return (due.on if rolled else due.counted_to).isoformat()


def _count(due: Due, unit: str, *, rolled: bool) -> Iterator[str]:
    last = due.on if rolled or unit == "saat" else due.counted_to
    for day in due.days:
        if day.on > last:
            break
        counted = f"{day.number:>3}" if day.counts else "  –"
        if unit == "saat":
            counted = f"{time(day.minutes // 60 % 24, day.minutes % 60):%H:%M}" if day.minutes < 1440 else "24:00"
        yield f"{_named(day.on)}  {counted}  {day.why}".rstrip()


def _named(on: date) -> str:
    return f"{on.isoformat()} {_WEEKDAYS[on.weekday()]}"

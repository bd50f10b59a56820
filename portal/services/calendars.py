"""The working calendar as it is stored: editions that are added to and never changed."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from db.models import CalendarEdition
from db.queries import calendars
from db.queries import town as stored
from portal.rules import deadlines
from portal.rules.deadlines import Calendar, Day, Window
from portal.rules.permissions import Actor
from portal.rules.refusal import msgid

# Why there is an edition that no administrator asked for.
FIRST = msgid("İlk takvim")
CORRECTED = msgid("Resmî tatil takvimi güncellendi")
LOADED = msgid("Belediye dosyaları yeniden yüklendi")


def current(tx: Session) -> Calendar:
    """The calendar that is counted on now; the national one with the town's days where none was published yet."""
    edition = calendars.newest(tx)
    return calendar_of(edition) if edition else deadlines.calendar_for(stored.days(tx))


def calendar_of(edition: CalendarEdition) -> Calendar:
    """The calendar of an edition, as rules count on it."""
    week = tuple(sorted((int(weekday), *hours) for weekday, hours in edition.week.items()))
    days = tuple(map(tuple, edition.days))
    return _calendar(edition.id or 0, edition.half_day_counts, week, days)


def publish(
    tx: Session,
    *,
    week: Mapping[int, Window],
    half_day_counts: bool,
    now: datetime,
    by: Actor | None = None,
    words: str = "",
) -> CalendarEdition:
    """Make the town's days, the national ones and these hours the calendar that counts from now on.

    The same calendar again is no new edition. Dates that were counted on an earlier one are counted anew by
    `services.recount`.
    """
    newest = calendars.hold(tx)
    wanted = deadlines.calendar_for(stored.days(tx), half_day_counts=half_day_counts, week=week)
    edition = _edition(wanted, now=now, by=by, words=words)
    if newest is not None and _content(newest) == _content(edition):
        return newest
    tx.add(edition)
    tx.flush()
    return edition


def ensure(tx: Session, *, now: datetime, words: str = CORRECTED) -> CalendarEdition | None:
    """The newest edition, made anew where the national calendar or the town's days have changed since.

    The first one takes its hours from the town's file; where no town is loaded yet there is none.
    """
    newest = calendars.hold(tx)
    if newest is not None:
        calendar = calendar_of(newest)
        return publish(tx, week=calendar.week, half_day_counts=calendar.half_day_counts, now=now, words=words)
    facts = stored.facts(tx)
    if not facts:
        return None
    return publish(
        tx, week=week_from(facts), half_day_counts=facts.get("half_day_counts", "yes") == "yes", now=now, words=FIRST
    )


def week_from(facts: Mapping[str, str]) -> Mapping[int, Window]:
    """The hours of a week as the town's file says them: the same on each of five days."""
    window = time.fromisoformat(facts.get("work_start", "08:30")), time.fromisoformat(facts.get("work_end", "17:30"))
    return MappingProxyType(dict.fromkeys(range(5), window))


@lru_cache(maxsize=32)
def _calendar(edition_id: int, half_day_counts: bool, week: tuple[Any, ...], days: tuple[Any, ...]) -> Calendar:
    return Calendar(
        MappingProxyType({date.fromisoformat(on): Day(kind, name) for on, kind, name in days}),
        half_day_counts=half_day_counts,
        week=MappingProxyType(
            {weekday: (time.fromisoformat(start), time.fromisoformat(end)) for weekday, start, end in week}
        ),
        edition=edition_id,
    )


def _edition(calendar: Calendar, *, now: datetime, by: Actor | None, words: str) -> CalendarEdition:
    return CalendarEdition(
        made_at=now,
        by_id=by.id if by else None,
        words=words,
        half_day_counts=calendar.half_day_counts,
        week={
            str(weekday): [start.isoformat("minutes"), end.isoformat("minutes")]
            for weekday, (start, end) in sorted(calendar.week.items())
        },
        days=[[on.isoformat(), day.kind, day.name] for on, day in sorted(calendar.holidays.items())],
    )


def _content(edition: CalendarEdition) -> tuple[object, ...]:
    return edition.half_day_counts, edition.week, edition.days

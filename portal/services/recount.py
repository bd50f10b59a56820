"""After a change of the calendar every open date is counted anew: in batches, each whole or not at all.

A run that is killed goes on where it stopped, because every date names the edition it was counted on.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from db import bulk
from db.models import CalendarEdition, CaseEvent, Clock, ClockEntry, Duty
from db.queries import calendars as editions
from db.queries import recount as stored
from db.queries import sums
from portal.rules import deadlines, ledger
from portal.rules.deadlines import Calendar
from portal.rules.ledger import Limit
from portal.services import calendars, clocks

BATCH = 500
SHOWN = 20
_MOST_WORDS = 300

Row = Any


class Progress(NamedTuple):
    """How many of the open dates stand on the newest calendar."""

    done: int
    total: int

    @property
    def is_done(self) -> bool:
        return self.done >= self.total


class Moving(NamedTuple):
    """A date that another calendar moves."""

    reference: str
    kind: str
    frm: datetime
    to: datetime


@dataclass
class Preview:
    """What another calendar would do to the open dates. `resting` are those whose count passes over a changed day."""

    counted: int = 0
    moving: int = 0
    late_at_once: int = 0
    resting: int = 0
    by_department: Counter[int] = field(default_factory=Counter)
    first: list[Moving] = field(default_factory=list)


def step(tx: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Count the next dates anew that stand on an older calendar; how many they were, 0 when none is left."""
    edition = editions.newest(tx)
    if edition is None or edition.id is None:
        return 0
    case_ids = stored.cases_to_recount(tx, edition.id, limit)
    return _Batch(tx, edition, now).count(case_ids) if case_ids else 0


def is_due(tx: Session) -> bool:
    """Whether any date still stands on an older calendar."""
    edition_id = editions.newest_id(tx)
    return edition_id is not None and bool(stored.cases_to_recount(tx, edition_id, 1))


def progress(tx: Session) -> Progress:
    """How far the recount has come."""
    edition_id = editions.newest_id(tx)
    left, total = stored.left_and_all(tx, edition_id) if edition_id else (0, 0)
    return Progress(total - left, total)


def preview(tx: Session, calendar: Calendar, *, now: datetime, days: Sequence[date] = ()) -> Preview:
    """What this calendar would do to every open date; nothing is written."""
    found, count = Preview(), _Count(calendar)
    moving: list[Moving] = []
    for clock_rows in stored.open_clocks(tx):
        ledgers = stored.entries(tx, [each.id for each in clock_rows])
        for each in clock_rows:
            to = count.clock(each, ledgers[each.id])
            _look(found, moving, each, each.started_at, to, days, now=now if each.state == "running" else None)
    for duty_rows in stored.open_duties(tx):
        for each in duty_rows:
            _look(found, moving, each, each.opened_at, count.duty(each), days, now=now)
    found.first = sorted(moving, key=lambda each: each.to)[:SHOWN]
    return found


def _look(
    found: Preview,
    moving: list[Moving],
    row: Row,
    began: datetime,
    to: datetime,
    days: Sequence[date],
    *,
    now: datetime | None,
) -> None:
    found.counted += 1
    frm = row.due_at
    if days:
        start, end = deadlines.local_day(began), deadlines.local_day(max(frm, to))
        found.resting += any(start < each <= end for each in days)
    if to == frm:
        return
    found.moving += 1
    found.by_department[row.department_id] += 1
    found.late_at_once += now is not None and to < now <= frm
    moving.append(Moving(row.reference, row.kind, frm, to))


class _Count:
    """Counts on one calendar; most dates that began on one day are the same date."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[tuple[date, int, str], datetime] = {}

    def clock(self, clock: Row, entries: Sequence[Row]) -> datetime:
        """What follows from a clock's ledger; a date without one stays as it is."""
        if not entries or entries[0].act != "started":
            return clock.due_at
        if len(entries) == 1 and clock.unit != "hours":
            return self._plain(entries[0].at, clock.value, clock.unit)
        limit = Limit(clock.value, clock.unit, clock.round_the_clock)
        return ledger.reckon(limit, entries, self._calendar).due.at

    def duty(self, duty: Row) -> datetime:
        """When something is owed that is counted from the day it arose."""
        return self._plain(duty.opened_at, duty.value, duty.unit)

    def _plain(self, at: datetime, value: int, unit: str) -> datetime:
        if unit == "hours":
            return deadlines.due(at, value, unit, self._calendar).at
        key = (deadlines.local_day(at), value, unit)
        if key not in self._known:
            self._known[key] = deadlines.due(at, value, unit, self._calendar).at  # type: ignore[arg-type]
        return self._known[key]


class _Moved(NamedTuple):
    """A clock or a duty with the date this calendar gives it, as `clocks.nearest` and the timeline read it."""

    id: int
    case_id: int
    kind: str
    state: str
    frm: datetime
    due_at: datetime
    clock_id: int | None = None
    value: int | None = None
    done_at: None = None
    is_counted: bool = True

    @property
    def has_moved(self) -> bool:
        return self.frm != self.due_at


class _Batch:
    """The open dates of some cases, counted on an edition and written in one transaction."""

    def __init__(self, tx: Session, edition: CalendarEdition, now: datetime) -> None:
        self._tx, self._edition, self._now = tx, edition, now
        self._edition_id = edition.id or 0
        self._count = _Count(calendars.calendar_of(edition))

    def count(self, case_ids: Sequence[int]) -> int:
        """Count these cases anew; how many dates that were."""
        rows, clock_rows, duty_rows = stored.hold(self._tx, case_ids)
        old = [
            each.id for each in clock_rows if self._is_old(each) and each.state != "stopped" and each.unit != "fixed"
        ]
        self._ledgers = stored.entries(self._tx, old)
        of_clock = {each.id: self._clock(each) for each in clock_rows}
        of_duty = [self._duty(each, of_clock) for each in duty_rows]
        self._write_clocks([each for each in of_clock.values() if each.id in self._ledgers])
        self._write_duties(of_duty)
        self._write_cases(rows, list(of_clock.values()), of_duty)
        return len(old) + sum(each.is_counted for each in of_duty)

    def _is_old(self, row: Row) -> bool:
        return row.edition_id is None or row.edition_id < self._edition_id

    def _clock(self, clock: Row) -> _Moved:
        entries = self._ledgers.get(clock.id, ())
        due = self._count.clock(clock, entries)
        return _Moved(clock.id, clock.case_id, clock.kind, clock.state, clock.due_at, due)

    def _duty(self, duty: Row, of_clock: dict[int, _Moved]) -> _Moved:
        is_counted = duty.value is not None and self._is_old(duty)
        due = duty.due_at
        if is_counted:
            due = self._count.duty(duty)
        elif duty.value is None and duty.clock_id in of_clock and of_clock[duty.clock_id].has_moved:
            due = of_clock[duty.clock_id].due_at
        return _Moved(
            duty.id,
            duty.case_id,
            duty.kind,
            "running",
            duty.due_at,
            due,
            clock_id=duty.clock_id,
            value=duty.value,
            is_counted=is_counted,
        )

    def _write_clocks(self, counted: Sequence[_Moved]) -> None:
        moved = [each for each in counted if each.has_moved]
        stored.put_on(self._tx, Clock, [each.id for each in counted if not each.has_moved], self._edition_id)
        stored.move(self._tx, Clock, ((each.id, each.due_at) for each in moved), self._edition_id)
        keys = bulk.reserve(self._tx, ClockEntry, len(moved))
        bulk.insert(self._tx, ClockEntry, [self._entry(key, each) for key, each in zip(keys, moved, strict=True)])

    def _entry(self, key: int, moved: _Moved) -> dict[str, Any]:
        at = ledger.moment_after(self._ledgers[moved.id], self._now)
        words = f"{_spoken(moved.frm)} → {_spoken(moved.due_at)} · {self._edition.words}"
        return {
            "id": key,
            "clock_id": moved.id,
            "at": at,
            "noted_at": at,
            "act": "recomputed",
            "due_at": moved.due_at,
            "words": words[:_MOST_WORDS],
            "edition_id": self._edition_id,
        }

    def _write_duties(self, duties: Sequence[_Moved]) -> None:
        still = [each.id for each in duties if each.is_counted and not each.has_moved]
        stored.put_on(self._tx, Duty, still, self._edition_id)
        stored.move(self._tx, Duty, ((each.id, each.due_at) for each in duties if each.has_moved), self._edition_id)

    def _write_cases(self, rows: Sequence[Row], of_clock: Sequence[_Moved], of_duty: Sequence[_Moved]) -> None:
        clocks_of, duties_of = _by_case(of_clock), _by_case(of_duty)
        moved, events = [], []
        departments = set()
        for case in rows:
            running, owed = clocks_of.get(case.id, []), duties_of.get(case.id, [])
            changes = [each for each in (*running, *owed) if each.has_moved]
            if not changes:
                continue
            # Both kinds answer what is asked of a clock or a duty.
            due = clocks.nearest(running, owed, case.status, case.legal_type)  # type: ignore[arg-type]
            moved.append((case.id, due["due_at"], str(due["due_kind"])))
            events.append(self._event(case, changes))
            departments.add(case.department_id)
        stored.move_cases(self._tx, moved)
        keys = bulk.reserve(self._tx, CaseEvent, len(events))
        bulk.insert(self._tx, CaseEvent, [{"id": key, **each} for key, each in zip(keys, events, strict=True)])
        sums.touch(self._tx, departments)

    def _event(self, case: Row, changes: Sequence[_Moved]) -> dict[str, Any]:
        """One line of the timeline: the nearest of the dates that moved, and the others with it."""
        nearest, *others = (
            {"kind": each.kind, "from": each.frm.isoformat(), "to": each.due_at.isoformat()}
            for each in sorted(changes, key=lambda each: each.due_at)
        )
        facts = {**nearest, "why": self._edition.words}
        return {
            "case_id": case.id,
            "at": self._now,
            "kind": "recounted",
            "actor": "system",
            "is_public": True,
            "case_version": case.version,
            "facts": {**facts, "also": others} if others else facts,
        }


def _by_case(moved: Iterable[_Moved]) -> dict[int, list[_Moved]]:
    found: dict[int, list[_Moved]] = {}
    for each in moved:
        found.setdefault(each.case_id, []).append(each)
    return found


def _spoken(moment: datetime) -> str:
    """The day, and the hour where the promise ends before the day does."""
    here = moment.astimezone(deadlines.ISTANBUL)
    is_whole_day = moment == deadlines.end_of(here.date())
    return here.strftime("%d.%m.%Y" if is_whole_day else "%d.%m.%Y %H.%M")

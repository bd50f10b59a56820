"""How each date of a case came about: its ledger played again on the calendar it was counted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from db.models import Case, Clock, ClockEntry
from db.queries import calendars as stored_calendars
from db.queries import clocks as stored
from portal.rules import deadlines, laws, ledger
from portal.rules.deadlines import Calendar, Due
from portal.rules.ledger import Reckoning
from portal.services import calendars, clocks
from portal.services.townbook import Town


@dataclass(frozen=True)
class Counted:
    """A clock, its ledger, and what follows from it; `found` is None for a record without a ledger."""

    clock: Clock
    entries: Sequence[ClockEntry]
    calendar: Calendar
    found: Reckoning | None
    # The day on which silence is a refusal, where the law says so and the applicant invoked it.
    refused: Due | None = None


def of_case(tx: Session, case: Case, *, town: Town) -> tuple[Counted, ...]:
    """Every clock of a case, the nearest that runs first."""
    found = clocks.in_order(stored.of_case(tx, case.id or 0))
    entries = stored.entries(tx, found)
    return tuple(_counted(tx, case, each, entries[each.id or 0], town) for each in found)


def extensions(case: Case, clocks: Sequence[Any]) -> Mapping[int, int]:
    """By how much each clock was extended; only who invoked a law can have been told of an extension."""
    return {} if case.legal_type == "service" else {each.id: each.extended for each in clocks if each.extended}


def _counted(tx: Session, case: Case, clock: Clock, entries: Sequence[ClockEntry], town: Town) -> Counted:
    calendar = _calendar(tx, clock, entries, town)
    if not entries:
        return Counted(clock, entries, calendar, None)
    found = ledger.reckon(clocks.limit_of(clock), entries, calendar)
    return Counted(clock, entries, calendar, found, _refusal(case, clock, entries, found, calendar, town))


def _calendar(tx: Session, clock: Clock, entries: Sequence[ClockEntry], town: Town) -> Calendar:
    edition_id = entries[-1].edition_id if entries else clock.edition_id
    if edition_id is None or edition_id == town.calendar.edition:
        return town.calendar
    return calendars.calendar_of(stored_calendars.edition(tx, edition_id))


def _refusal(
    case: Case, clock: Clock, entries: Sequence[ClockEntry], found: Reckoning, calendar: Calendar, town: Town
) -> Due | None:
    """2577 art. 10 counts from the receipt, whatever the town did since; 4982 from the end of its own term."""
    if case.legal_type == "petition" and clock.law == "3071":
        received = [entry.at for entry in entries if entry.act == "started"][-1]
        return deadlines.due(received, laws.term(town.facts, "silence"), "calendar_days", calendar)
    if case.legal_type == "information" and clock.law == "4982":
        return found.due
    return None

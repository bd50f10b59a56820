"""Clocks of a case: every change is a line in a ledger, and the date that follows from it is stored beside it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from db.models import Case, Category, Clock, ClockEntry, Duty
from db.queries import clocks as stored
from portal.rules import deadlines, laws, ledger, lifecycle
from portal.rules.deadlines import Calendar
from portal.rules.ledger import Act, Limit, Line
from portal.rules.lifecycle import Status
from portal.rules.permissions import Actor
from portal.services.townbook import Town

# Told by the day of the clock itself: whoever has not answered by then must have said that it takes longer.
EXTENSION_NOTICE, FEE, RESULT_OWED = "extension_notice", "fee", "result_owed"
# Owed by the applicant, counted from the day they were asked; the words of the duty say what.
MISSING_ITEM, SIGNATURE = "missing_item", "signature"


def limit_of(clock: Clock) -> Limit:
    """What a clock promised, as the rules count it."""
    return Limit(clock.value, clock.unit, clock.round_the_clock)


def promises(category: Category) -> tuple[dict[str, Any], ...]:
    """The clocks a case of this category begins with: the town's own target and the law's limit."""
    return (
        {
            "kind": "service",
            "law": "",
            "value": category.target_value,
            "unit": category.target_unit,
            "basis": "",
            "round_the_clock": category.target_unit == "hours" and category.priority == "urgent",
        },
        {
            "kind": "legal",
            "law": laws.law_of(category.legal_basis),
            "value": category.legal_value,
            "unit": category.legal_unit,
            "basis": category.legal_basis,
            "round_the_clock": False,
        },
    )


def first_due(category: Category, received_at: datetime, calendar: Calendar) -> tuple[datetime, str]:
    """When a case of this category is due, and by which of its clocks: the stricter one holds."""
    counted = ((due_of_promise(each, received_at, calendar), each["kind"]) for each in promises(category))
    return min(counted, key=lambda each: each[0])


def start_all(tx: Session, case: Case, category: Category, *, town: Town, now: datetime) -> None:
    """Start a new case's clocks at the moment it was received, each with its own ledger."""
    begun = [_begin(case, at=case.received_at, town=town, now=now, **promise) for promise in promises(category)]
    stored.add(tx, begun)
    for clock, _first in begun:
        if clock.law == "4982" and case.legal_type == "information":
            owe(tx, case, EXTENSION_NOTICE, clock=clock, now=now)


def start(
    tx: Session,
    case: Case,
    *,
    kind: str,
    value: int,
    unit: str,
    at: datetime,
    town: Town,
    now: datetime,
    law: str = "",
    basis: str = "",
    round_the_clock: bool = False,
    fixed_at: datetime | None = None,
    words: str = "",
    by: Actor | None = None,
) -> Clock:
    """Start a clock on a case; one of the unit "fixed" is due when another authority said so."""
    begun = _begin(
        case,
        kind=kind,
        value=value,
        unit=unit,
        at=at,
        town=town,
        now=now,
        law=law,
        basis=basis,
        round_the_clock=round_the_clock,
        fixed_at=fixed_at,
        words=words,
        by=by,
    )
    stored.add(tx, [begun])
    return begun[0]


def _begin(
    case: Case,
    *,
    kind: str,
    value: int,
    unit: str,
    at: datetime,
    town: Town,
    now: datetime,
    law: str = "",
    basis: str = "",
    round_the_clock: bool = False,
    fixed_at: datetime | None = None,
    words: str = "",
    by: Actor | None = None,
) -> tuple[Clock, ClockEntry]:
    """A clock and the first line of its ledger."""
    calendar = town.calendar
    promise = {"value": value, "unit": unit, "round_the_clock": round_the_clock}
    due_at = fixed_at or due_of_promise(promise, at, calendar)
    clock = Clock(
        case_id=case.id,
        kind=kind,
        law=law,
        basis=basis,
        started_at=at,
        due_at=due_at,
        edition_id=calendar.edition,
        **promise,
    )
    first = ClockEntry(
        at=at,
        noted_at=now,
        act="started",
        due_at=due_at,
        words=words,
        by_id=by.id if by else None,
        edition_id=calendar.edition,
    )
    return clock, first


def write(
    tx: Session,
    clock: Clock,
    act: Act,
    *,
    calendar: Calendar,
    now: datetime,
    at: datetime | None = None,
    entries: Sequence[ClockEntry] | None = None,
    value: int | None = None,
    basis: str = "",
    told_on: date | None = None,
    words: str = "",
    by: Actor | None = None,
) -> ClockEntry:
    """Write a line in a clock's ledger and bring its date in line; lines are never changed or removed.

    Refused where the line cannot follow the ones before it. Without `at` it takes effect now.
    """
    if entries is None:
        entries = stored.entries(tx, [clock])[clock.id or 0]
    moment = ledger.moment_after(entries, now)
    ledger.check(entries, act, at or moment, now=moment)
    entry = ClockEntry(
        clock_id=clock.id,
        at=at or moment,
        noted_at=moment,
        act=act,
        due_at=clock.due_at,
        value=value,
        basis=basis,
        told_on=told_on,
        words=words,
        by_id=by.id if by else None,
        edition_id=calendar.edition,
    )
    found = ledger.reckon(limit_of(clock), [*entries, entry], calendar)
    entry.due_at = clock.due_at = found.due.at
    clock.state, clock.started_at, clock.edition_id = found.state, found.began, calendar.edition
    tx.add(entry)
    return entry


def due_with(clock: Clock, entries: Sequence[ClockEntry], line: Line, calendar: Calendar) -> datetime:
    """When a clock would be due if this line were written in its ledger."""
    return ledger.reckon(limit_of(clock), [*entries, line], calendar).due.at


def follow(
    tx: Session, case: Case, frm: Status, to: Status, *, by: Actor | None, town: Town, now: datetime
) -> dict[str, object]:
    """Bring every clock in line with a new status; answers the case's due date and lateness, where they change."""
    before, after = lifecycle.clock_of(frm), lifecycle.clock_of(to)
    if before == after:
        return {}
    clocks = stored.held(tx, case.id or 0)
    is_over = not lifecycle.is_open(to)
    acts = {each.id: act for each in clocks if (act := act_for(each.kind, each.state, after))}
    entries = stored.entries(tx, [each for each in clocks if is_over or each.id in acts])
    for each in clocks:
        if each.id in acts:
            lines = entries[each.id or 0]
            lines.append(write(tx, each, acts[each.id], calendar=town.calendar, now=now, entries=lines, by=by))
    duties = stored.held_duties(tx, case.id or 0)
    if not is_over:
        return nearest(clocks, duties, to, case.legal_type)
    for duty in duties:
        settle(duty, now=now, by=by)
    return {**nearest(clocks, duties, to, case.legal_type), "late": _are_late(clocks, entries)}


def _are_late(clocks: Iterable[Clock], entries: Mapping[int, Sequence[ClockEntry]]) -> bool:
    """Whether one of the promises was kept only after its day; an objection is a matter of its own."""
    return any(ledger.overran(entries[each.id or 0], each.due_at) for each in clocks if each.kind != "objection")


def nearest(
    clocks: Sequence[Clock], duties: Iterable[Duty], status: Status | str, legal_type: str
) -> dict[str, object]:
    """The values of a case that say what is due next.

    While the applicant is waited for nobody at the desk can work on a service request, so its dates rest; a limit
    the law has set for an application goes on being shown.
    """
    if not lifecycle.is_open(status):
        return {"due_at": None, "due_kind": ""}
    rests = lifecycle.clock_of(status) == "paused" and legal_type == "service"
    running = [(each.due_at, each.kind) for each in clocks if each.state == "running"] if not rests else []
    resting = {each.id for each in clocks if each.state != "running"}
    owed = [
        (each.due_at, each.kind)
        for each in duties
        # What is due on its clock's day rests with the clock.
        if each.done_at is None and (each.value is not None or each.clock_id not in resting)
    ]
    if not running and not owed:
        return {"due_at": None, "due_kind": ""}
    due_at, kind = min(running + owed, key=lambda each: each[0])
    return {"due_at": due_at, "due_kind": kind}


def in_order(clocks: Iterable[Clock]) -> list[Clock]:
    """The clocks that run, the nearest date first, and then those that rest or are over."""
    return sorted(clocks, key=lambda each: (each.state != "running", each.due_at, each.id or 0))


def due_of(tx: Session, case: Case) -> dict[str, object]:
    """What `nearest` says of a case as its clocks and duties are stored now."""
    case_id = case.id or 0
    return nearest(stored.held(tx, case_id), stored.held_duties(tx, case_id), case.status, case.legal_type)


def owe(
    tx: Session,
    case: Case,
    kind: str,
    *,
    now: datetime,
    clock: Clock | None = None,
    value: int | None = None,
    unit: str = "",
    calendar: Calendar | None = None,
    words: str = "",
) -> Duty:
    """Write down something owed: by a day counted from now, or by the day of its clock."""
    if value is not None and calendar is not None:
        due_at = deadlines.due(now, value, unit, calendar).at  # type: ignore[arg-type]
    elif clock is not None:
        due_at = clock.due_at
    else:
        raise ValueError("a duty is due on a day of its own or on its clock's")
    duty = Duty(
        case_id=case.id,
        clock_id=clock.id if clock else None,
        kind=kind,
        value=value,
        unit=unit,
        due_at=due_at,
        opened_at=now,
        words=words,
        edition_id=calendar.edition if calendar else None,
    )
    tx.add(duty)
    tx.flush()
    return duty


def settle(duty: Duty, *, now: datetime, by: Actor | None = None) -> None:
    """Note that what was owed is done; done twice is done once."""
    if duty.done_at is None:
        duty.done_at, duty.done_by_id = now, by.id if by else None


def act_for(kind: str, state: str, after: lifecycle.Clock) -> Act | None:
    """What a clock does when the case comes to a status whose clock does `after`."""
    if after == "paused":
        # The applicant is silent, not the law: only the town's own target waits.
        return "paused" if kind == "service" and state == "running" else None
    if after in ("stopped", "none"):
        return "stopped" if state != "stopped" else None
    if state == "running" or (after == "own" and kind != "objection"):
        return None
    return "resumed"


def due_of_promise(promise: Mapping[str, Any], at: datetime, calendar: Calendar) -> datetime:
    """When a promise (a row of `promises`) that began at a moment is due."""
    return deadlines.due(at, promise["value"], promise["unit"], calendar, round_the_clock=promise["round_the_clock"]).at

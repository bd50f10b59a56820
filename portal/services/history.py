"""Write cases that have a past: taken over from another system, or invented for a trial."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db import bulk
from db.models import (
    Callback,
    Case,
    CaseEvent,
    Clock,
    ClockEntry,
    ContactPoint,
    LateClosing,
    Message,
    Outgoing,
    Person,
    SourceRecord,
    Submission,
)
from db.queries import sums
from portal.rules import ledger
from portal.rules.deadlines import Calendar
from portal.rules.ledger import Line

Row = dict[str, Any]


@dataclass(slots=True)
class PastCase:
    """One case with all that happened to it, as rows that do not know each other's keys yet."""

    case: Row
    submission: Row
    search_words: str
    events: list[Row]
    clocks: list["PastClock"]
    person: Row | None = None
    points: list[Row] = field(default_factory=list)
    letters: list["PastLetter"] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    source: Row | None = None


@dataclass(slots=True)
class PastClock:
    """A clock with its ledger."""

    clock: Row
    entries: list[Row]


@dataclass(slots=True)
class PastLetter:
    """A message that was sent, or the call that stood in for it."""

    outgoing: Row
    callback: Row | None = None


def past_clock(
    promise: Mapping[str, Any], at: datetime, due_at: datetime, calendar: Calendar, *, ended_at: datetime | None = None
) -> PastClock:
    """A clock that began at a moment, and stopped at another if it has ended."""
    clock = {**promise, "started_at": at, "due_at": due_at, "state": "running", "edition_id": calendar.edition}
    past = PastClock(clock, [])
    note(past, "started", at, due_at=due_at)
    if ended_at is not None:
        note(past, "stopped", ended_at, due_at=due_at)
    return past


def note(past: PastClock, act: str, at: datetime, *, due_at: datetime) -> None:
    """Write a line in a past clock's ledger, and the date and state that followed from it."""
    edition = past.clock["edition_id"]
    past.entries.append({"at": at, "noted_at": at, "act": act, "due_at": due_at, "edition_id": edition})
    past.clock["due_at"] = due_at
    past.clock["state"] = ledger.STATE_AFTER.get(act, past.clock["state"])


def nearest(clocks: Iterable[PastClock]) -> tuple[datetime | None, str]:
    """The nearest date of the clocks that run, and which of them it is of."""
    running = [(each.clock["due_at"], each.clock["kind"]) for each in clocks if each.clock["state"] == "running"]
    return min(running, key=lambda each: each[0], default=(None, ""))


def write(tx: Session, past: Sequence[PastCase]) -> None:
    """Store cases with their past, find-able, counted, and told to every open list."""
    _number(tx, past)
    bulk.insert(tx, Person, (each.person for each in past if each.person))
    bulk.insert(tx, ContactPoint, (point for each in past for point in each.points))
    bulk.insert(tx, Case, (each.case for each in past))
    bulk.insert(tx, LateClosing, ({"case_id": each.case["id"]} for each in past if _is_late(each)))
    bulk.insert(tx, Submission, (each.submission for each in past))
    bulk.insert_search(tx, ((each.case["id"], each.search_words) for each in past))
    bulk.insert(tx, CaseEvent, (event for each in past for event in each.events))
    bulk.insert(tx, Clock, (clock.clock for each in past for clock in each.clocks))
    bulk.insert(tx, ClockEntry, (entry for each in past for clock in each.clocks for entry in clock.entries))
    bulk.insert(tx, Message, (message for each in past for message in each.messages))
    bulk.insert(tx, Outgoing, (letter.outgoing for each in past for letter in each.letters))
    bulk.insert(tx, Callback, (letter.callback for each in past for letter in each.letters if letter.callback))
    bulk.insert(tx, SourceRecord, (each.source for each in past if each.source))
    _count(tx, past)


def _number(tx: Session, past: Sequence[PastCase]) -> None:
    """Give every row its key, and the keys of the rows it belongs to."""
    _give_keys(tx, Case, [each.case for each in past])
    _give_keys(tx, Submission, [each.submission for each in past])
    _give_keys(tx, Person, [each.person for each in past if each.person])
    for each in past:
        case_id, submission_id = each.case["id"], each.submission["id"]
        each.submission["case_id"] = case_id
        for event in each.events:
            is_theirs = event["actor"] == "citizen" or event["kind"] == "opened"
            event.update(case_id=case_id, submission_id=submission_id if is_theirs else None)
        for message in each.messages:
            message.update(case_id=case_id, submission_id=submission_id)
        for clock in each.clocks:
            clock.clock["case_id"] = case_id
        for letter in each.letters:
            letter.outgoing.update(case_id=case_id, submission_id=submission_id)
        if each.person:
            each.submission["person_id"] = each.person["id"]
            for point in each.points:
                point["person_id"] = each.person["id"]
        if each.source:
            each.source["case_id"] = case_id
    _number_clocks(tx, [clock for each in past for clock in each.clocks])
    _number_letters(tx, [letter for each in past for letter in each.letters])
    for table, rows in (
        (ContactPoint, [point for each in past for point in each.points]),
        (CaseEvent, [event for each in past for event in each.events]),
        (Message, [message for each in past for message in each.messages]),
    ):
        _give_keys(tx, table, rows)


def _number_clocks(tx: Session, clocks: Sequence[PastClock]) -> None:
    _give_keys(tx, Clock, [each.clock for each in clocks])
    _give_keys(tx, ClockEntry, [entry for each in clocks for entry in each.entries])
    for each in clocks:
        for entry in each.entries:
            entry["clock_id"] = each.clock["id"]


def _number_letters(tx: Session, letters: Sequence[PastLetter]) -> None:
    _give_keys(tx, Outgoing, [each.outgoing for each in letters])
    _give_keys(tx, Callback, [each.callback for each in letters if each.callback])
    for each in letters:
        if each.callback:
            outgoing = each.outgoing
            each.callback.update(
                outgoing_id=outgoing["id"], case_id=outgoing["case_id"], submission_id=outgoing["submission_id"]
            )


def _give_keys(tx: Session, table: type, rows: Sequence[Row]) -> None:
    for row, key in zip(rows, bulk.reserve(tx, table, len(rows)), strict=True):
        row["id"] = key


def _count(tx: Session, past: Iterable[PastCase]) -> None:
    for each in past:
        place = sums.Place(sums.month_of(each.case["received_at"]), each.case["department_id"], each.case["status"])
        is_answered = each.case.get("answered_at") is not None
        sums.add(tx, place, sums.Figures(1, int(is_answered), int(_is_late(each))))
        sums.touch(tx, {place.department_id})


def _is_late(past: PastCase) -> bool:
    """Whether the case was closed after its day."""
    if past.case.get("closed_at") is None:
        return False
    return any(
        ledger.overran([Line(each["act"], each["at"], each["due_at"]) for each in clock.entries], clock.clock["due_at"])
        for clock in past.clocks
        if clock.clock["kind"] != "objection"
    )

"""What a row of another system becomes here: a case with its submission, its timeline and its clocks."""

import secrets
from datetime import datetime

from db import search
from db.queries.cases import NO_DUE
from portal.importing.mapping import RecordMap
from portal.importing.record import Taken, hours_between
from portal.rules import deadlines, lifecycle, references
from portal.rules.lifecycle import Status
from portal.services.history import PastCase, PastClock, Row
from portal.services.townbook import Town


def past_case(taken: Taken, reference: str, record_map: RecordMap, town: Town, *, now: datetime) -> PastCase:
    """The record as a case that has been here all along; nobody is written to about what is over."""
    clocks = _clocks(taken, town)
    return PastCase(
        case=_case(taken, reference, clocks, now=now),
        submission=_submission(taken, reference, record_map, now=now),
        search_words=_search_words(taken, reference, town),
        events=_events(taken, record_map),
        clocks=clocks,
        source={"source": record_map.source, "external_id": taken.external_id},
    )


def _case(taken: Taken, reference: str, clocks: list[PastClock], *, now: datetime) -> Row:
    is_open = lifecycle.is_open(taken.status)
    due = min(each.clock["due_at"] for each in clocks) if is_open else None
    since = taken.closed_at or taken.received_at
    return {
        "reference": reference,
        "subject": taken.subject,
        "category_id": taken.category.id,
        "department_id": taken.department_id,
        "status": taken.status.value,
        "is_open": is_open,
        "priority": taken.category.priority,
        "channel": taken.channel,
        "neighbourhood_id": taken.neighbourhood_id,
        "street": taken.street,
        "place_note": taken.place_note,
        "latitude": taken.latitude,
        "longitude": taken.longitude,
        "is_special": taken.category.is_special,
        "received_at": taken.received_at,
        "entered_at": now,
        "due_at": due,
        "due_order": due or NO_DUE,
        "status_since": since,
        "changed_at": since,
        "closed_at": taken.closed_at,
        "answered_at": taken.closed_at,
        "closing_reason": taken.closing.reason if taken.closing else "",
        "version": 1 if taken.status == Status.NEW else 2,
    }


def _submission(taken: Taken, reference: str, record_map: RecordMap, *, now: datetime) -> Row:
    return {
        "reference": reference,
        "key_nonce": references.new_nonce(),
        # Nobody was ever given a key to these records, so none may fit.
        "key_hash": references.key_hash(secrets.token_urlsafe(16)),
        "channel": taken.channel,
        "words": taken.words,
        "reply_channel": "web",
        "language": record_map.language,
        "received_at": taken.received_at,
        "entered_at": now,
    }


def _events(taken: Taken, record_map: RecordMap) -> list[Row]:
    opened = {
        "at": taken.received_at,
        "kind": "opened",
        "actor": "citizen",
        "status_to": Status.NEW.value,
        "department_to_id": taken.department_id,
        "is_public": True,
        "facts": {"source": record_map.source, "external_id": taken.external_id},
    }
    if taken.status == Status.NEW:
        return [opened]
    closing = taken.closing
    moved = {
        "at": taken.closed_at or taken.received_at,
        "kind": "status",
        "actor": "staff",
        "status_from": Status.NEW.value,
        "status_to": taken.status.value,
        "department_from_id": taken.department_id,
        "department_to_id": taken.department_id,
        "words": closing.words if closing else "",
        "is_public": True,
        "case_version": 2,
        "facts": {"reason": closing.reason} if closing and closing.reason else {},
    }
    return [opened, moved]


def _clocks(taken: Taken, town: Town) -> list[PastClock]:
    """The date that was promised where the record has one; otherwise what this town promises."""
    category, start = taken.category, taken.received_at
    if taken.due_at is not None:
        hours = hours_between(start, taken.due_at)
        return [_clock(taken, "service", hours, "hours", "source", taken.due_at)]
    target = deadlines.due(
        start,
        category.target_value,
        category.target_unit,  # type: ignore[arg-type]
        town.calendar,
        round_the_clock=category.priority == "urgent",
    )
    legal = deadlines.due(start, category.legal_value, category.legal_unit, town.calendar)  # type: ignore[arg-type]
    return [
        _clock(taken, "service", category.target_value, category.target_unit, "", target.at),
        _clock(taken, "legal", category.legal_value, category.legal_unit, category.legal_basis, legal.at),
    ]


def _clock(taken: Taken, kind: str, value: int, unit: str, basis: str, due_at: datetime) -> PastClock:
    start, end = taken.received_at, taken.closed_at
    entries: list[Row] = [{"at": start, "act": "started", "due_at": due_at}]
    if end is not None:
        entries.append({"at": end, "act": "stopped", "due_at": due_at})
    clock = {
        "kind": kind,
        "value": value,
        "unit": unit,
        "basis": basis,
        "started_at": start,
        "due_at": due_at,
        "state": "running" if end is None else "stopped",
    }
    return PastClock(clock, entries)


def _search_words(taken: Taken, reference: str, town: Town) -> str:
    quarter = town.neighbourhoods.get(taken.neighbourhood_id or 0)
    return search.index_text(
        taken.words,
        taken.category.name_tr,
        quarter.name if quarter else "",
        taken.street,
        taken.place_note,
        reference,
        taken.external_id,
    )

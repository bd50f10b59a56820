"""What a row of another system becomes here: a case with its submission, its timeline and its clocks."""

import secrets
from datetime import datetime

from db import search
from db.queries.cases import NO_DUE
from portal.importing.mapping import RecordMap
from portal.importing.record import Taken
from portal.rules import ledger, lifecycle, references
from portal.rules.lifecycle import Status
from portal.services import clocks, history
from portal.services.history import PastCase, PastClock, Row
from portal.services.townbook import Town


def past_case(taken: Taken, reference: str, record_map: RecordMap, town: Town, *, now: datetime) -> PastCase:
    """The record as a case that has been here all along; nobody is written to about what is over."""
    ledgers = _clocks(taken, town)
    return PastCase(
        case=_case(taken, reference, ledgers, now=now),
        submission=_submission(taken, reference, record_map, now=now),
        search_words=_search_words(taken, reference, town),
        events=_events(taken, record_map),
        clocks=ledgers,
        source={"source": record_map.source, "external_id": taken.external_id},
    )


def _case(taken: Taken, reference: str, ledgers: list[PastClock], *, now: datetime) -> Row:
    is_open = lifecycle.is_open(taken.status)
    due, due_kind = history.nearest(ledgers) if is_open else (None, "")
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
        "due_kind": due_kind,
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
    end = taken.closed_at
    if taken.due_at is not None:
        promise = {"kind": "service", "value": 0, "unit": ledger.FIXED, "basis": "source"}
        return [history.past_clock(promise, start, taken.due_at, town.calendar, ended_at=end)]
    counted = ((promise, clocks.due_of_promise(promise, start, town.calendar)) for promise in clocks.promises(category))
    return [history.past_clock(promise, start, due_at, town.calendar, ended_at=end) for promise, due_at in counted]


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

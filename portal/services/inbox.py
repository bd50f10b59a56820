"""What an applicant says after the first report: more information, or "it is not solved"."""

from datetime import datetime, timedelta

from sqlmodel import Session

from db import search
from db.models import Case, Message, Submission
from db.queries import cases, post
from db.queries import clocks as stored_clocks
from portal.rules import laws, lifecycle
from portal.rules.lifecycle import Status
from portal.rules.refusal import Refused
from portal.services import casework, clocks
from portal.services.townbook import Town

MOST_WORDS = 4000
OBJECTION_WINDOW = timedelta(days=30)


def may_object(case: Case, *, now: datetime) -> bool:
    """Whether the applicant may still say that the matter is not solved."""
    is_answered = case.status in (Status.RESOLVED, Status.DECLINED)
    return is_answered and case.closed_at is not None and now - case.closed_at <= OBJECTION_WINDOW


def add_information(
    tx: Session, case: Case, submission: Submission, words: str, *, form_id: str, town: Town, now: datetime
) -> bool:
    """Put an applicant's words on the case; false when this very form was already received.

    A case that was waiting for them goes back to work, and a closed one to "objected" while the window is open.
    """
    if not words:
        raise Refused("Eklemek istediğiniz bilgiyi yazın.", field="words")
    if len(words) > MOST_WORDS:
        raise Refused("Metin en fazla %(most)s karakter olabilir; kısaltıp yeniden gönderin.", "words", most=MOST_WORDS)
    if post.message_by_channel_id(tx, "web", form_id):
        return False
    tx.add(
        Message(
            case_id=case.id,
            submission_id=submission.id,
            direction="in",
            channel="web",
            channel_id=form_id,
            words=words,
            at=now,
        )
    )
    cases.add_words(tx, case, search.index_text(words))
    _move_by_applicant(tx, case, submission, words, town=town, now=now)
    return True


def _move_by_applicant(
    tx: Session, case: Case, submission: Submission, words: str, *, town: Town, now: datetime
) -> None:
    frm = Status(case.status)
    to = _status_after(tx, case, now=now)
    values: dict[str, object] = {}
    department_from = case.department_id
    if to is not None:
        if to == Status.OBJECTED:
            _start_objection_clock(tx, case, town=town, now=now)
            values = _to_the_centre(town)
        values |= {"status": to, "is_open": True, "status_since": now, "closed_at": None, "answered_at": None}
        values |= clocks.follow(tx, case, frm, to, by=None, town=town, now=now)
    if not cases.change(tx, case, seen=case.version, now=now, **values):
        raise casework.Outdated
    cases.add_event(
        tx,
        case,
        "objection" if to == Status.OBJECTED else "information",
        actor="citizen",
        now=now,
        submission_id=submission.id,
        status_from=frm if to else "",
        status_to=to or "",
        department_from_id=department_from,
        department_to_id=case.department_id,
        words=words,
        is_public=True,
    )


def _status_after(tx: Session, case: Case, *, now: datetime) -> Status | None:
    if case.status == Status.WAITING and not _waits_for_signature(tx, case):
        return Status.IN_PROGRESS if cases.status_before(tx, case) == Status.IN_PROGRESS else Status.ASSIGNED
    if may_object(case, now=now):
        return Status.OBJECTED
    return None


def _waits_for_signature(tx: Session, case: Case) -> bool:
    """An application that came unsigned is not completed by words: its applicant has to come and sign."""
    is_unsigned = stored_clocks.is_owed(tx, case.id or 0, clocks.MISSING_ITEM, clocks.SIGNATURE)
    return is_unsigned and cases.status_before(tx, case) == Status.NEW


def _to_the_centre(town: Town) -> dict[str, object]:
    """Whoever closed the case is not who judges the objection."""
    centre = town.coordinating_department
    return {"department_id": centre.id, "assignee_id": None} if centre else {}


def _start_objection_clock(tx: Session, case: Case, *, town: Town, now: datetime) -> None:
    lifecycle.check_move(Status(case.status), Status.OBJECTED, by_citizen=True)
    value, unit = laws.term(town.facts, "objection"), laws.TERMS["objection"].unit
    clocks.start(tx, case, kind="objection", value=value, unit=unit, at=now, town=town, now=now)

"""What every way in has in common: one number, one case, one person, one submission, one receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, select

from db import rows, search
from db.models import Case, Category, ContactPoint, Person, Submission
from db.queries import cases
from portal.rules import references
from portal.rules.lifecycle import Status
from portal.rules.permissions import Actor
from portal.services import clocks, contact, outbox
from portal.services.townbook import Town

SUBJECT_LENGTH = 140


@dataclass(frozen=True)
class Intake:
    """How a report came in: `form_id` is what makes a repeat recognisable."""

    channel: str = "web"
    language: str = "tr"
    form_id: str | None = None
    draft_id: int | None = None
    notice_version: str = ""
    reply_channel: str = ""
    # The form is in this transaction's hands alone and was not sent before: nobody needs to look.
    is_first: bool = False


class Applicant(NamedTuple):
    """Who asked, and the ways to reach them; who asked anonymously is nobody."""

    person: Person | None = None
    points: Sequence[ContactPoint] = ()


@dataclass(frozen=True)
class Receipt:
    """What the applicant takes home."""

    reference: str
    key: str
    case_id: int
    is_repeat: bool = False


def earlier(tx: Session, form_id: str | None) -> Submission | None:
    """What this very form became before, if it was sent before."""
    if not form_id:
        return None
    return tx.exec(select(Submission).where(Submission.form_id == form_id)).one_or_none()


def receipt_of(submission: Submission, secret: bytes, *, is_repeat: bool = False) -> Receipt:
    key = references.derive_key(secret, submission.reference, submission.key_nonce)
    return Receipt(submission.reference, key, submission.case_id, is_repeat)


def subject_of(words: str) -> str:
    """The first line of what was written, short enough for a list."""
    line = " ".join(words.split())
    if len(line) <= SUBJECT_LENGTH:
        return line
    return line[:SUBJECT_LENGTH].rsplit(" ", 1)[0] + " …"


def new_case(
    tx: Session,
    category: Category,
    intake: Intake,
    *,
    town: Town,
    received_at: datetime,
    now: datetime,
    search_words: str,
    **facts: Any,
) -> Case:
    """Store a case of a category, at its department, due by its stricter clock, under a number nobody has."""
    due, due_kind = clocks.first_due(category, received_at, town.calendar)
    while True:
        reference = references.new_reference()
        case = _case(category, intake, reference, due, due_kind, received_at=received_at, now=now, **facts)
        if cases.add(tx, case, words=f"{search_words} {search.index_text(reference)}"):
            return case


def _case(
    category: Category,
    intake: Intake,
    reference: str,
    due: datetime,
    due_kind: str,
    *,
    received_at: datetime,
    now: datetime,
    **facts: Any,
) -> Case:
    return Case(
        reference=reference,
        category_id=category.id,
        department_id=category.department_id,
        status=Status.NEW,
        channel=intake.channel,
        is_special=category.is_special,
        received_at=received_at,
        entered_at=now,
        due_at=due,
        due_order=due,
        due_kind=due_kind,
        status_since=now,
        changed_at=now,
        **facts,
    )


def new_person(tx: Session, name: str, *, email: str, phone: str, now: datetime) -> Applicant:
    """Store who asks, with the ways to reach them."""
    person = rows.put(tx, Person(name=name, created_at=now))
    points = []
    if email:
        points.append(ContactPoint(person_id=person.id, kind="email", value=email, created_at=now))
    if phone:
        number = contact.read_phone(phone)
        points.append(ContactPoint(person_id=person.id, kind="phone", value=number, last4=number[-4:], created_at=now))
    rows.append(tx, points)
    return Applicant(person, points)


def new_submission(
    tx: Session,
    case: Case,
    applicant: Applicant,
    intake: Intake,
    *,
    words: str,
    answers: list[dict[str, Any]],
    reply_channel: str,
    secret: bytes,
    now: datetime,
    by: Actor | None,
) -> Submission:
    """Store one person's act of asking, under the case's own number."""
    nonce = references.new_nonce()
    submission = Submission(
        case_id=case.id,
        person_id=applicant.person.id if applicant.person else None,
        reference=case.reference,
        key_nonce=nonce,
        key_hash=references.key_hash(references.derive_key(secret, case.reference, nonce)),
        channel=intake.channel,
        words=words,
        answers=answers,
        reply_channel=intake.reply_channel or reply_channel,
        language=intake.language,
        form_id=intake.form_id,
        notice_version=intake.notice_version,
        entered_by_id=by.id if by else None,
        received_at=case.received_at,
        entered_at=now,
    )
    return rows.put(tx, submission)


def announce(
    tx: Session,
    case: Case,
    submission: Submission,
    applicant: Applicant,
    *,
    town: Town,
    now: datetime,
    by: Actor | None,
    letter: str = "received",
    **facts: str,
) -> None:
    """The first line of the timeline, and the message that tells the applicant."""
    cases.add_event(
        tx,
        case,
        "opened",
        actor="staff" if by else "citizen",
        now=now,
        by_id=by.id if by else None,
        submission_id=submission.id,
        status_to=case.status,
        department_to_id=case.department_id,
        is_public=True,
    )
    outbox.tell(
        tx,
        case,
        submission,
        "received",
        person=applicant.person,
        points=applicant.points,
        town=town,
        now=now,
        letter=letter,
        **facts,
    )


def way_back(email: str, phone: str) -> str:
    """How an applicant is answered who said nothing about it."""
    return "email" if email else "phone" if phone else "web"

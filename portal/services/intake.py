"""A report becomes a case: one transaction, one reference, and the same form never twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from db import search
from db.models import Case, Category, ContactPoint, Person, Submission
from db.queries import cases, people, post
from portal.rules import references, reporting, routing
from portal.rules.lifecycle import Status
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused
from portal.rules.reporting import Report
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


@dataclass(frozen=True)
class Receipt:
    """What the applicant takes home."""

    reference: str
    key: str
    case_id: int
    is_repeat: bool = False


def open_case(
    tx: Session, report: Report, intake: Intake, *, town: Town, secret: bytes, now: datetime, by: Actor | None = None
) -> Receipt:
    """Store the report as a case with clocks, event and receipt; a repeated form gets the same receipt."""
    if repeated := _earlier(tx, intake.form_id):
        return _receipt(repeated, secret, is_repeat=True)
    category = town.category_by_code(report.category_code)
    if category is None:
        raise Refused("Konuyu listeden seçin.", field="category")
    for problem in reporting.problems(report, category).values():
        raise problem
    case = _add_case(tx, report, intake, category, town=town, now=now)
    person = _add_person(tx, report, now=now)
    submission = _add_submission(tx, case, person, report, intake, category, secret=secret, now=now, by=by)
    if intake.draft_id is not None:
        post.give_attachments(tx, intake.draft_id, case_id=submission.case_id, submission_id=submission.id or 0)
    clocks.start_all(tx, case, category, town=town, now=now)
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
    points = people.contact_points(tx, [submission.person_id])
    outbox.tell(tx, case, submission, "received", person=person, points=points, town=town, now=now)
    return _receipt(submission, secret)


def subject_of(words: str) -> str:
    """The first line of what was written, short enough for a list."""
    line = " ".join(words.split())
    if len(line) <= SUBJECT_LENGTH:
        return line
    return line[:SUBJECT_LENGTH].rsplit(" ", 1)[0] + " …"


def _earlier(tx: Session, form_id: str | None) -> Submission | None:
    if not form_id:
        return None
    return tx.exec(select(Submission).where(Submission.form_id == form_id)).one_or_none()


def _receipt(submission: Submission, secret: bytes, *, is_repeat: bool = False) -> Receipt:
    key = references.derive_key(secret, submission.reference, submission.key_nonce)
    return Receipt(submission.reference, key, submission.case_id, is_repeat)


def _add_case(tx: Session, report: Report, intake: Intake, category: Category, *, town: Town, now: datetime) -> Case:
    due, due_kind = clocks.first_due(category, now, town.calendar)
    quarter = next((each for each in town.neighbourhoods.values() if each.code == report.neighbourhood_code), None)
    case = Case(
        reference=_free_reference(tx),
        subject=subject_of(report.words),
        category_id=category.id,
        department_id=category.department_id,
        status=Status.NEW,
        priority=routing.priority_for(category.priority, {key: list(given) for key, given in report.answers.items()}),
        channel=intake.channel,
        neighbourhood_id=quarter.id if quarter else None,
        street=report.street,
        place_note=report.place_note,
        latitude=report.latitude,
        longitude=report.longitude,
        is_special=category.is_special,
        received_at=now,
        entered_at=now,
        due_at=due,
        due_order=due,
        due_kind=due_kind,
        status_since=now,
        changed_at=now,
    )
    return cases.add(tx, case, words=_search_words(case, report, category, quarter.name if quarter else ""))


def _search_words(case: Case, report: Report, category: Category, quarter: str) -> str:
    return search.index_text(
        report.words, category.name_tr, quarter, report.street, report.place_note, report.name, case.reference
    )


def _free_reference(tx: Session) -> str:
    while True:
        reference = references.new_reference()
        if cases.by_reference(tx, reference) is None:
            return reference


def _add_person(tx: Session, report: Report, *, now: datetime) -> Person | None:
    if report.is_anonymous:
        return None
    person = Person(name=report.name, created_at=now)
    tx.add(person)
    tx.flush()
    if report.email:
        tx.add(ContactPoint(person_id=person.id, kind="email", value=report.email, created_at=now))
    if report.phone:
        number = contact.read_phone(report.phone)
        tx.add(ContactPoint(person_id=person.id, kind="phone", value=number, last4=number[-4:], created_at=now))
    tx.flush()
    return person


def _add_submission(
    tx: Session,
    case: Case,
    person: Person | None,
    report: Report,
    intake: Intake,
    category: Category,
    *,
    secret: bytes,
    now: datetime,
    by: Actor | None,
) -> Submission:
    nonce = references.new_nonce()
    submission = Submission(
        case_id=case.id,
        person_id=person.id if person else None,
        reference=case.reference,
        key_nonce=nonce,
        key_hash=references.key_hash(references.derive_key(secret, case.reference, nonce)),
        channel=intake.channel,
        words=report.words,
        answers=reporting.answered(category.questions, report.answers),
        reply_channel=intake.reply_channel or ("email" if report.email else "phone" if report.phone else "web"),
        language=intake.language,
        form_id=intake.form_id,
        notice_version=intake.notice_version,
        entered_by_id=by.id if by else None,
        received_at=now,
        entered_at=now,
    )
    tx.add(submission)
    tx.flush()
    return submission

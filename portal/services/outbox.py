"""Put into the outbox what every applicant is owed, in the transaction that owes it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from db import rows
from db.models import Callback, Case, ContactPoint, Outgoing, Person, Submission
from db.queries import cases, people, post
from portal import clock, languages
from portal.rules import lifecycle, references
from portal.services import letters
from portal.services.townbook import Town


def tell_applicants(
    tx: Session, case: Case, kind: str, *, town: Town, now: datetime, words: str = "", is_answer: bool = False
) -> list[Outgoing]:
    """One message to each applicant, on a channel that can reach them; where none can, a call is owed."""
    submissions = cases.submissions(tx, case)
    ids = [submission.person_id for submission in submissions]
    persons = people.by_id(tx, ids)
    points = people.contact_points(tx, ids)
    return [
        tell(
            tx,
            case,
            submission,
            kind,
            person=persons.get(submission.person_id or 0),
            points=points,
            town=town,
            now=now,
            words=words,
            is_answer=is_answer,
        )
        for submission in submissions
    ]


def tell(
    tx: Session,
    case: Case,
    submission: Submission,
    kind: str,
    *,
    person: Person | None,
    points: Sequence[ContactPoint],
    town: Town,
    now: datetime,
    words: str = "",
    is_answer: bool = False,
    letter: str = "",
    **more: str,
) -> Outgoing:
    """One message to one applicant; `letter` names its wording where that is not its kind's own."""
    own = [point for point in points if person and point.person_id == person.id]
    channel, address = _way_to(submission, own, kind)
    subject, text = letters.compose(
        letter or kind, submission.language, words=words, **{**_facts(case, submission, person, town=town), **more}
    )
    outgoing = Outgoing(
        case_id=case.id,
        submission_id=submission.id,
        kind=kind,
        channel=channel,
        address=address,
        language=submission.language,
        subject=subject,
        words=text,
        message_id=f"{uuid4().hex}.{submission.reference}",
        is_answer=is_answer,
        # On the web the letter is the citizen's own page: it has arrived when it is written.
        state={"email": "waiting", "web": "sent"}.get(channel, "call"),
        created_at=now,
        next_try_at=now,
        sent_at=now if channel == "web" else None,
    )
    rows.put(tx, outgoing)
    if channel == "phone":
        owe_call(tx, outgoing, reason="no_channel", words=words, now=now)
    return outgoing


def owe_call(tx: Session, outgoing: Outgoing, *, reason: str, words: str, now: datetime) -> None:
    """Write down that somebody must ring this applicant."""
    tx.add(
        Callback(
            case_id=outgoing.case_id,
            submission_id=outgoing.submission_id,
            outgoing_id=outgoing.id,
            reason=reason,
            words=words,
            created_at=now,
        )
    )


def settle(tx: Session, case: Case, *, now: datetime) -> None:
    """Note the moment at which the last applicant had the answer."""
    if case.answered_at is not None or lifecycle.is_open(case.status):
        return
    answers = [each for each in post.outgoing_of(tx, case.id or 0) if each.is_answer]
    called = {each.outgoing_id for each in post.callbacks_of(tx, case.id or 0) if each.done_at}
    if answers and all(each.state == "sent" or each.id in called for each in answers):
        cases.mark_answered(tx, case, now=now)


def _way_to(submission: Submission, points: Sequence[ContactPoint], kind: str) -> tuple[str, str]:
    by_kind = {point.kind: point.value for point in points}
    # Nobody is rung up to hear that their report arrived: they were just shown its number.
    reachable = ("email",) if kind == "received" else (submission.reply_channel, "email", "phone")
    for way in reachable:
        if way in by_kind:
            return way, by_kind[way]
    return "web", ""


def _facts(case: Case, submission: Submission, person: Person | None, *, town: Town) -> dict[str, str]:
    english = submission.language == "en"
    category, department = town.categories[case.category_id], town.departments[case.department_id]
    language = languages.LANGUAGES["en" if english else "tr"]
    nobody = "Applicant" if english else "başvuru sahibi"
    return {
        "name": (person.name if person else "") or nobody,
        "reference": references.grouped(submission.reference),
        "topic": category.name_en if english else category.name_tr,
        "department": department.name_en if english else department.name_tr,
        "authority": category.external_body or language.gettext("yetkili kurum"),
        "status": language.gettext(lifecycle.STEPS[lifecycle.Status(case.status)].label),
        "received": _day(submission.received_at),
        "due": _day(case.due_at) if case.due_at else "–",
        "town": town.facts.get("name_en" if english else "name", ""),
        "phone": town.facts.get("phone", ""),
    }


def _day(moment: datetime) -> str:
    return moment.astimezone(clock.ISTANBUL).strftime("%d.%m.%Y")

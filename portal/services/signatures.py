"""The signature of an application whose applicant will give it at the counter: asked for, waited for, noted."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from db.models import Case, Duty, Submission
from db.queries import cases, register
from db.queries import clocks as stored_clocks
from portal import clock, languages
from portal.rules import laws, lifecycle, permissions
from portal.rules.lifecycle import Status
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused, msgid
from portal.services import casework, clocks, outbox
from portal.services.filing import Applicant
from portal.services.townbook import Town


def missing(tx: Session, case_id: int) -> Duty | None:
    """What is owed on a case that still lacks its applicant's signature."""
    return missing_of(stored_clocks.duties(tx, case_id))


def missing_of(duties: Sequence[Duty]) -> Duty | None:
    """The same, among everything that was and is owed on a case."""
    owed = (each for each in duties if each.done_at is None)
    return next((each for each in owed if (each.kind, each.words) == (clocks.MISSING_ITEM, clocks.SIGNATURE)), None)


def ask(tx: Session, case: Case, submission: Submission, applicant: Applicant, *, town: Town, now: datetime) -> None:
    """The application is taken and its law's clock runs; what is missing is asked for before anything is refused."""
    term = laws.term(town.facts, clocks.MISSING_ITEM)
    duty = clocks.owe(
        tx,
        case,
        clocks.MISSING_ITEM,
        now=now,
        value=term,
        unit=laws.TERMS[clocks.MISSING_ITEM].unit,
        calendar=town.calendar,
        words=clocks.SIGNATURE,
    )
    language = languages.LANGUAGES["en" if submission.language == "en" else "tr"]
    words = language.gettext(_COME_AND_SIGN) % {"day": _day(duty.due_at)}
    frm = Status(case.status)
    lifecycle.check_move(frm, Status.WAITING, reply=words)
    values = {"status": Status.WAITING, "status_since": now}
    values |= clocks.follow(tx, case, frm, Status.WAITING, by=None, town=town, now=now)  # type: ignore[arg-type]
    if not cases.change(tx, case, seen=case.version, now=now, **values):
        raise casework.Outdated
    cases.add_event(
        tx,
        case,
        "status",
        actor="system",
        now=now,
        status_from=frm,
        status_to=Status.WAITING,
        department_from_id=case.department_id,
        department_to_id=case.department_id,
        words=words,
        is_public=True,
    )
    outbox.tell(
        tx,
        case,
        submission,
        "question",
        person=applicant.person,
        points=applicant.points,
        town=town,
        now=now,
        words=words,
        letter="signature",
        desk=_desk_of(town, submission.language),
    )


_COME_AND_SIGN = msgid(
    "Başvurunuzu aldık; yalnız imzanız eksik. Kimliğinizle çözüm masasına gelip başvurunuzu imzalayın. "
    "Son gün: %(day)s. Bu güne kadar imzalanmayan başvuru, imza eksikliği nedeniyle incelenemez."
)


def sign_at_counter(tx: Session, case: Case, *, seen: int, by: Actor, town: Town, now: datetime) -> None:
    """Note that the applicant came, showed who they are and signed; a case that only waited for that goes to work."""
    permissions.require(by, "case.note", case)
    duty = missing(tx, case.id or 0)
    application = register.application_of(tx, case.id or 0)
    if duty is None or application is None:
        raise Refused("Bu başvuruda bekleyen bir imza yok.")
    if case.version != seen:
        raise casework.Outdated
    clocks.settle(duty, now=now, by=by)
    application.details = {**application.details, "signed_at": now.isoformat()}
    tx.flush()
    frm, values = Status(case.status), {}
    if frm == Status.WAITING:
        values = {"status": Status.ASSIGNED, "status_since": now}
        values |= clocks.follow(tx, case, frm, Status.ASSIGNED, by=by, town=town, now=now)
    values |= clocks.due_of(tx, case) if not values else {}
    if not cases.change(tx, case, seen=seen, now=now, **values):
        raise casework.Outdated
    cases.add_event(
        tx,
        case,
        "signed",
        actor="staff",
        now=now,
        by_id=by.id,
        status_from=frm if frm == Status.WAITING else "",
        status_to=case.status if frm == Status.WAITING else "",
        department_from_id=case.department_id,
        department_to_id=case.department_id,
        is_public=True,
    )


def _desk_of(town: Town, language: str) -> str:
    """Where the counter is and when it is open."""
    spoken = f"_{language}"
    facts = [town.facts.get(f"{name}{spoken}") or town.facts.get(name, "") for name in ("address", "desk_hours")]
    return " · ".join(filter(None, facts))


def _day(moment: datetime) -> str:
    return moment.astimezone(clock.ISTANBUL).strftime("%d.%m.%Y")

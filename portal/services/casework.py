"""What the desk does with a case. Every change: seen version, rule, row, event, message, in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from db import search
from db.models import Case
from db.queries import cases, staff
from portal import clock
from portal.rules import lifecycle, permissions
from portal.rules.lifecycle import Status
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound, Refused, msgid
from portal.services import clocks, outbox
from portal.services.townbook import Town

MOST_NOTE = 4000
# What is applied for under a law is decided, not merely answered.
DECIDED = frozenset({"information", "petition", "personal_data"})
CHANGED = msgid("Bu başvuru siz yazarken değişti. Yazdıklarınız duruyor; son durumu görüp yeniden kaydedin.")


class Outdated(Refused):
    """Somebody else changed the case first."""

    def __init__(self) -> None:
        super().__init__(CHANGED, field="version")


@dataclass(frozen=True)
class Move:
    """A wanted change of status, with all that it may owe."""

    to: Status
    reply: str = ""
    reason: str = ""
    planned_on: date | None = None
    department_id: int | None = None


def visible(tx: Session, reference: str, *, to: Actor) -> Case:
    """The case behind a reference, if it is this colleague's to see; otherwise not found."""
    case = cases.seen_by(tx, reference, departments=permissions.visible_departments(to))
    if case is None:
        raise NotFound
    return case


def change_status(
    tx: Session,
    case: Case,
    move: Move,
    *,
    seen: int,
    by: Actor,
    town: Town,
    now: datetime,
    decided: bool = False,
) -> None:
    """Move a case along the table, and write to the applicants when the new status owes them an answer.

    An application under a law ends by a decision with its letter (`services.proceedings`), which says so.
    """
    permissions.require(by, "case.move", case)
    _check_seen(case, seen)
    if case.legal_type in DECIDED and move.to in (Status.RESOLVED, Status.DECLINED) and not decided:
        raise Refused(
            "Bu başvuru bir kanuna dayanır; “Yasal işlemler” sayfasındaki karar formuyla sonuçlandırılır.", "status"
        )
    frm = Status(case.status)
    today = now.astimezone(clock.ISTANBUL).date()
    lifecycle.check_move(frm, move.to, reply=move.reply, reason=move.reason, planned_on=move.planned_on, today=today)
    _check_length(move.reply, "reply")
    _check_length(move.reason, "reason")
    values = _values_of(case, frm, move, town=town, now=now)
    values |= clocks.follow(tx, case, frm, move.to, by=by, town=town, now=now)
    department_from = case.department_id
    _change(tx, case, seen=seen, now=now, **values)
    cases.add_event(
        tx,
        case,
        "status",
        actor="staff",
        now=now,
        by_id=by.id,
        status_from=frm,
        status_to=move.to,
        department_from_id=department_from,
        department_to_id=case.department_id,
        words=move.reply,
        is_public=True,
        facts=_facts_of(move),
    )
    # Who is sent elsewhere is told where, also when the clerk has nothing to add (3071 art. 5).
    if move.reply or move.to == Status.EXTERNAL:
        told = outbox.tell_applicants(
            tx, case, _letter_for(move.to), town=town, now=now, words=move.reply, is_answer=move.to in lifecycle.DONE
        )
        # What has only just been put into the outbox has reached nobody yet.
        if all(each.state == "sent" for each in told):
            outbox.settle(tx, case, now=now)


def assign(
    tx: Session,
    case: Case,
    *,
    department_id: int,
    assignee_id: int | None,
    seen: int,
    by: Actor,
    town: Town,
    now: datetime,
) -> None:
    """Give a case to a department, to a person in it, or back to nobody in particular."""
    permissions.require(by, "case.assign_person", case)
    _check_seen(case, seen)
    if not lifecycle.is_open(case.status):
        raise Refused("Sonuçlanmış bir başvurunun birimi veya sorumlusu değiştirilemez.", field="department")
    _check_department(case, department_id, by=by, town=town)
    _check_assignee(tx, department_id, assignee_id)
    department_from, status_from = case.department_id, case.status
    moves_on = status_from == Status.NEW
    values = {"department_id": department_id, "assignee_id": assignee_id}
    if moves_on:
        values |= {"status": Status.ASSIGNED, "status_since": now}
    _change(tx, case, seen=seen, now=now, **values)
    cases.add_event(
        tx,
        case,
        "assigned",
        actor="staff",
        now=now,
        by_id=by.id,
        status_from=status_from if moves_on else "",
        status_to=case.status if moves_on else "",
        department_from_id=department_from,
        department_to_id=department_id,
        assignee_to_id=assignee_id,
        # Citizens are told which unit has their case, not which person.
        is_public=moves_on or department_from != department_id,
    )


def add_note(tx: Session, case: Case, words: str, *, seen: int, by: Actor, now: datetime) -> None:
    """Write something down for colleagues; applicants never see it."""
    permissions.require(by, "case.note", case)
    _check_words(words, "note", msgid("Notu yazın."))
    _change(tx, case, seen=_check_seen(case, seen), now=now)
    cases.add_event(tx, case, "note", actor="staff", now=now, by_id=by.id, words=words)
    cases.add_words(tx, case, search.index_text(words))


def reply(tx: Session, case: Case, words: str, *, seen: int, by: Actor, town: Town, now: datetime) -> None:
    """Answer every applicant without moving the case."""
    permissions.require(by, "case.reply", case)
    _check_words(words, "reply", msgid("Yanıtı yazın."))
    _change(tx, case, seen=_check_seen(case, seen), now=now)
    cases.add_event(tx, case, "reply", actor="staff", now=now, by_id=by.id, words=words, is_public=True)
    outbox.tell_applicants(tx, case, "reply", town=town, now=now, words=words)


def _check_seen(case: Case, seen: int) -> int:
    if case.version != seen:
        raise Outdated
    return seen


def _change(tx: Session, case: Case, *, seen: int, now: datetime, **values: object) -> None:
    if not cases.change(tx, case, seen=seen, now=now, **values):
        raise Outdated


def _check_words(words: str, field: str, missing: str) -> None:
    if not words:
        raise Refused(missing, field=field)
    _check_length(words, field)


def _check_length(words: str, field: str) -> None:
    if len(words) > MOST_NOTE:
        raise Refused(
            "Metin en fazla %(most)s karakter olabilir; kısaltıp yeniden gönderin.", field=field, most=MOST_NOTE
        )


def _values_of(case: Case, frm: Status, move: Move, *, town: Town, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {
        "status": move.to,
        "is_open": lifecycle.is_open(move.to),
        "status_since": now,
        "planned_on": move.planned_on if move.to == Status.PLANNED else None,
    }
    if lifecycle.is_open(move.to):
        values |= {"closed_at": None, "closing_reason": "", "answered_at": None}
    else:
        values |= {"closed_at": now, "closing_reason": move.reason}
    if frm == Status.ASSIGNED and move.to == Status.NEW:
        values |= _bounced(case, move, town=town)
    return values


def _bounced(case: Case, move: Move, *, town: Town) -> dict[str, object]:
    """Not ours: first to the department that was proposed, the second time to the coordinator."""
    if lifecycle.after_bounce(case.bounces) == "coordinator":
        centre = town.coordinating_department
        to = centre.id if centre else case.department_id
    else:
        to = move.department_id
        if to is None or to == case.department_id or to not in town.departments:
            raise Refused("Hangi birimin işi olduğunu seçin.", field="department")
    return {"department_id": to, "assignee_id": None, "bounces": case.bounces + 1}


def _facts_of(move: Move) -> dict[str, object]:
    facts: dict[str, object] = {}
    if move.reason:
        facts["reason"] = move.reason
    if move.planned_on and move.to == Status.PLANNED:
        facts["planned_on"] = move.planned_on.isoformat()
    return facts


def _letter_for(to: Status) -> str:
    if to in (Status.WAITING, Status.EXTERNAL):
        return "question" if to == Status.WAITING else "forwarded"
    return "closing" if to in lifecycle.DONE else "reply"


def _check_department(case: Case, department_id: int, *, by: Actor, town: Town) -> None:
    department = town.departments.get(department_id)
    if department is None or not department.is_active:
        raise Refused("Birimi listeden seçin.", field="department")
    if department_id != case.department_id and not permissions.may(by, "case.assign_department", case):
        raise Refused(
            "Birimi çözüm merkezi değiştirir. Başvuru biriminizin işi değilse durum formundan iade edin.",
            field="department",
        )


def _check_assignee(tx: Session, department_id: int, assignee_id: int | None) -> None:
    if assignee_id is None:
        return
    if assignee_id not in {clerk.id for clerk in staff.colleagues_of(tx, department_id)}:
        raise Refused("Sorumlu, seçilen birimde çalışan biri olmalı.", field="assignee")

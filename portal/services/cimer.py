"""Cases that also lie with CİMER: its own number and day, kept as one more clock until the answer is entered there.

CİMER has no interface of its own: the answer is written here and entered there by hand.
"""

from datetime import date, datetime

from sqlmodel import Session

from db.models import Case, Clock
from db.queries import cases
from db.queries import clocks as stored
from portal.rules import deadlines, laws, ledger, lifecycle, permissions
from portal.rules.refusal import Refused
from portal.services import clocks
from portal.services.accounts import SignedIn
from portal.services.casework import Outdated
from portal.services.townbook import Town

KIND = "cimer"
MOST_NUMBER = 40


def clock_of(tx: Session, case: Case) -> Clock | None:
    """CİMER's clock on a case while its answer is still owed."""
    found = (each for each in stored.of_case(tx, case.id or 0) if each.kind == KIND and each.state != "stopped")
    return next(found, None)


def take(
    tx: Session,
    case: Case,
    *,
    number: str,
    arrived_on: date | None,
    due_on: date | None,
    seen: int,
    by: SignedIn,
    town: Town,
    now: datetime,
) -> None:
    """Note that the matter came through CİMER; without a day of CİMER's own, the town's term is counted."""
    permissions.require(by, "case.move", case)
    if not lifecycle.is_open(case.status) or clock_of(tx, case) is not None:
        raise Refused("Bu başvuruya CİMER kaydı eklenemez: sonuçlanmış ya da kaydı zaten var.", field="number")
    at = _check(number, arrived_on, due_on, now=now)
    term = laws.TERMS[KIND]
    fixed = {"value": 0, "unit": ledger.FIXED, "fixed_at": deadlines.end_of(due_on)} if due_on else {}
    counted = {"value": laws.term(town.facts, KIND), "unit": term.unit}
    clocks.start(
        tx,
        case,
        kind=KIND,
        law=KIND,
        basis=f"CİMER {number}",
        at=at,
        town=town,
        now=now,
        by=by,
        **(fixed or counted),  # type: ignore[arg-type]
    )
    # Like an application under a law, it goes on being owed while the applicant is asked something.
    legal_type = KIND if case.legal_type == "service" else case.legal_type
    _keep(tx, case, "cimer_taken", number, seen=seen, by=by, now=now, legal_type=legal_type)


def answered(tx: Session, case: Case, *, seen: int, by: SignedIn, town: Town, now: datetime) -> None:
    """Note that the answer was entered in CİMER."""
    permissions.require(by, "case.move", case)
    clock = clock_of(tx, case)
    if clock is None:
        raise Refused("Bu başvuruda yanıtı beklenen bir CİMER kaydı yok.")
    stored.held(tx, case.id or 0)
    clocks.write(tx, clock, "stopped", calendar=town.calendar, now=now, by=by)
    _keep(tx, case, "cimer_answered", clock.basis.removeprefix("CİMER "), seen=seen, by=by, now=now)


def _check(number: str, arrived_on: date | None, due_on: date | None, *, now: datetime) -> datetime:
    today = deadlines.local_day(now)
    if not number or len(number) > MOST_NUMBER:
        raise Refused("CİMER başvuru numarasını yazın.", field="number")
    if arrived_on is None or not arrived_on <= today or arrived_on.year not in deadlines.KNOWN_YEARS:
        raise Refused("CİMER'den geldiği günü girin; gelecekte olamaz.", field="arrived_on")
    if due_on is not None and (due_on < arrived_on or due_on.year not in deadlines.KNOWN_YEARS):
        raise Refused("Son gün, geldiği günden önce olamaz.", field="due_on")
    return deadlines.start_of(arrived_on)


def _keep(
    tx: Session, case: Case, kind: str, words: str, *, seen: int, by: SignedIn, now: datetime, **changes: object
) -> None:
    tx.flush()
    legal_type = str(changes.get("legal_type", case.legal_type))
    case_id = case.id or 0
    due = clocks.nearest(stored.of_case(tx, case_id), stored.duties(tx, case_id), case.status, legal_type)
    if case.version != seen or not cases.change(tx, case, seen=seen, now=now, **due, **changes):
        raise Outdated
    cases.add_event(tx, case, kind, actor="staff", now=now, by_id=by.id, words=words)

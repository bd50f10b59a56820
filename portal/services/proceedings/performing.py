"""An act from the form to the letter: checked, seen beforehand, then done in one transaction with what it owes."""

from datetime import datetime
from typing import cast

from obstore.store import LocalStore
from sqlmodel import Session

from db.models import Case, Letter
from portal.services import correspondence, official
from portal.services.accounts import SignedIn
from portal.services.official import Content
from portal.services.proceedings.acts import Act, Told
from portal.services.proceedings.decision import Decision
from portal.services.proceedings.matter import Matter
from portal.services.proceedings.time import Lapse
from portal.services.townbook import Town


def preview(matter: Matter, act: Act) -> Content | None:
    """The letter the act would send; None where it sends none. Refused where the act would be."""
    act.check(matter)
    return _letter(matter, act)


def perform(
    tx: Session,
    case: Case,
    act: Act,
    *,
    seen: int,
    by: SignedIn,
    town: Town,
    store: LocalStore,
    now: datetime,
) -> Letter | None:
    """Do it: the ledger, the case, the letter and the messages together, or nothing of it."""
    matter = Matter.read(tx, case, by=by, town=town, now=now, to_change=True)
    content = preview(matter, act)
    act.apply(matter, seen=seen)
    if content is None:
        return None
    letter = official.issue(tx, case, matter.submission, content, store=store, by=by, now=now)
    # A decision closes the case, and closing tells every applicant by itself.
    if not isinstance(act, Decision | Lapse):
        correspondence.tell(tx, case, matter.submission, letter, town=town, now=now)
    return letter


def _letter(matter: Matter, act: Act) -> Content | None:
    if not act.letter:
        return None
    return official.compose(
        act.letter,
        matter.case,
        matter.submission,
        matter.person,
        matter.application,
        town=matter.town,
        by=matter.by,
        now=matter.now,
        **cast(Told, act).facts(matter),
    )

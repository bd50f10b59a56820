"""Phone calls owed to applicants whom no message reaches."""

from datetime import datetime

from sqlmodel import Session

from db.models import Callback
from db.queries import cases, post
from portal.rules import permissions
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused
from portal.services import outbox

MOST_OUTCOME = 300


def finish_call(tx: Session, callback: Callback, outcome: str, *, by: Actor, now: datetime) -> None:
    """Write down that the applicant was rung up, and what came of it."""
    case = post.lock_case(tx, callback.case_id)
    permissions.require(by, "callback.work", case)
    outcome = outcome.strip()
    if not outcome:
        raise Refused("Görüşmenin sonucunu yazın.", field="outcome")
    if len(outcome) > MOST_OUTCOME:
        raise Refused("Sonuç en fazla %(most)s karakter olabilir.", field="outcome", most=MOST_OUTCOME)
    if not post.finish_callback(tx, callback, done_at=now, done_by_id=by.id, outcome=outcome):
        raise Refused("Bu aramayı az önce bir başkası kaydetti.", field="outcome")
    # Locked above: the version just read is the version that is there.
    cases.change(tx, case, seen=case.version, now=now)
    cases.add_event(
        tx,
        case,
        "call",
        actor="staff",
        now=now,
        by_id=by.id,
        submission_id=callback.submission_id,
        words=outcome,
        facts={"callback": callback.id},
    )
    outbox.settle(tx, case, now=now)

"""What has been late too long is put before the manager, once for each date that was missed."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from db.engine import Database
from db.queries import cases, owed, sums
from portal.rules import deadlines, laws
from portal.services.townbook import Town

BATCH = 200


def escalate(db: Database, *, town: Town, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Put before the manager whatever has been late too long, in batches; how many cases that were.

    Who is told to stop meanwhile says so with `goes_on`: the rest has its turn another time.
    """
    done = written = _batch(db, town=town, now=now)
    while written == BATCH and goes_on():
        written = _batch(db, town=town, now=now)
        done += written
    return done


def late_before(town: Town, now: datetime) -> datetime:
    """What was due before this moment lies more than the town's number of working days back."""
    days = laws.term(town.facts, "escalation")
    return deadlines.start_of(town.calendar.working_day_before(deadlines.local_day(now), days))


def _batch(db: Database, *, town: Town, now: datetime) -> int:
    with db.transaction() as tx:
        # A case whose date has moved on is no longer late; it may be put before the manager again for the new date.
        touched = set(owed.let_go(tx, now=now))
        written = _write(tx, touched, town=town, now=now)
        sums.touch(tx, touched)
    return written


def _write(tx: Session, touched: set[int], *, town: Town, now: datetime) -> int:
    found = owed.to_escalate(tx, due_before=late_before(town, now), limit=BATCH)
    for case in found:
        # No version is spent: nobody's unsaved words are out of date.
        cases.add_event(tx, case, "escalated", actor="system", now=now, facts={"due": case.due_order.isoformat()})
        touched.add(case.department_id)
    owed.mark_escalated(tx, found, now=now)
    return len(found)

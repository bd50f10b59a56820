"""The clocks of a case, the lines of their ledgers, and what is owed by a day of its own."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from db import rows
from db.models import Clock, ClockEntry, Duty

_OF_CASE = select(Clock).where(Clock.case_id == bindparam("case_id")).order_by(col(Clock.id))  # type: ignore[arg-type]
_ENTRIES = (
    select(ClockEntry)
    .where(col(ClockEntry.clock_id).in_(bindparam("clock_ids", expanding=True)))
    .order_by(col(ClockEntry.id))
)
_DUTIES = select(Duty).where(Duty.case_id == bindparam("case_id")).order_by(col(Duty.id))  # type: ignore[arg-type]


def of_case(tx: Session, case_id: int) -> Sequence[Clock]:
    """The clocks of a case, in the order they were started."""
    return tx.execute(_OF_CASE, {"case_id": case_id}).scalars().all()


def held(tx: Session, case_id: int) -> Sequence[Clock]:
    """The clocks of a case as they are now, which nobody else changes before this transaction ends."""
    # SQLite has one writer at a time; on PostgreSQL a recount may be at work on the very same rows.
    statement = _OF_CASE.with_for_update().execution_options(populate_existing=True)
    tx.flush()
    return tx.execute(statement, {"case_id": case_id}).scalars().all()


def entries(tx: Session, clocks: Sequence[Clock]) -> dict[int, list[ClockEntry]]:
    """The ledger of each clock, by its key, in the order it was written."""
    found: dict[int, list[ClockEntry]] = {each.id: [] for each in clocks if each.id is not None}
    if found:
        for entry in tx.execute(_ENTRIES, {"clock_ids": list(found)}).scalars():
            found[entry.clock_id].append(entry)
    return found


def add(tx: Session, begun: Sequence[tuple[Clock, ClockEntry]]) -> None:
    """Store new clocks, each with the first line of its ledger."""
    rows.put_all(tx, [clock for clock, _first in begun])
    for clock, first in begun:
        first.clock_id = clock.id or 0
    rows.append(tx, [first for _clock, first in begun])


def held_duties(tx: Session, case_id: int) -> Sequence[Duty]:
    """What was and is owed on a case, as it is stored now."""
    tx.flush()
    return tx.execute(_DUTIES.execution_options(populate_existing=True), {"case_id": case_id}).scalars().all()


def duties(tx: Session, case_id: int) -> Sequence[Duty]:
    """What was and is owed on a case besides its clocks, in the order it arose."""
    return tx.execute(_DUTIES, {"case_id": case_id}).scalars().all()


def is_owed(tx: Session, case_id: int, kind: str, words: str) -> bool:
    """Whether this very thing is still owed on a case."""
    return any((each.kind, each.words) == (kind, words) and each.done_at is None for each in duties(tx, case_id))

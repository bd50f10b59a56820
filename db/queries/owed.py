"""What is about to go wrong on open cases: late, soon due, untouched, escalated, and what is owed besides an answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select, text, true, update
from sqlmodel import Session, col

from db.models import Case, Clock, Department, Duty


class Alarms(NamedTuple):
    """How many open cases are in each list; a list nobody counted is empty."""

    late: int = 0
    soon: int = 0
    untouched: int = 0
    escalated: int = 0


@dataclass(frozen=True)
class Bounds:
    """What the lists are counted by; `departments` None means all."""

    departments: frozenset[int] | None
    now: datetime
    soon_before: datetime
    untouched_before: datetime
    with_escalated: bool

    @property
    def values(self) -> dict[str, Any]:
        """The values of the statements that `counted` answers."""
        moments = {"now": self.now, "soon_before": self.soon_before, "untouched_before": self.untouched_before}
        if self.departments is None:
            return moments
        seen = sorted(self.departments)
        return {**moments, "seen_department": seen[0]} if len(seen) == 1 else {**moments, "seen_departments": seen}


def to_escalate(tx: Session, *, due_before: datetime, limit: int) -> Sequence[Case]:
    """Open cases that were due before a moment and lie before no manager yet, the longest late first."""
    return tx.execute(_TO_ESCALATE, {"due_before": due_before, "most": limit}).scalars().all()


def mark_escalated(tx: Session, found: Sequence[Case], *, now: datetime) -> None:
    """Note that these cases lie before the manager."""
    if found:
        ids = [each.id for each in found]
        tx.execute(update(Case).where(col(Case.id).in_(ids)).values(escalated_at=now), execution_options=_PLAINLY)
        for case in found:
            tx.expire(case)


def let_go(tx: Session, *, now: datetime) -> Sequence[int]:
    """Take from the manager what is due in the future again; the departments of those cases.

    A case that waits keeps its mark: its missed date comes back with it, and was told once.
    """
    moved_on = (Case.is_open == true(), col(Case.escalated_at).is_not(None), col(Case.due_at) > now)
    return (
        tx.execute(
            update(Case).where(*moved_on).values(escalated_at=None).returning(col(Case.department_id)),
            execution_options=_PLAINLY,
        )
        .scalars()
        .all()
    )


_PLAINLY = {"synchronize_session": False}
_TO_ESCALATE = (
    select(Case)
    .where(
        # In the words of ix_case_to_escalate.
        Case.is_open == true(),  # type: ignore[arg-type]
        col(Case.escalated_at).is_(None),
        col(Case.due_order) < bindparam("due_before"),
    )
    .order_by(col(Case.due_order), col(Case.id))
    .limit(bindparam("most"))
    # Who is at a case this moment is not disturbed: its turn comes with the next round.
    .with_for_update(skip_locked=True)
)


def is_escalated() -> ColumnElement[bool]:
    """Whether an open case lies before the manager."""
    # The departments are named so that SQLite takes the index that holds these cases and no others.
    return and_(col(Case.escalated_at).is_not(None), col(Case.department_id).in_(select(Department.id)))  # type: ignore[call-overload]


def cases_that_owe() -> ColumnElement[bool]:
    """Whether a case still owes a thing of the kind that is bound as `duty`, be it the nearest date or not."""
    owing = select(Duty.case_id).where(Duty.kind == bindparam("duty"), text("duty.done_at IS NULL"))  # type: ignore[call-overload]
    return col(Case.id).in_(owing)


def cases_objected_to() -> ColumnElement[bool]:
    """Whether an objection to a case is still to be answered, wherever the case stands by now."""
    # In the very words of ix_clock_objection, so that both engines see that it answers the question.
    return col(Case.id).in_(select(Clock.case_id).where(text("clock.kind = 'objection' AND clock.state <> 'stopped'")))  # type: ignore[call-overload]


def counted(bounds: Bounds) -> tuple[Select[Any], ...]:
    """A statement for each list: its name and its exact count, from an index that holds only open cases."""
    departments = bounds.departments
    return _counted(-1 if departments is None else min(len(departments), 2), bounds.with_escalated)


@lru_cache(maxsize=8)
def _counted(departments: int, with_escalated: bool) -> tuple[Select[Any], ...]:
    if departments == 0:
        return ()
    due, changed = col(Case.due_order), col(Case.changed_at)
    lists: dict[str, tuple[Any, ...]] = {
        "late": (due < bindparam("now"),),
        "soon": (due >= bindparam("now"), due < bindparam("soon_before")),
        "untouched": (changed < bindparam("untouched_before"),),
        **({"escalated": (is_escalated(),)} if with_escalated else {}),
    }
    seen = tuple(_of_departments(departments))
    return tuple(
        select(literal_column(f"'{name}'").label("name"), func.count().label("cases")).where(
            Case.is_open == true(),  # type: ignore[arg-type]
            *seen,
            *conditions,
        )
        for name, conditions in lists.items()
    )


def _of_departments(departments: int) -> Iterable[ColumnElement[bool]]:
    if departments == 1:
        yield col(Case.department_id) == bindparam("seen_department")
    elif departments > 1:
        yield col(Case.department_id).in_(bindparam("seen_departments", expanding=True))

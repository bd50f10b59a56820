"""The pages of a department's queue: keyset paging along an index, and the exact counts beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlmodel import Session

from db import search as text_search
from db.models import Case, CaseCount, LateClosing
from db.queries import owed
from db.queries.owed import Alarms

NOBODY = 0
# The one duty that is a clock of its own and no row among the duties.
OBJECTION = "objection"

_COLUMNS = (
    Case.id,
    Case.reference,
    Case.subject,
    Case.status,
    Case.priority,
    Case.category_id,
    Case.department_id,
    Case.assignee_id,
    Case.neighbourhood_id,
    Case.street,
    Case.channel,
    Case.is_special,
    Case.is_open,
    Case.received_at,
    Case.due_at,
    Case.due_order,
    Case.due_kind,
    Case.escalated_at,
    Case.changed_at,
    Case.version,
)
_ORDERS = {
    "newest": (Case.received_at, True),
    "oldest": (Case.received_at, False),
    "due": (Case.due_order, False),
    "untouched": (Case.changed_at, False),
}


@dataclass(frozen=True)
class Wanted:
    """Which cases: `departments` None means all; `statuses` None means the open ones, () means every one."""

    departments: frozenset[int] | None
    statuses: tuple[str, ...] | None = None
    category_id: int | None = None
    neighbourhood_id: int | None = None
    channel: str = ""
    assignee_id: int | None = None
    late_at: datetime | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    changed_before: datetime | None = None
    is_escalated: bool = False
    duty: str = ""
    closing: str = ""
    received_from: datetime | None = None
    received_before: datetime | None = None
    words: str = ""
    has_common_words: bool = False

    @property
    def is_filtered(self) -> bool:
        """True when more than the department and the status narrow the list."""
        return any(
            (
                self.category_id is not None,
                self.neighbourhood_id is not None,
                self.channel,
                self.assignee_id is not None,
                self.late_at,
                self.due_from,
                self.due_before,
                self.changed_before,
                self.is_escalated,
                self.duty,
                self.closing,
                self.received_from,
                self.received_before,
                self.words,
            )
        )


def page(
    tx: Session, wanted: Wanted, *, order: str, after: tuple[datetime, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` cases of one page, beginning after the given place of the order."""
    shape, values = _shape(tx, wanted)
    statement = _page_statement(shape, order, after is not None)
    if after is not None:
        values = {**values, "after_value": after[0], "after_id": after[1]}
    return tx.connection().execute(statement, {**values, "page_size": limit}).all()


def before(
    tx: Session, wanted: Wanted, *, order: str, first: tuple[datetime, int], limit: int
) -> tuple[datetime, int] | None:
    """The place after which the page before `first` begins; None when that is the beginning."""
    shape, values = _shape(tx, wanted)
    statement = _before_statement(shape, order)
    values = {**values, "after_value": first[0], "after_id": first[1], "page_size": limit + 1}
    rows = tx.connection().execute(statement, values).all()
    return (rows[-1][0], rows[-1][1]) if len(rows) > limit else None


class Numbers(NamedTuple):
    """How many cases there are per status, and how many are in danger. `counts` is None where nobody has counted."""

    counts: Mapping[str, int] | None
    alarms: Alarms


def numbers(tx: Session, wanted: Wanted, bounds: owed.Bounds | None = None) -> Numbers:
    """The exact counts beside a page, in one statement: per status, whatever status is looked at, and of each danger.

    What is in danger is counted where its bounds are given. Words that are common are not counted: it would cost more
    than the page, and nobody reads that far.
    """
    anything = replace(wanted, statuses=())
    shape, values = _shape(tx, anything)
    how = "" if wanted.has_common_words else "counted" if wanted.is_filtered else "kept"
    statement = _numbers_statement(shape, how, owed.counted(bounds) if bounds else ())
    if statement is None:
        return Numbers(None, Alarms())
    values |= bounds.values if bounds else {}
    found = {name: int(number) for name, number in tx.connection().execute(statement, values)}
    alarms = Alarms(**{name: found.pop(name) for name in Alarms._fields if name in found})
    return Numbers({status: number for status, number in found.items() if number} if how else None, alarms)


@dataclass(frozen=True)
class _Shape:
    """What a statement depends on besides its values: statements of one shape are built once."""

    dialect: str
    departments: int
    statuses: int
    conditions: tuple[str, ...]
    search: tuple[int, ...] | str = ""


_closed_late = exists().where(LateClosing.case_id == Case.id)  # type: ignore[arg-type]
_CONDITIONS: Mapping[str, Any] = {
    "category_id": Case.category_id == bindparam("category_id"),
    "neighbourhood_id": Case.neighbourhood_id == bindparam("neighbourhood_id"),
    "channel": Case.channel == bindparam("channel"),
    "assignee_id": Case.assignee_id == bindparam("assignee_id"),
    "nobody": Case.assignee_id.is_(None),  # type: ignore[union-attr]
    "late_at": and_(Case.is_open == true(), Case.due_order < bindparam("late_at")),  # type: ignore[arg-type]
    "due_from": and_(Case.is_open == true(), Case.due_order >= bindparam("due_from")),  # type: ignore[arg-type]
    "due_before": and_(Case.is_open == true(), Case.due_order < bindparam("due_before")),  # type: ignore[arg-type]
    "changed_before": and_(Case.is_open == true(), Case.changed_at < bindparam("changed_before")),  # type: ignore[arg-type]
    "is_escalated": and_(Case.is_open == true(), owed.is_escalated()),  # type: ignore[arg-type]
    "duty": and_(Case.is_open == true(), owed.cases_that_owe()),  # type: ignore[arg-type]
    "objection": and_(Case.is_open == true(), owed.cases_objected_to()),  # type: ignore[arg-type]
    "closed_in_time": and_(Case.is_open == false(), ~_closed_late),  # type: ignore[arg-type]
    "closed_late": and_(Case.is_open == false(), _closed_late),  # type: ignore[arg-type]
    "answered": and_(Case.is_open == false(), Case.answered_at.is_not(None)),  # type: ignore[arg-type,union-attr]
    "received_from": Case.received_at >= bindparam("received_from"),
    "received_before": Case.received_at < bindparam("received_before"),
}


def _shape(tx: Session, wanted: Wanted) -> tuple[_Shape, dict[str, Any]]:
    values: dict[str, Any] = {}
    conditions = []
    for name in _CONDITIONS:
        value = getattr(wanted, name, None)
        if name == "assignee_id" and value == NOBODY:
            conditions.append("nobody")
        elif name == "duty" and value == OBJECTION:
            conditions.append("objection")
        elif name == "is_escalated":
            conditions += [name] if value else []
        elif value not in (None, ""):
            conditions.append(name)
            values[name] = value
    if wanted.closing:
        conditions.append(wanted.closing)
    if wanted.departments is not None:
        values |= _one_or_many("department", wanted.departments)
    if wanted.statuses:
        values |= _one_or_many("status", wanted.statuses)
    departments = -1 if wanted.departments is None else len(wanted.departments)
    statuses = -1 if wanted.statuses is None else len(wanted.statuses)
    search, words = _search(_dialect(tx), wanted)
    values |= words
    return _Shape(_dialect(tx), min(departments, 2), min(statuses, 2), tuple(conditions), search), values


def _search(dialect: str, wanted: Wanted) -> tuple[tuple[int, ...] | str, dict[str, str]]:
    forms = tuple(len(each) for each in text_search.terms(wanted.words))
    if not forms:
        # Words without a letter or digit match nothing, rather than everything.
        return ("nothing" if wanted.words else ""), {}
    if wanted.has_common_words:
        return forms, text_search.beginnings(wanted.words)
    return "listed", {"search": text_search.query(dialect, wanted.words)}


def _one_or_many(name: str, members: Any) -> dict[str, Any]:
    ordered = sorted(members)
    return {name: ordered[0]} if len(ordered) == 1 else {f"{name}s": ordered}


def _where(shape: _Shape) -> list[Any]:
    where: list[Any] = [_CONDITIONS[name] for name in shape.conditions]
    where += _membership(Case.department_id, "department", shape.departments)
    where += (
        [Case.is_open == true()] if shape.statuses < 0 else _membership(Case.status, "status", shape.statuses, empty=[])
    )
    if isinstance(shape.search, tuple):
        where.append(text_search.read_along(shape.dialect, shape.search))
    elif shape.search:
        where.append(text("1 = 0") if shape.search == "nothing" else text_search.listed(shape.dialect))
    return where


def _membership(column: Any, name: str, members: int, *, empty: list[Any] | None = None) -> list[Any]:
    if members < 0:
        return []
    if members == 0:
        return [text("1 = 0")] if empty is None else empty
    if members == 1:
        return [column == bindparam(name)]
    return [column.in_(bindparam(f"{name}s", expanding=True))]


@lru_cache(maxsize=500)
def _page_statement(shape: _Shape, order: str, continued: bool) -> Select[Any]:
    column, descending = _ORDERS[order]
    statement = select(*_COLUMNS).where(*_where(shape))  # type: ignore[call-overload]
    if continued:
        statement = statement.where(_beyond(column, descending=descending))
    return statement.order_by(*_along(column, descending=descending)).limit(bindparam("page_size"))


@lru_cache(maxsize=500)
def _before_statement(shape: _Shape, order: str) -> Select[Any]:
    column, descending = _ORDERS[order]
    statement = select(column, Case.id).where(*_where(shape), _beyond(column, descending=not descending))  # type: ignore[call-overload]
    return statement.order_by(*_along(column, descending=not descending)).limit(bindparam("page_size"))


@lru_cache(maxsize=500)
def _numbers_statement(shape: _Shape, how: str, alarms: tuple[Select[Any], ...]) -> CompoundSelect[Any] | None:
    parts = list(alarms)
    if how == "counted":
        parts.append(select(Case.status, func.count()).where(*_where(shape)).group_by(Case.status))  # type: ignore[call-overload]
    elif how:
        kept = select(CaseCount.status, func.sum(CaseCount.cases)).group_by(CaseCount.status)  # type: ignore[call-overload]
        parts.append(kept.where(*_membership(CaseCount.department_id, "department", shape.departments)))
    return union_all(*parts) if parts else None


def _beyond(column: Any, *, descending: bool) -> Any:
    here = tuple_(bindparam("after_value", type_=column.type), bindparam("after_id", type_=Case.id.type))  # type: ignore[union-attr]
    place = tuple_(column, Case.id)
    return place < here if descending else place > here


def _along(column: Any, *, descending: bool) -> tuple[Any, ...]:
    return (column.desc(), Case.id.desc()) if descending else (column.asc(), Case.id.asc())  # type: ignore[union-attr]


def _dialect(tx: Session) -> str:
    return tx.get_bind().dialect.name

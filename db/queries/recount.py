"""Dates to be counted anew after a change of the calendar: found along an index, held, and written many at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlmodel import Session, col

from db import bulk
from db.models import Case, Clock, ClockEntry, Duty
from db.queries.cases import NO_DUE

# Written as in the index: SQLite asks a partial index only where the words are the same.
_COUNTED = text("clock.state <> 'stopped' AND clock.unit <> 'fixed'")
_COUNTED_DUTY = text("duty.done_at IS NULL AND duty.value IS NOT NULL")
_READ_AT_ONCE = 4000

_CLOCK = (
    Clock.id,
    Clock.case_id,
    Clock.kind,
    Clock.value,
    Clock.unit,
    Clock.round_the_clock,
    Clock.started_at,
    Clock.due_at,
    Clock.state,
    Clock.edition_id,
)
_DUTY = (
    Duty.id,
    Duty.case_id,
    Duty.clock_id,
    Duty.kind,
    Duty.value,
    Duty.unit,
    Duty.opened_at,
    Duty.due_at,
    Duty.done_at,
    Duty.edition_id,
)
_ENTRIES = select(
    ClockEntry.clock_id,  # type: ignore[call-overload]
    ClockEntry.act,
    ClockEntry.at,
    ClockEntry.value,
    ClockEntry.due_at,
).order_by(col(ClockEntry.id))


def cases_to_recount(tx: Session, edition_id: int, limit: int) -> list[int]:
    """The cases of the next so many dates that were counted on an older calendar than this one."""
    found: list[int] = []
    for table, counted in ((Clock, _COUNTED), (Duty, _COUNTED_DUTY)):
        for is_older in (col(table.edition_id).is_(None), col(table.edition_id) < edition_id):
            if limit > len(found):
                rows = select(table.case_id).where(counted, is_older).order_by(col(table.edition_id), col(table.id))  # type: ignore[call-overload]
                found += tx.execute(rows.limit(limit - len(found))).scalars()
    return sorted(set(found))


def hold(tx: Session, case_ids: Sequence[int]) -> tuple[list[Row[Any]], list[Row[Any]], list[Row[Any]]]:
    """The cases, their clocks and what they owe, kept from other hands; a case somebody is at work on is left out.

    Nobody is waited for, so that a recount never stands in anybody's way, nor anybody in a circle with it.
    """
    columns = (Case.id, Case.status, Case.legal_type, Case.due_at, Case.due_kind, Case.department_id, Case.version)
    cases = _held(tx, select(*columns).where(bulk.among(tx, Case.id, case_ids)).order_by(col(Case.id)))  # type: ignore[call-overload]
    ids = [each.id for each in cases]
    clocks = _held(tx, select(*_CLOCK).where(bulk.among(tx, Clock.case_id, ids)).order_by(col(Clock.id)))  # type: ignore[call-overload]
    owed = (bulk.among(tx, Duty.case_id, ids), col(Duty.done_at).is_(None))
    duties = _held(tx, select(*_DUTY).where(*owed).order_by(col(Duty.id)))  # type: ignore[call-overload]
    taken = _not_held(tx, ids, clocks, Clock) | _not_held(tx, ids, duties, Duty, col(Duty.done_at).is_(None))
    return (
        [each for each in cases if each.id not in taken],
        [each for each in clocks if each.case_id not in taken],
        [each for each in duties if each.case_id not in taken],
    )


def _held(tx: Session, rows: Any) -> list[Row[Any]]:
    # Without "key_share" a colleague who only adds a line to a case's timeline would be left out as well.
    return list(tx.execute(rows.with_for_update(skip_locked=True, key_share=True)).all())


def _not_held(tx: Session, case_ids: Sequence[int], held: Sequence[Row[Any]], table: Any, *which: Any) -> set[int]:
    """The cases of which somebody else holds a row."""
    if tx.get_bind().dialect.name == "sqlite":
        return set()
    mine = {each.id for each in held}
    there = tx.execute(select(table.id, table.case_id).where(bulk.among(tx, table.case_id, case_ids), *which))
    return {each.case_id for each in there if each.id not in mine}


def entries(tx: Session, clock_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The ledger of each clock, in the order it was written."""
    found: dict[int, list[Row[Any]]] = {each: [] for each in clock_ids}
    for row in tx.execute(_ENTRIES.where(bulk.among(tx, ClockEntry.clock_id, clock_ids))):
        found[row.clock_id].append(row)
    return found


def open_clocks(tx: Session) -> Iterator[list[Row[Any]]]:
    """Every clock that is counted, with the number and the department of its case, some thousands at a time."""
    wanted = select(*_CLOCK, Case.reference, Case.department_id).join(Case, col(Case.id) == Clock.case_id)  # type: ignore[call-overload]
    return _in_parts(tx, wanted.where(_COUNTED), Clock, _COUNTED)


def open_duties(tx: Session) -> Iterator[list[Row[Any]]]:
    """Everything owed by a day of its own, likewise."""
    wanted = select(*_DUTY, Case.reference, Case.department_id).join(Case, col(Case.id) == Duty.case_id)  # type: ignore[call-overload]
    return _in_parts(tx, wanted.where(_COUNTED_DUTY), Duty, _COUNTED_DUTY)


def _in_parts(tx: Session, wanted: Any, table: Any, counted: Any) -> Iterator[list[Row[Any]]]:
    # Along the index: by edition, then by key.
    for edition_id in tx.execute(select(table.edition_id).where(counted).distinct()).scalars().all():
        here = table.edition_id.is_(None) if edition_id is None else table.edition_id == edition_id
        last = 0
        while rows := tx.execute(wanted.where(here, table.id > last).order_by(table.id).limit(_READ_AT_ONCE)).all():
            yield list(rows)
            last = rows[-1].id


def left_and_all(tx: Session, edition_id: int) -> tuple[int, int]:
    """How many dates still stand on an older calendar than this one, and how many are counted at all."""
    left = total = 0
    for table, counted in ((Clock, _COUNTED), (Duty, _COUNTED_DUTY)):
        rows = select(table.edition_id, func.count()).where(counted).group_by(table.edition_id)  # type: ignore[call-overload]
        for edition, number in tx.execute(rows):
            total += number
            left += number if edition is None or edition < edition_id else 0
    return left, total


def put_on(tx: Session, table: type[Clock] | type[Duty], keys: Sequence[int], edition_id: int) -> None:
    """Note that these dates hold on this calendar as well."""
    if keys:
        tx.connection().execute(update(table).where(bulk.among(tx, table.id, keys)).values(edition_id=edition_id))


def move(tx: Session, table: type[Clock] | type[Duty], dues: Iterable[tuple[int, Any]], edition_id: int) -> None:
    """Give clocks or duties, named by their keys, the dates this calendar gives."""
    bulk.update(tx, table, [{"id": key, "due_at": due, "edition_id": edition_id} for key, due in dues])


def move_cases(tx: Session, dues: Iterable[tuple[int, Any, str]]) -> None:
    """Give cases another next date. No version is spent: nobody's unsaved words are out of date."""
    bulk.update(
        tx,
        Case,
        [{"id": key, "due_at": due, "due_order": due or NO_DUE, "due_kind": kind} for key, due, kind in dues],
    )

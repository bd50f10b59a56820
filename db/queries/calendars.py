"""The editions of the working calendar."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from db.models import CalendarEdition


def newest(tx: Session) -> CalendarEdition | None:
    """The calendar that is counted on now."""
    return tx.exec(select(CalendarEdition).order_by(col(CalendarEdition.id).desc()).limit(1)).one_or_none()


def newest_id(tx: Session) -> int | None:
    """The key of the calendar that is counted on now."""
    return tx.exec(select(func.max(CalendarEdition.id))).one()


def hold(tx: Session) -> CalendarEdition | None:
    """The newest calendar, which nobody else replaces before this transaction ends."""
    tx.exec(select(CalendarEdition.id).order_by(col(CalendarEdition.id).desc()).limit(1).with_for_update()).all()
    # Asked again: whoever held it before may have published another one.
    return newest(tx)


def history(tx: Session, limit: int) -> Sequence[Any]:
    """When, by whom and why the last calendars were made, newest first; their days are left where they are."""
    columns = (CalendarEdition.id, CalendarEdition.made_at, CalendarEdition.by_id, CalendarEdition.words)
    return tx.exec(select(*columns).order_by(col(CalendarEdition.id).desc()).limit(limit)).all()


def edition(tx: Session, edition_id: int) -> CalendarEdition:
    """The calendar an earlier date was counted on."""
    return tx.get_one(CalendarEdition, edition_id)

"""The editions of the working calendar."""

from sqlmodel import Session, col, select

from db.models import CalendarEdition


def newest(tx: Session) -> CalendarEdition | None:
    """The calendar that is counted on now."""
    return tx.exec(select(CalendarEdition).order_by(col(CalendarEdition.id).desc()).limit(1)).one_or_none()


def edition(tx: Session, edition_id: int) -> CalendarEdition:
    """The calendar an earlier date was counted on."""
    return tx.get_one(CalendarEdition, edition_id)

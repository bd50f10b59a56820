"""Persons and the ways to reach them."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from db.models import ContactPoint, Person


def by_id(tx: Session, person_ids: Iterable[int | None]) -> dict[int, Person]:
    wanted = {person_id for person_id in person_ids if person_id is not None}
    rows = tx.exec(select(Person).where(col(Person.id).in_(wanted))).all() if wanted else []
    return {person.id: person for person in rows if person.id is not None}


def contact_points(tx: Session, person_ids: Iterable[int | None]) -> Sequence[ContactPoint]:
    """How these persons can be reached, oldest first."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    if not wanted:
        return []
    return tx.exec(
        select(ContactPoint).where(col(ContactPoint.person_id).in_(wanted)).order_by(col(ContactPoint.id))
    ).all()

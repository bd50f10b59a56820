"""Files applicants enclosed."""

from collections.abc import Collection, Sequence, Set

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from db.models import Enclosure


def of_draft(tx: Session, draft_id: int) -> Sequence[Enclosure]:
    """The files of an unfinished form, in the order they came."""
    return tx.exec(
        select(Enclosure)
        .where(Enclosure.draft_id == draft_id, col(Enclosure.case_id).is_(None))
        .order_by(col(Enclosure.id))
    ).all()


def of_case(tx: Session, case_id: int) -> Sequence[Enclosure]:
    """The files on a case, in the order they came."""
    return tx.exec(select(Enclosure).where(Enclosure.case_id == case_id).order_by(col(Enclosure.id))).all()


def give(tx: Session, draft_id: int, *, case_id: int, submission_id: int) -> None:
    """A draft's files become the case's."""
    tx.execute(
        update(Enclosure)
        .where(col(Enclosure.draft_id) == draft_id, col(Enclosure.case_id).is_(None))
        .values(case_id=case_id, submission_id=submission_id, draft_id=None)
    )


def ownerless(tx: Session, *, limit: int) -> Sequence[Enclosure]:
    """Files of no form and no case."""
    return tx.exec(
        select(Enclosure)
        .where(col(Enclosure.draft_id).is_(None), col(Enclosure.case_id).is_(None))
        .order_by(col(Enclosure.id))
        .limit(limit)
    ).all()


def names(tx: Session, among: Collection[str]) -> Set[str]:
    """Those of these names that a file bears, whoever it belongs to."""
    return frozenset(tx.exec(select(Enclosure.name).where(col(Enclosure.name).in_(among))))


def forget(tx: Session, enclosure: Enclosure) -> None:
    tx.execute(delete(Enclosure).where(col(Enclosure.id) == enclosure.id))

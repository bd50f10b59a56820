"""Colleagues, their sessions, and failed tries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import Session, col, select

from db.models import Attempt, Clerk, ClerkDepartment, StaffSession


def by_email(tx: Session, email: str) -> Clerk | None:
    return tx.exec(select(Clerk).where(Clerk.email == email)).one_or_none()


# Asked on every page of the desk, so built once.
_DEPARTMENTS_OF = select(ClerkDepartment.department_id).where(ClerkDepartment.clerk_id == bindparam("clerk_id"))
_SESSION = (
    select(StaffSession, Clerk)
    .join(Clerk, col(Clerk.id) == StaffSession.clerk_id)
    .where(StaffSession.token_hash == bindparam("token_hash"))
)


def departments_of(tx: Session, clerk_id: int) -> frozenset[int]:
    return frozenset(tx.execute(_DEPARTMENTS_OF, {"clerk_id": clerk_id}).scalars())


def colleagues_of(tx: Session, department_id: int) -> Sequence[Clerk]:
    """Who can be given a case of this department, by name."""
    members = select(ClerkDepartment.clerk_id).where(ClerkDepartment.department_id == department_id)
    return tx.exec(
        select(Clerk).where(col(Clerk.id).in_(members), col(Clerk.is_active)).order_by(col(Clerk.name))
    ).all()


def session(tx: Session, token_hash: str) -> tuple[StaffSession, Clerk] | None:
    """A session with its owner, ended or not."""
    found = tx.execute(_SESSION, {"token_hash": token_hash}).one_or_none()
    return (found[0], found[1]) if found else None


def see(tx: Session, token_hash: str, *, now: datetime) -> None:
    tx.execute(update(StaffSession).where(col(StaffSession.token_hash) == token_hash).values(seen_at=now))


def end_session(tx: Session, token_hash: str, *, now: datetime) -> None:
    tx.execute(
        update(StaffSession)
        .where(col(StaffSession.token_hash) == token_hash, col(StaffSession.ended_at).is_(None))
        .values(ended_at=now)
    )


def tries(tx: Session, kind: str, key: str, *, since: datetime) -> int:
    """How often something was tried in vain since a moment."""
    return tx.exec(
        select(func.count()).select_from(Attempt).where(Attempt.kind == kind, Attempt.key == key, Attempt.at >= since)
    ).one()


def note_try(tx: Session, kind: str, key: str, *, now: datetime) -> None:
    tx.add(Attempt(kind=kind, key=key[:300], at=now))


def forget_tries(tx: Session, *, before: datetime) -> None:
    tx.execute(delete(Attempt).where(col(Attempt.at) < before))


def forget_sessions(tx: Session, *, before: datetime) -> None:
    """Drop sessions nobody has used since; they ended long before."""
    tx.execute(delete(StaffSession).where(col(StaffSession.seen_at) < before))

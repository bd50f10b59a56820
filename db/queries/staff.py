"""Colleagues, their sessions, and failed tries."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import Session, col, select

from db.engine import Database
from db.models import Attempt, Clerk, ClerkDepartment, DeskVersion, StaffSession


def by_email(tx: Session, email: str) -> Clerk | None:
    return tx.exec(select(Clerk).where(Clerk.email == email)).one_or_none()


_DEPARTMENTS_OF = select(ClerkDepartment.department_id).where(ClerkDepartment.clerk_id == bindparam("clerk_id"))

# Asked before every page of the desk, so built once: a row for each department of the colleague, or one with none.
_SESSION = (
    select(  # type: ignore[call-overload]
        StaffSession.created_at,
        StaffSession.seen_at,
        StaffSession.ended_at,
        Clerk.id,
        Clerk.name,
        Clerk.email,
        Clerk.role,
        Clerk.is_active,
        ClerkDepartment.department_id,
        DeskVersion.version,
        select(func.coalesce(func.sum(DeskVersion.version), 0)).scalar_subquery().label("version_of_all"),
    )
    .join(Clerk, col(Clerk.id) == StaffSession.clerk_id)
    .join(ClerkDepartment, col(ClerkDepartment.clerk_id) == Clerk.id, isouter=True)
    .join(DeskVersion, col(DeskVersion.department_id) == ClerkDepartment.department_id, isouter=True)
    .where(StaffSession.token_hash == bindparam("token_hash"))
)


class Visitor(NamedTuple):
    """A session with its owner, ended or not.

    `version` and `version_of_all` grow with every change that a queue of their departments, or of all, shows.
    """

    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    clerk_id: int
    name: str
    email: str
    role: str
    is_active: bool
    departments: frozenset[int]
    version: int
    version_of_all: int


def departments_of(tx: Session, clerk_id: int) -> frozenset[int]:
    return frozenset(tx.execute(_DEPARTMENTS_OF, {"clerk_id": clerk_id}).scalars())


def colleagues_of(tx: Session, department_id: int) -> Sequence[Clerk]:
    """Who can be given a case of this department, by name."""
    members = select(ClerkDepartment.clerk_id).where(ClerkDepartment.department_id == department_id)
    return tx.exec(
        select(Clerk).where(col(Clerk.id).in_(members), col(Clerk.is_active)).order_by(col(Clerk.name))
    ).all()


def visitor(db: Database, token_hash: str) -> Visitor | None:
    """Whose session a token opens, if it ever opened one."""
    rows = db.ask(_SESSION, {"token_hash": token_hash})
    if not rows:
        return None
    *owner, _, _, version_of_all = rows[0]
    departments = {department: version or 0 for *_, department, version, _ in rows if department is not None}
    return Visitor(*owner, frozenset(departments), sum(departments.values()), int(version_of_all))


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


def forget_tries(tx: Session, *, before: datetime) -> None:
    tx.execute(delete(Attempt).where(col(Attempt.at) < before))


def forget_sessions(tx: Session, *, before: datetime) -> None:
    """Drop sessions nobody has used since; they ended long before."""
    tx.execute(delete(StaffSession).where(col(StaffSession.seen_at) < before))

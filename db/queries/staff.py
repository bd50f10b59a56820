"""Colleagues, their sessions, and failed tries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, update
from sqlmodel import Session, col, select

from db.engine import Database
from db.models import Attempt, Clerk, ClerkDepartment, DeskVersion, StaffSession


def by_email(tx: Session, email: str) -> Clerk | None:
    return tx.exec(select(Clerk).where(Clerk.email == email)).one_or_none()


_DEPARTMENTS_OF = select(ClerkDepartment.department_id).where(ClerkDepartment.clerk_id == bindparam("clerk_id"))

# Asked before every page of the desk, so built once: a row for each department of the colleague, or one with none.
_ALL_SESSIONS = (
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
        StaffSession.token_hash,
    )
    .join(Clerk, col(Clerk.id) == StaffSession.clerk_id)
    .join(ClerkDepartment, col(ClerkDepartment.clerk_id) == Clerk.id, isouter=True)
    .join(DeskVersion, col(DeskVersion.department_id) == ClerkDepartment.department_id, isouter=True)
)
# Each number of tokens is a statement of its own, and these are all there are.
_TOGETHER = (1, 2, 4, 8, 16, 32)


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


def visitors(db: Database, token_hashes: Sequence[str]) -> Mapping[str, Visitor]:
    """Whose sessions these tokens open, by what the token was hashed to; one statement for up to thirty-two."""
    sessions: dict[str, list[Sequence[Any]]] = {}
    for first in range(0, len(token_hashes), _TOGETHER[-1]):
        some = token_hashes[first : first + _TOGETHER[-1]]
        room = next(each for each in _TOGETHER if each >= len(some))
        filled = [*some, *[some[0]] * (room - len(some))]
        for row in db.ask(_sessions(room), {f"hash_{place}": each for place, each in enumerate(filled)}):
            sessions.setdefault(row.pop(), []).append(row)
    return {token_hash: _visitor(each) for token_hash, each in sessions.items()}


@cache
def _sessions(count: int) -> Select[Any]:
    hashes = [bindparam(f"hash_{place}") for place in range(count)]
    return _ALL_SESSIONS.where(col(StaffSession.token_hash).in_(hashes))


def _visitor(rows: Sequence[Sequence[Any]]) -> Visitor:
    """One session, from its rows."""
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

"""How the house is doing: few numbers, each from an index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from db.models import Callback, Case, CaseCount, CaseEvent, Clerk, Heartbeat, Outgoing

WORKER = "worker"


@dataclass(frozen=True)
class Figures:
    """What is stored, counted at one moment."""

    waiting: int
    oldest_waiting: datetime | None
    open_cases: int
    late_cases: int
    callbacks: int
    received: Mapping[str, int]
    worker_seen: datetime | None


def figures(tx: Session, *, open_statuses: frozenset[str], now: datetime) -> Figures:
    """Everything a measurement asks of the storage."""
    waiting, oldest = outbox(tx)
    received = tx.exec(
        select(Case.channel, func.count()).where(Case.received_at >= now - timedelta(days=1)).group_by(Case.channel)
    ).all()
    open_cases = select(func.coalesce(func.sum(CaseCount.cases), 0)).where(col(CaseCount.status).in_(open_statuses))
    return Figures(
        waiting=waiting,
        oldest_waiting=oldest,
        open_cases=int(tx.exec(open_cases).one()),
        late_cases=tx.exec(
            select(func.count()).select_from(Case).where(col(Case.is_open) == true(), Case.due_order < now)
        ).one(),
        callbacks=tx.exec(select(func.count()).select_from(Callback).where(col(Callback.done_at).is_(None))).one(),
        received=dict(received),
        worker_seen=last_beat(tx, WORKER),
    )


def outbox(tx: Session) -> tuple[int, datetime | None]:
    """How many letters wait, and since when the oldest does."""
    waiting = select(func.count(), func.min(Outgoing.created_at)).where(Outgoing.state == "waiting")
    count, oldest = tx.exec(waiting).one()
    return count, oldest


def beat(tx: Session, name: str, *, now: datetime) -> None:
    """Note that a process is at work."""
    kind: Any = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = kind(Heartbeat).values(name=name, at=now)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def last_beat(tx: Session, name: str) -> datetime | None:
    return tx.exec(select(Heartbeat.at).where(Heartbeat.name == name)).one_or_none()


def newest_event(tx: Session) -> datetime | None:
    """When the last thing that happened was written down."""
    return tx.exec(select(CaseEvent.at).order_by(col(CaseEvent.id).desc()).limit(1)).one_or_none()


def engine_version(tx: Session) -> str:
    """The database's own name and version."""
    if tx.get_bind().dialect.name == "postgresql":
        return f"PostgreSQL {tx.execute(text('SHOW server_version')).scalar_one()}"
    return f"SQLite {tx.execute(text('SELECT sqlite_version()')).scalar_one()}"


def clock_of_server(tx: Session) -> datetime | None:
    """The database server's own clock; nothing where the database is a file."""
    if tx.get_bind().dialect.name != "postgresql":
        return None
    moment: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


def active_among(tx: Session, emails: frozenset[str]) -> int:
    """How many of these colleagues may sign in."""
    return tx.exec(
        select(func.count()).select_from(Clerk).where(col(Clerk.email).in_(emails), col(Clerk.is_active))
    ).one()


def administrators(tx: Session) -> int:
    """How many may change the settings in the browser."""
    found = select(func.count()).select_from(Clerk).where(Clerk.role == "administrator", col(Clerk.is_active))
    return tx.exec(found).one()


def wrong_counts(tx: Session) -> int:
    """How many of the kept counts differ from the cases themselves. Reads every case."""
    counted = {
        (department, status): cases
        for department, status, cases in tx.exec(
            select(Case.department_id, Case.status, func.count()).group_by(col(Case.department_id), Case.status)
        )
    }
    kept = {(each.department_id, each.status): each.cases for each in tx.exec(select(CaseCount)) if each.cases}
    return sum(counted.get(key) != kept.get(key) for key in counted.keys() | kept.keys())

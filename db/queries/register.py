"""Registers: running numbers without gaps or twins, and the applications they number, listed and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from db.models import Application, Case, Clock, ClockEntry, Series

PENDING = "pending"


@dataclass(frozen=True)
class Sought:
    """Which entries of a register: `departments` None means all; an empty word leaves that open.

    `outcome` may be PENDING; `article` is one the decision rests on; `mark` is "extended", "fee", "appealed" or
    "late" (decided, or still undecided at `now`, after the limit of its law).
    """

    kind: str
    year: int
    departments: frozenset[int] | None
    outcome: str = ""
    article: str = ""
    mark: str = ""
    appeal: str = ""
    person: str = ""


def next_number(tx: Session, name: str) -> int:
    """The next number of a register. Whoever else wants one waits until this transaction ends, so none is lost."""
    kind = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = kind(Series).values(name=name, last=1)
    drawn = statement.on_conflict_do_update(index_elements=["name"], set_={"last": Series.last + 1})
    return int(tx.execute(drawn.returning(Series.last)).scalar_one())


def application_of(tx: Session, case_id: int) -> Application | None:
    """What was applied for under a law in this case, if it was."""
    return tx.execute(select(Application).where(col(Application.case_id) == case_id)).scalar_one_or_none()


def page(tx: Session, sought: Sought, *, now: datetime, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` entries (application, case), the newest number first, below a number where one is given."""
    statement = select(Application, Case).join(Case, col(Case.id) == col(Application.case_id))
    statement = statement.where(*_conditions(sought, now))
    if before is not None:
        statement = statement.where(col(Application.number) < before)
    return tx.execute(statement.order_by(col(Application.number).desc()).limit(limit)).all()


def count(tx: Session, sought: Sought, *, now: datetime) -> int:
    """How many entries there are."""
    statement = select(func.count()).select_from(Application).join(Case, col(Case.id) == col(Application.case_id))
    return tx.execute(statement.where(*_conditions(sought, now))).scalar_one()


def years(tx: Session, kind: str) -> list[int]:
    """The years this register has entries of, the newest first."""
    found = select(Application.year).where(col(Application.kind) == kind).distinct()
    return sorted(tx.execute(found).scalars(), reverse=True)


def outcomes(tx: Session, sought: Sought, *, now: datetime) -> dict[str, int]:
    """How many ended how; PENDING are those that have not."""
    statement = (
        select(col(Application.outcome), func.count())
        .join(Case, col(Case.id) == col(Application.case_id))
        .where(*_conditions(sought, now))
        .group_by(col(Application.outcome))
    )
    return {outcome or PENDING: number for outcome, number in tx.execute(statement)}


def articles(tx: Session, sought: Sought, *, now: datetime) -> dict[str, int]:
    """How many decisions rest on each article; one decision may rest on several."""
    statement = select(col(Application.articles)).join(Case, col(Case.id) == col(Application.case_id))
    found: dict[str, int] = {}
    for named in tx.execute(statement.where(*_conditions(sought, now), col(Application.outcome) != "")).scalars():
        for article in named:
            found[article] = found.get(article, 0) + 1
    return found


def _conditions(sought: Sought, now: datetime) -> list[ColumnElement[bool]]:
    where: list[Any] = [col(Application.kind) == sought.kind, col(Application.year) == sought.year]
    if sought.departments is not None:
        where.append(col(Case.department_id).in_(sorted(sought.departments)))
    if sought.outcome:
        where.append(col(Application.outcome) == ("" if sought.outcome == PENDING else sought.outcome))
    if sought.article:
        where.append(_rests_on(sought.article))
    if sought.appeal:
        where.append(col(Application.appeal_result) == ("" if sought.appeal == PENDING else sought.appeal))
    if sought.person:
        where.append(col(Application.is_legal_person) == (sought.person == "legal"))
    if sought.mark:
        where.append(_marked(sought.mark, now))
    return where


def _rests_on(article: str) -> Any:
    # A list of short codes: as text it reads ["15", "21"] on both engines, whatever the spaces.
    return cast(col(Application.articles), String).like(f'%"{article}"%')


def _marked(mark: str, now: datetime) -> Any:
    if mark == "fee":
        return col(Application.fee_told_on).is_not(None)
    if mark == "appealed":
        return col(Application.appealed_on).is_not(None)
    if mark == "extended":
        return (
            select(ClockEntry.id)
            .join(Clock, col(Clock.id) == col(ClockEntry.clock_id))
            .where(col(Clock.case_id) == col(Application.case_id), col(ClockEntry.act) == "extended")
            .exists()
        )
    return (
        select(Clock.id)
        .where(
            col(Clock.case_id) == col(Application.case_id),
            col(Clock.kind) == "legal",
            col(Clock.due_at) < func.coalesce(col(Application.decided_at), now),
        )
        .exists()
    )

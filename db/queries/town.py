"""The town as it stands now."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import JSON, Text, cast, func
from sqlmodel import Session, SQLModel, col, select

from db.models import (
    CalendarEdition,
    Category,
    CategoryGroup,
    Clerk,
    ClerkDepartment,
    Department,
    Neighbourhood,
    Surrounding,
    TownDay,
    TownFact,
)


def everything(tx: Session) -> Sequence[Any]:
    """All that a picture of the town is made of, as plain values: equal where nothing has changed."""
    connection = tx.connection()
    return [connection.execute(each).all() for each in _EVERYTHING]


def _plain(table: type[SQLModel]) -> Any:
    # Documents as their text: to see that an outline is the same, nobody has to take it apart.
    columns = [
        cast(column, Text) if isinstance(column.type, JSON) else column
        for column in table.__table__.columns  # type: ignore[attr-defined]
    ]
    return select(*columns).order_by(*table.__table__.primary_key)  # type: ignore[attr-defined]


_TABLES = (TownFact, Department, CategoryGroup, Category, Neighbourhood, Surrounding, ClerkDepartment, TownDay)
_EVERYTHING = (
    *map(_plain, _TABLES),
    select(Clerk.id, Clerk.name, Clerk.is_active).order_by(col(Clerk.id)),
    select(func.max(CalendarEdition.id)),
)


def facts(tx: Session) -> dict[str, str]:
    return {fact.name: fact.words for fact in tx.exec(select(TownFact))}


def departments(tx: Session) -> Sequence[Department]:
    return tx.exec(select(Department).order_by(col(Department.id))).all()


def groups(tx: Session) -> Sequence[CategoryGroup]:
    return tx.exec(select(CategoryGroup).order_by(col(CategoryGroup.position))).all()


def categories(tx: Session) -> Sequence[Category]:
    return tx.exec(select(Category).order_by(col(Category.position))).all()


def neighbourhoods(tx: Session) -> Sequence[Neighbourhood]:
    return tx.exec(select(Neighbourhood).order_by(col(Neighbourhood.position))).all()


def surroundings(tx: Session) -> Sequence[Any]:
    """The land around the town, which is asked first coming first; each outline as its text."""
    named = (Surrounding.name, Surrounding.authority_tr, Surrounding.authority_en)
    return tx.execute(select(*named, cast(Surrounding.outline, Text)).order_by(col(Surrounding.rank))).all()


def days(tx: Session) -> Sequence[TownDay]:
    return tx.exec(select(TownDay).order_by(col(TownDay.on))).all()


def day(tx: Session, on: date) -> TownDay | None:
    """What the town has made of a day, if anything."""
    return tx.exec(select(TownDay).where(TownDay.on == on)).one_or_none()


def put_fact(tx: Session, name: str, words: str) -> None:
    """Write down a fact about the town, in place of what it was."""
    fact = tx.get(TownFact, name)
    if fact is None:
        tx.add(TownFact(name=name, words=words))
    else:
        fact.words = words
    tx.flush()


def forget_fact(tx: Session, name: str) -> None:
    """Take a fact about the town away."""
    if fact := tx.get(TownFact, name):
        tx.delete(fact)
        tx.flush()


def clerk_names(tx: Session) -> dict[int, str]:
    """Every colleague's name, also of those who have left: the timeline still names them."""
    rows = tx.exec(select(Clerk.id, Clerk.name)).all()
    return {clerk_id: name for clerk_id, name in rows if clerk_id is not None}


def colleagues(tx: Session) -> dict[int, list[int]]:
    """Who works in each department now, by name."""
    rows = tx.exec(
        select(ClerkDepartment.department_id, ClerkDepartment.clerk_id)
        .join(Clerk, col(Clerk.id) == ClerkDepartment.clerk_id)
        .where(col(Clerk.is_active))
        .order_by(col(Clerk.name))
    ).all()
    found: dict[int, list[int]] = {}
    for department_id, clerk_id in rows:
        found.setdefault(department_id, []).append(clerk_id)
    return found

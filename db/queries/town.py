"""The town as it stands now."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from db.models import (
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


def surroundings(tx: Session) -> Sequence[Surrounding]:
    return tx.exec(select(Surrounding).order_by(col(Surrounding.rank))).all()


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

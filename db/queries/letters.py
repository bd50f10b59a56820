"""Official letters: the numbers they are given, and where they are found again."""

from collections.abc import Collection, Set

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from db.models import Application, Letter

_BY_NAME = select(Letter).where(col(Letter.name) == bindparam("name"), col(Letter.case_id) == bindparam("case_id"))
_APPLICATIONS = select(Application).where(col(Application.case_id) == bindparam("case_id"))
_BY_NUMBER = select(Letter).where(col(Letter.number) == bindparam("number"))


def applications(tx: Session, case_id: int) -> dict[int, Application]:
    """The written application of each submission of a case that came with one."""
    found = tx.execute(_APPLICATIONS, {"case_id": case_id}).scalars()
    return {each.submission_id: each for each in found}


def names(tx: Session, among: Collection[str]) -> Set[str]:
    """Those of these names that a letter bears."""
    return frozenset(tx.execute(select(Letter.name).where(col(Letter.name).in_(among))).scalars())


def by_name(tx: Session, name: str, *, case_id: int) -> Letter | None:
    """The letter under an address of ours, if it was written on this case."""
    return tx.execute(_BY_NAME, {"name": name, "case_id": case_id}).scalar_one_or_none()


def by_number(tx: Session, number: str) -> Letter | None:
    """The letter that bears this number."""
    return tx.execute(_BY_NUMBER, {"number": number}).scalar_one_or_none()

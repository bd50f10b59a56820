"""Registers: running numbers without gaps or twins, and the applications they number."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from db.models import Application, Series


def next_number(tx: Session, name: str) -> int:
    """The next number of a register. Whoever else wants one waits until this transaction ends, so none is lost."""
    kind = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = kind(Series).values(name=name, last=1)
    drawn = statement.on_conflict_do_update(index_elements=["name"], set_={"last": Series.last + 1})
    return int(tx.execute(drawn.returning(Series.last)).scalar_one())


def application_of(tx: Session, case_id: int) -> Application | None:
    """The application a case was opened for, if it was one."""
    return tx.exec(select(Application).where(Application.case_id == case_id)).one_or_none()

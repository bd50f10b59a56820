"""Short words for the columns every table has."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field, SQLModel

from db.types import Key, Moment

# A row is looked at by the rules before and by the database after, never by pydantic: nothing to prepare for that.
SQLModel.model_config["defer_build"] = True


def own_key() -> Any:
    return Field(default=None, sa_column=Column(Key, primary_key=True))


def refers_to(target: str, *, optional: bool = False, index: bool = True) -> Any:
    """A foreign key, indexed unless another index already begins with it."""
    column = Column(Key, ForeignKey(target), nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def moment(*, optional: bool = False, index: bool = False) -> Any:
    column: Column[datetime] = Column(Moment, nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)

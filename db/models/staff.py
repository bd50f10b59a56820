"""Who works at the desk, and who is signed in."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Key


class Clerk(SQLModel, table=True):
    """Any member of staff. The e-mail address is kept in lower ASCII letters."""

    __tablename__ = "clerk"
    id: int | None = own_key()
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=120)
    role: str = Field(max_length=16)
    password_hash: str = Field(max_length=200)
    is_active: bool = True
    created_at: datetime = moment()


class ClerkDepartment(SQLModel, table=True):
    __tablename__ = "clerk_department"
    clerk_id: int = Field(sa_column=Column(Key, ForeignKey("clerk.id"), primary_key=True))
    department_id: int = Field(sa_column=Column(Key, ForeignKey("department.id"), primary_key=True, index=True))


class StaffSession(SQLModel, table=True):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "staff_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    clerk_id: int = refers_to("clerk.id")
    created_at: datetime = moment()
    seen_at: datetime = moment()
    ended_at: datetime | None = moment(optional=True)
    address: str = Field(default="", max_length=64)
    agent: str = Field(default="", max_length=200)


class Attempt(SQLModel, table=True):
    """A failed try at something guessable (a sign-in, an access key), counted to slow guessing down."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_counted", "kind", "key", "at"),)
    id: int | None = own_key()
    kind: str = Field(max_length=20)
    key: str = Field(max_length=300)
    at: datetime = moment(index=True)

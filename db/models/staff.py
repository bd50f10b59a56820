"""Who works at the desk, and who is signed in."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Key


class Clerk(SQLModel, table=True):
    """Any member of staff. The e-mail address is kept in lower ASCII letters.

    `totp_secret` is encrypted, and empty without a second factor; `totp_step` is the last thirty seconds whose code
    was used; `factor_changed_at` is when the second factor last came or went.
    """

    __tablename__ = "clerk"
    id: int | None = own_key()
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=120)
    role: str = Field(max_length=16)
    password_hash: str = Field(max_length=200)
    is_active: bool = True
    created_at: datetime = moment()
    password_changed_at: datetime | None = moment(optional=True)
    totp_secret: str = Field(default="", max_length=200)
    totp_step: int = 0
    factor_changed_at: datetime | None = moment(optional=True)


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


class HalfSession(SQLModel, table=True):
    """A browser that has given the right password and not yet the second step. It opens nothing of the desk."""

    __tablename__ = "half_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    clerk_id: int = refers_to("clerk.id")
    created_at: datetime = moment()


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the telephone, once. A keyed hash is all that is kept of it."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("clerk_id", "code_hash"),)
    id: int | None = own_key()
    clerk_id: int = refers_to("clerk.id", index=False)
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = moment(optional=True)


class AccountEvent(SQLModel, table=True):
    """What happened to an account: signed in, password changed, second factor reset, by whom and from where."""

    __tablename__ = "account_event"
    __table_args__ = (Index("ix_account_event_clerk", "clerk_id", "id"),)
    id: int | None = own_key()
    clerk_id: int = refers_to("clerk.id", index=False)
    at: datetime = moment(index=True)
    kind: str = Field(max_length=24)
    by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    address: str = Field(default="", max_length=64)
    agent: str = Field(default="", max_length=200)


class StaffLetter(SQLModel, table=True):
    """A letter to a colleague waiting to leave. The row is the queue.

    One that carries a link to a new password holds the key's hash and the nonce it is derived from. Whoever asks for
    an account that is not there gets a row without a colleague, which goes nowhere and takes as long to write.
    """

    __tablename__ = "staff_letter"
    __table_args__ = (Index("ix_staff_letter_waiting", "state", "next_try_at"),)
    id: int | None = own_key()
    clerk_id: int | None = refers_to("clerk.id", optional=True)
    kind: str = Field(max_length=24)
    language: str = Field(default="tr", max_length=5)
    message_id: str = Field(max_length=120, unique=True)
    nonce: str = Field(default="", max_length=32)
    key_hash: str | None = Field(default=None, max_length=64, unique=True)
    used_at: datetime | None = moment(optional=True)
    state: str = Field(default="waiting", max_length=10)
    attempts: int = 0
    created_at: datetime = moment()
    next_try_at: datetime = moment()
    sent_at: datetime | None = moment(optional=True)
    failure: str = Field(default="", max_length=300)


class Attempt(SQLModel, table=True):
    """A try at something guessable (a sign-in, an access key), counted to slow guessing down."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_counted", "kind", "key", "at"),)
    id: int | None = own_key()
    kind: str = Field(max_length=20)
    key: str = Field(max_length=300)
    at: datetime = moment(index=True)

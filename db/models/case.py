"""The case and what hangs on it: submissions, persons, events, clocks, counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Document, Key

_open = {"sqlite_where": text("is_open = 1"), "postgresql_where": text("is_open")}


class Case(SQLModel, table=True):
    """The matter a department works on.

    `version` grows with every change: a form carries the version it saw. `due_at` is derived from the
    case's clocks and is empty while none runs; `due_order` is the same, with a far day for "none", so
    that queues can page along it.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_open_due", "department_id", "due_order", "id", **_open),
        Index("ix_case_open_received", "department_id", "received_at", "id", **_open),
        Index("ix_case_all_open_due", "due_order", "id", **_open),
        Index("ix_case_all_open_received", "received_at", "id", **_open),
        Index("ix_case_mine", "assignee_id", "due_order", "id", **_open),
        Index("ix_case_status_received", "department_id", "status", "received_at", "id"),
        Index("ix_case_all_status_received", "status", "received_at", "id"),
        Index("ix_case_department_received", "department_id", "received_at", "id"),
        Index("ix_case_received", "received_at", "id"),
        # A filtered queue counts per status from the index alone.
        Index("ix_case_by_category", "category_id", "department_id", "status"),
        Index("ix_case_by_neighbourhood", "neighbourhood_id", "department_id", "status"),
        Index("ix_case_by_assignee", "assignee_id", "department_id", "status"),
    )
    id: int | None = own_key()
    reference: str = Field(max_length=12, unique=True)
    subject: str = Field(max_length=160)
    category_id: int = refers_to("category.id", index=False)
    department_id: int = refers_to("department.id", index=False)
    assignee_id: int | None = refers_to("clerk.id", optional=True, index=False)
    status: str = Field(max_length=16)
    is_open: bool = True
    priority: str = Field(max_length=8)
    channel: str = Field(max_length=20)
    neighbourhood_id: int | None = refers_to("neighbourhood.id", optional=True, index=False)
    street: str = Field(default="", max_length=160)
    place_note: str = Field(default="", max_length=500)
    latitude: float | None = None
    longitude: float | None = None
    is_special: bool = False
    received_at: datetime = moment()
    entered_at: datetime = moment()
    due_at: datetime | None = moment(optional=True)
    due_order: datetime = moment()
    status_since: datetime = moment()
    changed_at: datetime = moment()
    closed_at: datetime | None = moment(optional=True)
    answered_at: datetime | None = moment(optional=True)
    closing_reason: str = Field(default="", max_length=40)
    planned_on: date | None = None
    bounces: int = 0
    version: int = 1


class Person(SQLModel, table=True):
    """Who asked. A person without a name asked anonymously."""

    __tablename__ = "person"
    id: int | None = own_key()
    name: str = Field(default="", max_length=120)
    created_at: datetime = moment()


class ContactPoint(SQLModel, table=True):
    """A way to reach a person: an e-mail address, or a telephone number as +90… with its last four digits."""

    __tablename__ = "contact_point"
    __table_args__ = (Index("ix_contact_point_value", "kind", "value"),)
    id: int | None = own_key()
    person_id: int = refers_to("person.id")
    kind: str = Field(max_length=8)
    value: str = Field(max_length=254)
    last4: str = Field(default="", max_length=4)
    created_at: datetime = moment()


class Identity(SQLModel, table=True):
    """What a channel calls a person."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)
    id: int | None = own_key()
    channel: str = Field(max_length=20)
    external_id: str = Field(max_length=200)
    person_id: int = refers_to("person.id")


class Submission(SQLModel, table=True):
    """One person's act of asking: own words, own reference, own key (hashed), own way of being answered."""

    __tablename__ = "submission"
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    person_id: int | None = refers_to("person.id", optional=True)
    reference: str = Field(max_length=12, unique=True)
    key_nonce: str = Field(max_length=32)
    key_hash: str = Field(max_length=64)
    channel: str = Field(max_length=20)
    words: str
    answers: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    reply_channel: str = Field(max_length=10)
    language: str = Field(default="tr", max_length=5)
    form_id: str | None = Field(default=None, max_length=64, unique=True)
    notice_version: str = Field(default="", max_length=20)
    entered_by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    received_at: datetime = moment()
    entered_at: datetime = moment()


class CaseEvent(SQLModel, table=True):
    """What happened, once and for ever: who, when, what, from, to."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case", "case_id", "id"),)
    id: int | None = own_key()
    case_id: int = refers_to("case.id", index=False)
    at: datetime = moment()
    kind: str = Field(max_length=24)
    actor: str = Field(max_length=10)
    by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    submission_id: int | None = refers_to("submission.id", optional=True, index=False)
    status_from: str = Field(default="", max_length=16)
    status_to: str = Field(default="", max_length=16)
    department_from_id: int | None = refers_to("department.id", optional=True, index=False)
    department_to_id: int | None = refers_to("department.id", optional=True, index=False)
    assignee_to_id: int | None = refers_to("clerk.id", optional=True, index=False)
    words: str = ""
    is_public: bool = False
    case_version: int = 1
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))


class Clock(SQLModel, table=True):
    """One promise of time on a case: the town's own target, or a law's limit."""

    __tablename__ = "clock"
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    kind: str = Field(max_length=12)
    value: int
    unit: str = Field(max_length=16)
    basis: str = Field(default="", max_length=160)
    started_at: datetime = moment()
    due_at: datetime = moment()
    state: str = Field(default="running", max_length=8)


class ClockEntry(SQLModel, table=True):
    """A line in a clock's ledger: started, paused, resumed, stopped, recomputed."""

    __tablename__ = "clock_entry"
    id: int | None = own_key()
    clock_id: int = refers_to("clock.id")
    at: datetime = moment()
    act: str = Field(max_length=12)
    due_at: datetime = moment()
    words: str = Field(default="", max_length=300)
    by_id: int | None = refers_to("clerk.id", optional=True, index=False)


class CaseCount(SQLModel, table=True):
    """How many cases a department has in a status, kept in the transaction that changes it."""

    __tablename__ = "case_count"
    department_id: int = Field(sa_column=Column(Key, ForeignKey("department.id"), primary_key=True))
    status: str = Field(primary_key=True, max_length=16)
    cases: int = 0


class DeskVersion(SQLModel, table=True):
    """Grows whenever something a department's queue shows has changed."""

    __tablename__ = "desk_version"
    department_id: int = Field(sa_column=Column(Key, ForeignKey("department.id"), primary_key=True))
    version: int = 0


class SourceRecord(SQLModel, table=True):
    """Which case an imported record became: the same record is never imported twice."""

    __tablename__ = "source_record"
    source: str = Field(primary_key=True, max_length=40)
    external_id: str = Field(primary_key=True, max_length=80)
    case_id: int = refers_to("case.id")

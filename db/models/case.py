"""The case and what hangs on it: submissions, persons, events, clocks, counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Document, Key

_open = {"sqlite_where": text("is_open = 1"), "postgresql_where": text("is_open")}
_escalated = {
    "sqlite_where": text("is_open = 1 AND escalated_at IS NOT NULL"),
    "postgresql_where": text("is_open AND escalated_at IS NOT NULL"),
}
_to_escalate = {
    "sqlite_where": text("is_open = 1 AND escalated_at IS NULL"),
    "postgresql_where": text("is_open AND escalated_at IS NULL"),
}
_counted = {
    "sqlite_where": text("state <> 'stopped' AND unit <> 'fixed'"),
    "postgresql_where": text("state <> 'stopped' AND unit <> 'fixed'"),
}
_counted_duty = {
    "sqlite_where": text("done_at IS NULL AND value IS NOT NULL"),
    "postgresql_where": text("done_at IS NULL AND value IS NOT NULL"),
}
_objection = {
    "sqlite_where": text("kind = 'objection' AND state <> 'stopped'"),
    "postgresql_where": text("kind = 'objection' AND state <> 'stopped'"),
}
_owed = {"sqlite_where": text("done_at IS NULL"), "postgresql_where": text("done_at IS NULL")}


class Case(SQLModel, table=True):
    """The matter a department works on.

    `version` grows with every change: a form carries the version it saw. `due_at` is the nearest of the
    case's running clocks and open duties, `due_kind` says which, and both are empty while none runs;
    `due_order` is the same moment, with a far day for "none", so that queues can page along it.
    `legal_type` says which law the applicant invoked: a petition, a request for information or one about
    personal data; everything else is a service request.
    """

    __tablename__ = "case"
    __table_args__ = (
        # With the status, so that what is late or untouched is counted per status from the index alone.
        Index("ix_case_open_due", "department_id", "due_order", "id", "status", **_open),
        Index("ix_case_open_received", "department_id", "received_at", "id", **_open),
        Index("ix_case_all_open_due", "due_order", "id", "status", **_open),
        Index("ix_case_all_open_received", "received_at", "id", **_open),
        Index("ix_case_open_changed", "department_id", "changed_at", "id", "status", **_open),
        Index("ix_case_all_open_changed", "changed_at", "id", "status", **_open),
        Index("ix_case_escalated", "department_id", "due_order", "id", **_escalated),
        Index("ix_case_to_escalate", "due_order", "id", **_to_escalate),
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
    due_kind: str = Field(default="", max_length=20)
    legal_type: str = Field(default="service", max_length=16)
    escalated_at: datetime | None = moment(optional=True)
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
    """One promise of time on a case: the town's own target, or a law's limit.

    `due_at` and `state` follow from the entries of its ledger, counted on the calendar of `edition_id`; they are
    kept for the index. A clock of the unit "fixed" has a date that another authority has set.
    """

    __tablename__ = "clock"
    __table_args__ = (
        Index("ix_clock_to_recount", "edition_id", "id", **_counted),
        Index("ix_clock_objection", "case_id", **_objection),
    )
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    kind: str = Field(max_length=12)
    law: str = Field(default="", max_length=12)
    value: int
    unit: str = Field(max_length=16)
    round_the_clock: bool = False
    basis: str = Field(default="", max_length=160)
    started_at: datetime = moment()
    due_at: datetime = moment()
    state: str = Field(default="running", max_length=8)
    edition_id: int | None = Field(default=None, sa_column=Column(Key, nullable=True))


class ClockEntry(SQLModel, table=True):
    """A line in a clock's ledger (`portal.rules.ledger`): what happened, when it took effect, and what date followed.

    `value` is what an extension adds; `told_on` the day the applicant was told of it; `noted_at` when it was written.
    """

    __tablename__ = "clock_entry"
    id: int | None = own_key()
    clock_id: int = refers_to("clock.id")
    at: datetime = moment()
    noted_at: datetime | None = moment(optional=True)
    act: str = Field(max_length=12)
    due_at: datetime = moment()
    value: int | None = None
    basis: str = Field(default="", max_length=160)
    told_on: date | None = None
    words: str = Field(default="", max_length=300)
    by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    edition_id: int | None = Field(default=None, sa_column=Column(Key, nullable=True))


class Duty(SQLModel, table=True):
    """Something owed on a case by a day of its own: telling of an extension, a result, the payment of a fee.

    With a `value` its day is counted from `opened_at` on the calendar of `edition_id`; without one it is the day of
    its clock.
    """

    __tablename__ = "duty"
    __table_args__ = (
        Index("ix_duty_owed", "kind", "due_at", **_owed),
        Index("ix_duty_to_recount", "edition_id", "id", **_counted_duty),
    )
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    clock_id: int | None = refers_to("clock.id", optional=True, index=False)
    kind: str = Field(max_length=20)
    value: int | None = None
    unit: str = Field(default="", max_length=16)
    due_at: datetime = moment()
    opened_at: datetime = moment()
    done_at: datetime | None = moment(optional=True)
    done_by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    words: str = Field(default="", max_length=300)
    edition_id: int | None = Field(default=None, sa_column=Column(Key, nullable=True))


class CaseCount(SQLModel, table=True):
    """How many cases a department has in a status, kept in the transaction that changes it."""

    __tablename__ = "case_count"
    department_id: int = Field(sa_column=Column(Key, ForeignKey("department.id"), primary_key=True))
    status: str = Field(primary_key=True, max_length=16)
    cases: int = 0


class CaseSum(SQLModel, table=True):
    """How many cases that a month brought a department stand at a status, kept in the transaction that changes one.

    `month` is the month of receipt in Istanbul as 202611. Of these cases `answered` have an answer that has reached
    every applicant, and `late` were closed after their day.
    """

    __tablename__ = "case_sum"
    month: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    department_id: int = Field(sa_column=Column(Key, ForeignKey("department.id"), primary_key=True))
    status: str = Field(primary_key=True, max_length=16)
    cases: int = 0
    answered: int = 0
    late: int = 0


class LateClosing(SQLModel, table=True):
    """A closed case whose work ended after its day. Gone when the case is opened again."""

    __tablename__ = "late_closing"
    case_id: int = Field(sa_column=Column(Key, ForeignKey("case.id"), primary_key=True, autoincrement=False))


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

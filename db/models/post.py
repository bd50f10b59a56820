"""What is said and what is sent: messages, the outbox, calls owed, pictures, unfinished forms."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Document


class Message(SQLModel, table=True):
    """Something said on a channel, in or out, with the channel's own id: a repeat is a no-op."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("channel", "channel_id"),)
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    submission_id: int | None = refers_to("submission.id", optional=True)
    direction: str = Field(max_length=3)
    channel: str = Field(max_length=20)
    channel_id: str = Field(max_length=200)
    words: str
    at: datetime = moment()


class Outgoing(SQLModel, table=True):
    """A message waiting to leave. The row is the queue."""

    __tablename__ = "outgoing"
    __table_args__ = (Index("ix_outgoing_waiting", "state", "next_try_at"),)
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    submission_id: int = refers_to("submission.id")
    kind: str = Field(max_length=24)
    channel: str = Field(max_length=20)
    address: str = Field(max_length=254)
    language: str = Field(default="tr", max_length=5)
    subject: str = Field(max_length=200)
    words: str
    message_id: str = Field(max_length=120, unique=True)
    is_answer: bool = False
    state: str = Field(default="waiting", max_length=10)
    attempts: int = 0
    created_at: datetime = moment()
    next_try_at: datetime = moment()
    sent_at: datetime | None = moment(optional=True)
    failure: str = Field(default="", max_length=300)


class Callback(SQLModel, table=True):
    """A phone call owed to an applicant no message can reach."""

    __tablename__ = "callback"
    id: int | None = own_key()
    case_id: int = refers_to("case.id")
    submission_id: int = refers_to("submission.id")
    outgoing_id: int | None = refers_to("outgoing.id", optional=True)
    reason: str = Field(max_length=24)
    words: str = ""
    created_at: datetime = moment()
    done_at: datetime | None = moment(optional=True, index=True)
    done_by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    outcome: str = Field(default="", max_length=300)


class Attachment(SQLModel, table=True):
    """A picture as we keep it: re-encoded, without metadata, under a name of ours."""

    __tablename__ = "attachment"
    id: int | None = own_key()
    name: str = Field(max_length=40, unique=True)
    draft_id: int | None = refers_to("draft.id", optional=True)
    case_id: int | None = refers_to("case.id", optional=True)
    submission_id: int | None = refers_to("submission.id", optional=True, index=False)
    event_id: int | None = refers_to("case_event.id", optional=True, index=False)
    original_name: str = Field(max_length=200)
    media_type: str = Field(max_length=40)
    size: int
    width: int
    height: int
    sha256: str = Field(max_length=64)
    latitude: float | None = None
    longitude: float | None = None
    taken_at: datetime | None = moment(optional=True)
    created_at: datetime = moment()


class Draft(SQLModel, table=True):
    """A citizen's unfinished form. The browser holds the token; here is its hash."""

    __tablename__ = "draft"
    id: int | None = own_key()
    token_hash: str = Field(max_length=64, unique=True)
    form_id: str = Field(max_length=64, unique=True)
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))
    reference: str = Field(default="", max_length=12)
    created_at: datetime = moment()
    changed_at: datetime = moment(index=True)

"""What a law asks of a written application, what came of it, and the letters that told the applicant."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Document, Key


class Application(SQLModel, table=True):
    """A written application under a law: `information` (4982), `petition` (3071) or `personal_data` (6698).

    `number` runs through the year of each kind's register. `national_id` is encrypted; `national_id_hash` is a keyed
    hash to find it by. `details` are the fields only this kind of form has. Everything from `outcome` on is what came
    of it; `fee_kurus` is in kuruş.
    """

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("kind", "year", "number"),)
    id: int | None = own_key()
    case_id: int = Field(sa_column=Column(Key, ForeignKey("case.id"), nullable=False, unique=True))
    submission_id: int = refers_to("submission.id")
    kind: str = Field(max_length=16)
    year: int
    number: int
    is_legal_person: bool = False
    name: str = Field(max_length=120)
    title: str = Field(default="", max_length=200)
    national_id: str = Field(default="", max_length=200)
    national_id_hash: str = Field(default="", max_length=64, index=True)
    nationality: str = Field(default="", max_length=60)
    address: str = Field(max_length=300)
    signature: str = Field(max_length=16)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))
    outcome: str = Field(default="", max_length=20)
    articles: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    outcome_words: str = ""
    decided_at: datetime | None = moment(optional=True)
    forwarded_to: str = Field(default="", max_length=240)
    pages: int | None = None
    fee_kurus: int | None = None
    fee_told_on: date | None = None
    fee_paid_on: date | None = None
    appealed_on: date | None = None
    appeal_number: str = Field(default="", max_length=40)
    appeal_result: str = Field(default="", max_length=16)
    appeal_decided_on: date | None = None


class Enclosure(SQLModel, table=True):
    """A file an applicant enclosed: an authority document, a signed form, something to explain. Kept as it came."""

    __tablename__ = "enclosure"
    id: int | None = own_key()
    name: str = Field(max_length=40, unique=True)
    draft_id: int | None = refers_to("draft.id", optional=True)
    case_id: int | None = refers_to("case.id", optional=True)
    submission_id: int | None = refers_to("submission.id", optional=True, index=False)
    purpose: str = Field(max_length=16)
    original_name: str = Field(max_length=200)
    media_type: str = Field(max_length=80)
    size: int
    sha256: str = Field(max_length=64)
    created_at: datetime = moment()


class Letter(SQLModel, table=True):
    """An official letter as it was signed: its words (`content`) and the PDF made of them, which is never made again.

    `number` is the letter's own number in the year; `sha256` is the PDF's.
    """

    __tablename__ = "letter"
    id: int | None = own_key()
    name: str = Field(max_length=40, unique=True)
    case_id: int = refers_to("case.id")
    submission_id: int = refers_to("submission.id", index=False)
    kind: str = Field(max_length=20)
    number: str = Field(max_length=60, unique=True)
    language: str = Field(default="tr", max_length=5)
    subject: str = Field(max_length=200)
    content: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    sha256: str = Field(max_length=64)
    size: int
    created_at: datetime = moment()
    by_id: int | None = refers_to("clerk.id", optional=True, index=False)


class Series(SQLModel, table=True):
    """The last number given out of a register: numbers of a register have no gaps and no twins."""

    __tablename__ = "series"
    name: str = Field(primary_key=True, max_length=60)
    last: int = 0

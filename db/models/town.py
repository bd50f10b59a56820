"""The town: what a municipality is made of. Rows, loaded from files and edited by administrators."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from db.models._columns import moment, own_key, refers_to
from db.types import Document


class TownFact(SQLModel, table=True):
    """One fact about the town: its name, its telephone, its working hours."""

    __tablename__ = "town_fact"
    name: str = Field(primary_key=True, max_length=60)
    words: str


class Department(SQLModel, table=True):
    __tablename__ = "department"
    id: int | None = own_key()
    code: str = Field(max_length=12, unique=True)
    name_tr: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    scope_tr: str = Field(default="", max_length=400)
    is_external: bool = False
    is_active: bool = True


class CategoryGroup(SQLModel, table=True):
    __tablename__ = "category_group"
    id: int | None = own_key()
    code: str = Field(max_length=12, unique=True)
    name_tr: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    position: int = 0


class Category(SQLModel, table=True):
    """What can be asked for; who answers, by when, and what must be known."""

    __tablename__ = "category"
    id: int | None = own_key()
    code: str = Field(max_length=12, unique=True)
    group_id: int = refers_to("category_group.id")
    department_id: int = refers_to("department.id")
    name_tr: str = Field(max_length=160)
    name_en: str = Field(max_length=160)
    kind: str = Field(max_length=20)
    target_value: int
    target_unit: str = Field(max_length=16)
    priority: str = Field(max_length=8)
    place: str = Field(max_length=10)
    photo: str = Field(max_length=10)
    legal_value: int
    legal_unit: str = Field(max_length=16)
    legal_basis: str = Field(max_length=160)
    legal_specific: bool = False
    identity: str = Field(max_length=10)
    external_body: str = Field(default="", max_length=240)
    is_special: bool = False
    on_public_map: bool = True
    questions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    keywords: str = ""
    position: int = 0
    is_active: bool = True


class Neighbourhood(SQLModel, table=True):
    """A quarter of the town with its outline (GeoJSON, degrees WGS84, longitude first)."""

    __tablename__ = "neighbourhood"
    id: int | None = own_key()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    outline: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    latitude: float | None = None
    longitude: float | None = None
    position: int = 0
    is_active: bool = True


class Surrounding(SQLModel, table=True):
    """Land around the town, and the authority that is competent there. Smaller `rank` is asked first."""

    __tablename__ = "surrounding"
    id: int | None = own_key()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    authority_tr: str = Field(max_length=200)
    authority_en: str = Field(max_length=200)
    outline: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    rank: int = 0


class TownDay(SQLModel, table=True):
    """A day the national calendar does not know: administrative leave, a local feast, a working Saturday."""

    __tablename__ = "town_day"
    id: int | None = own_key()
    on: date = Field(unique=True)
    kind: str = Field(max_length=8)
    name: str = Field(max_length=120)


class CalendarEdition(SQLModel, table=True):
    """The whole working calendar as it stood from a moment on: every date we count names the edition it was counted on.

    `week` maps a weekday ("0" is Monday) to its hours; `days` are [day, kind, name], the national ones included.
    """

    __tablename__ = "calendar_edition"
    id: int | None = own_key()
    made_at: datetime = moment()
    by_id: int | None = refers_to("clerk.id", optional=True, index=False)
    words: str = Field(default="", max_length=300)
    half_day_counts: bool = True
    week: dict[str, list[str]] = Field(sa_column=Column(Document, nullable=False))
    days: list[list[str]] = Field(sa_column=Column(Document, nullable=False))

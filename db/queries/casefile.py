"""Everything that hangs on one case, read at once: the pages of a case ask for nearly all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, SQLModel, col

from db.engine import Database
from db.models import (
    Application,
    Attachment,
    Callback,
    Case,
    CaseEvent,
    Clock,
    ClockEntry,
    ContactPoint,
    Duty,
    Enclosure,
    Letter,
    Outgoing,
    Person,
    Submission,
)
from db.together import Row, Together


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """What is stored about a case beside its own row: rows of their tables, oldest first.

    A clock's row also says by how much it was `extended`; a letter's is without its content.
    """

    submissions: Sequence[Row]
    persons: Mapping[int, Row]
    points: Sequence[Row]
    events: Sequence[Row]
    clocks: Sequence[Row]
    duties: Sequence[Row]
    outgoing: Sequence[Row]
    callbacks: Sequence[Row]
    attachments: Sequence[Row]
    letters: Sequence[Row]
    enclosures: Sequence[Row]
    applications: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class PublicFile:
    """What is told to anybody who knows a number: the rows of the case and of the act of asking, what happened for
    everybody to see, and by when an answer comes."""

    case: Row
    submission: Row
    events: Sequence[Row]
    clocks: Sequence[Row]


def read_public(tx: Session, reference: str) -> PublicFile | None:
    """The public side of the case a reference belongs to."""
    found = _PUBLIC.read(tx, {"reference": reference})
    if not found["case"]:
        return None
    [case], [submission] = found.pop("case"), found.pop("submission")
    return PublicFile(case=case, submission=submission, **found)


def moves(db: Database, reference: str) -> tuple[int, Sequence[datetime]] | None:
    """What moves whenever the public side of a case does: its version, and the dates of its clocks in their order."""
    rows = db.ask(_MOVES, {"reference": reference})
    return (rows[0][0], [due_at for _, due_at in rows if due_at]) if rows else None


def read(tx: Session, case_id: int) -> CaseFile:
    """The file of a case; nobody's rights are asked here."""
    found = _FILE.read(tx, {"case_id": case_id})
    # Who asked twice is joined twice.
    persons = {each.id: each for each in found.pop("persons")}
    points = {each.id: each for each in found.pop("points")}
    return CaseFile(persons=persons, points=tuple(points.values()), **found)


def _of_case(table: type[SQLModel], *but: str, **more: Any) -> Any:
    return select(*_columns(table, *but), *(value.label(name) for name, value in more.items())).where(
        table.case_id == bindparam("case_id")  # type: ignore[attr-defined]
    )


def _of_applicants(table: type[SQLModel], person_id: Any) -> Any:
    asked = col(Submission.case_id) == bindparam("case_id")
    return select(*_columns(table)).join(Submission, col(Submission.person_id) == person_id).where(asked)


_REFERENCE = col(Submission.reference) == bindparam("reference")


def _of_reference(table: type[SQLModel], case_id: Any, *more: Any) -> Any:
    return select(*_columns(table), *more).join(Submission, col(Submission.case_id) == case_id).where(_REFERENCE)


def _columns(table: type[SQLModel], *but: str) -> list[Any]:
    return [column for column in table.__table__.columns if column.name not in but]  # type: ignore[attr-defined]


_EXTENDED = (
    select(func.coalesce(func.sum(ClockEntry.value), 0))
    .where(col(ClockEntry.clock_id) == col(Clock.id), col(ClockEntry.act) == "extended")
    .scalar_subquery()
)
_FILE = Together(
    submissions=_of_case(Submission),
    persons=_of_applicants(Person, col(Person.id)),
    points=_of_applicants(ContactPoint, col(ContactPoint.person_id)),
    events=_of_case(CaseEvent),
    clocks=_of_case(Clock, extended=_EXTENDED),
    duties=_of_case(Duty),
    outgoing=_of_case(Outgoing),
    callbacks=_of_case(Callback),
    attachments=_of_case(Attachment),
    letters=_of_case(Letter, "content"),
    enclosures=_of_case(Enclosure),
    applications=_of_case(Application),
)
_PUBLIC = Together(
    case=_of_reference(Case, col(Case.id)),
    submission=select(*_columns(Submission)).where(_REFERENCE),
    events=_of_reference(CaseEvent, col(CaseEvent.case_id)).where(col(CaseEvent.is_public)),
    clocks=_of_reference(Clock, col(Clock.case_id), _EXTENDED.label("extended")),
)
_MOVES = (
    select(col(Case.version), col(Clock.due_at))
    .join(Submission, col(Submission.case_id) == col(Case.id))
    .join(Clock, col(Clock.case_id) == col(Case.id), isouter=True)
    .where(_REFERENCE)
    .order_by(col(Clock.id))
)

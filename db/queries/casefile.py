"""Everything that hangs on one case, read at once: the pages of a case ask for nearly all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, SQLModel, col

from db.models import (
    Application,
    Attachment,
    Callback,
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


def read(tx: Session, case_id: int) -> CaseFile:
    """The file of a case; nobody's rights are asked here."""
    found = _FILE.read(tx, {"case_id": case_id})
    # Who asked twice is joined twice.
    persons = {each.id: each for each in found.pop("persons")}
    points = {each.id: each for each in found.pop("points")}
    return CaseFile(persons=persons, points=tuple(points.values()), **found)


def _of_case(table: type[SQLModel], *but: str, **more: Any) -> Any:
    columns = [column for column in table.__table__.columns if column.name not in but]  # type: ignore[attr-defined]
    return select(*columns, *(value.label(name) for name, value in more.items())).where(
        table.case_id == bindparam("case_id")  # type: ignore[attr-defined]
    )


def _of_applicants(table: type[SQLModel], person_id: Any) -> Any:
    columns = table.__table__.columns  # type: ignore[attr-defined]
    asked = col(Submission.case_id) == bindparam("case_id")
    return select(*columns).join(Submission, col(Submission.person_id) == person_id).where(asked)


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

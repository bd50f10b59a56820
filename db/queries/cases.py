"""Cases: found by reference, changed by condition, with their counts kept in the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from db.models import Case, CaseCount, CaseEvent, DeskVersion, SourceRecord, Submission

NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)

_BY_REFERENCE = (
    select(Case)
    .join(Submission, Submission.case_id == Case.id)  # type: ignore[arg-type]
    .where(Submission.reference == bindparam("reference"))
)


def by_reference(tx: Session, reference: str) -> Case | None:
    """The case a submission's reference belongs to; nobody's rights are asked here."""
    return tx.execute(_BY_REFERENCE, {"reference": reference}).scalar_one_or_none()


def get(tx: Session, case_id: int) -> Case:
    """The case a row of ours refers to."""
    return tx.get_one(Case, case_id)


_SUBMISSION = select(Submission).where(Submission.reference == bindparam("reference"))  # type: ignore[arg-type]


def submission(tx: Session, reference: str) -> Submission | None:
    """The act of asking that a reference was given for."""
    return tx.execute(_SUBMISSION, {"reference": reference}).scalar_one_or_none()


_WITH_SUBMISSION = (
    select(Case, Submission)
    .join(Submission, Submission.case_id == Case.id)  # type: ignore[arg-type]
    .where(Submission.reference == bindparam("reference"))  # type: ignore[arg-type]
)


def with_submission(tx: Session, reference: str) -> tuple[Case, Submission] | None:
    """The case and the act of asking that a reference was given for."""
    found = tx.execute(_WITH_SUBMISSION, {"reference": reference}).one_or_none()
    return (found[0], found[1]) if found else None


def add(tx: Session, case: Case, *, words: str) -> Case:
    """Store a new case with its searchable words and count it."""
    tx.add(case)
    tx.flush()
    tx.execute(_ADD_SEARCH, {"case_id": case.id, "words": words})
    count(tx, case.department_id, case.status, 1)
    touch(tx, case.department_id)
    return case


_ADD_SEARCH = text("INSERT INTO case_search (case_id, words) VALUES (:case_id, :words)")
_SET_SEARCH = text("UPDATE case_search SET words = words || ' ' || :words WHERE case_id = :case_id")


def add_words(tx: Session, case: Case, words: str) -> None:
    """Let the case also be found by these (already indexed) words."""
    tx.execute(_SET_SEARCH, {"case_id": case.id, "words": words})


def change(tx: Session, case: Case, *, seen: int, now: datetime, **values: Any) -> bool:
    """Change a case if it is still at the version that was seen; say whether it was.

    Counts and desk versions follow; the given row is brought up to date.
    """
    values = {**values, "version": seen + 1, "changed_at": now}
    if "due_at" in values:
        values["due_order"] = values["due_at"] or NO_DUE
    before = (case.department_id, case.status)
    condition = (Case.id == case.id, Case.version == seen)
    done = tx.execute(
        update(Case).where(*condition).values(**values).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    tx.expire(case)
    _recount(tx, before, (case.department_id, case.status))
    return True


def mark_answered(tx: Session, case: Case, *, now: datetime) -> None:
    """Note that the last applicant has the answer. No version is spent: nobody's unsaved words are out of date."""
    tx.execute(
        update(Case).where(Case.id == case.id).values(answered_at=now).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    )
    tx.expire(case)
    touch(tx, case.department_id)


def _recount(tx: Session, before: tuple[int, str], after: tuple[int, str]) -> None:
    if before != after:
        count(tx, *before, -1)
        count(tx, *after, 1)
    # In one order everywhere, so that two colleagues never wait for each other in a circle.
    for department_id in sorted({before[0], after[0]}):
        touch(tx, department_id)


def count(tx: Session, department_id: int, status: str, by: int) -> None:
    """Add to the number of cases a department has in a status."""
    kind = _insert_for(tx)
    statement = kind(CaseCount).values(department_id=department_id, status=status, cases=by)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["department_id", "status"], set_={"cases": CaseCount.cases + statement.excluded.cases}
        )
    )


def touch(tx: Session, department_id: int) -> None:
    """Tell every open list of a department that something changed."""
    statement = _insert_for(tx)(DeskVersion).values(department_id=department_id, version=1)
    tx.execute(
        statement.on_conflict_do_update(index_elements=["department_id"], set_={"version": DeskVersion.version + 1})
    )


def touch_all(tx: Session, department_ids: Iterable[int]) -> None:
    """Tell every open list of these departments that something changed."""
    # In one order everywhere, so that two colleagues never wait for each other in a circle.
    rows = [{"department_id": each, "version": 1} for each in sorted(department_ids)]
    if rows:
        statement = _insert_for(tx)(DeskVersion).on_conflict_do_update(
            index_elements=["department_id"], set_={"version": DeskVersion.version + 1}
        )
        tx.connection().execute(statement, rows)


def _insert_for(tx: Session) -> Any:
    return postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert


def add_event(tx: Session, case: Case, kind: str, *, actor: str, now: datetime, **facts: Any) -> CaseEvent:
    """Write a line of the timeline. Lines are never changed or removed."""
    event = CaseEvent(case_id=case.id, kind=kind, actor=actor, at=now, case_version=case.version, **facts)
    tx.add(event)
    tx.flush()
    return event


_EVENTS = select(CaseEvent).where(CaseEvent.case_id == bindparam("case_id")).order_by(CaseEvent.id)  # type: ignore[arg-type]


def events(tx: Session, case: Case) -> Sequence[CaseEvent]:
    """The whole timeline, oldest first."""
    return tx.execute(_EVENTS, {"case_id": case.id}).scalars().all()


def public_events(tx: Session, case: Case) -> Sequence[CaseEvent]:
    """The part of the timeline that citizens see, oldest first."""
    return [event for event in events(tx, case) if event.is_public]


_SUBMISSIONS = select(Submission).where(Submission.case_id == bindparam("case_id")).order_by(Submission.id)  # type: ignore[arg-type]


def submissions(tx: Session, case: Case) -> Sequence[Submission]:
    """Everyone who asked, first to last."""
    return tx.execute(_SUBMISSIONS, {"case_id": case.id}).scalars().all()


_STATUS_BEFORE = (
    select(CaseEvent.status_from)
    .where(CaseEvent.case_id == bindparam("case_id"), CaseEvent.status_to == bindparam("status"))
    .order_by(CaseEvent.id.desc())  # type: ignore[union-attr]
    .limit(1)
)


def status_before(tx: Session, case: Case) -> str:
    """The status from which the case came to where it stands."""
    return tx.execute(_STATUS_BEFORE, {"case_id": case.id, "status": case.status}).scalar() or ""


def taken_references(tx: Session, references: Sequence[str]) -> set[str]:
    """Which of these numbers were given out before."""
    rows = select(Submission.reference).where(Submission.reference.in_(references))  # type: ignore[call-overload,attr-defined]
    return set(tx.execute(rows).scalars())


def imported(tx: Session, source: str, external_ids: Sequence[str]) -> set[str]:
    """Which of a source's records are already here."""
    found: set[str] = set()
    for start in range(0, len(external_ids), 500):
        some = external_ids[start : start + 500]
        rows = select(SourceRecord.external_id).where(
            SourceRecord.source == source,
            SourceRecord.external_id.in_(some),  # type: ignore[attr-defined]
        )
        found.update(tx.execute(rows).scalars())
    return found


def recount_all(tx: Session) -> None:
    """Count every department afresh, after cases were written in bulk, and tell every open list."""
    tx.execute(text("DELETE FROM case_count"))
    counted = select(Case.department_id, Case.status, func.count()).group_by(Case.department_id, Case.status)  # type: ignore[call-overload]
    tx.execute(insert(CaseCount).from_select(["department_id", "status", "cases"], counted))
    for department_id in tx.execute(select(Case.department_id).distinct().order_by(Case.department_id)).scalars().all():  # type: ignore[call-overload]
        touch(tx, department_id)

"""Cases: found by reference, changed by condition, with their counts kept in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, exists, select, text, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from db import rows
from db.models import Case, CaseEvent, LateClosing, SourceRecord, Submission
from db.queries import sums

NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)

_BY_REFERENCE = (
    select(Case)
    .join(Submission, Submission.case_id == Case.id)  # type: ignore[arg-type]
    .where(Submission.reference == bindparam("reference"))
)


def by_reference(tx: Session, reference: str) -> Case | None:
    """The case a submission's reference belongs to; nobody's rights are asked here."""
    return tx.execute(_BY_REFERENCE, {"reference": reference}).scalar_one_or_none()


_SEEN_BY = _BY_REFERENCE.where(col(Case.department_id).in_(bindparam("departments", expanding=True)))


def seen_by(tx: Session, reference: str, *, departments: Collection[int] | None) -> Case | None:
    """The case of a reference if it lies with one of these departments, or with any; one statement either way.

    What is not theirs is never read, so that it takes as long as what is not there.
    """
    if departments is None:
        return by_reference(tx, reference)
    return tx.execute(_SEEN_BY, {"reference": reference, "departments": list(departments)}).scalar_one_or_none()


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


_OPENED = _WITH_SUBMISSION.where(col(Submission.key_hash) == bindparam("key_hash"))


def opened(tx: Session, reference: str, key_hash: str) -> tuple[Case, Submission] | None:
    """The same where the key is right; a wrong one takes as long as a number that nobody has."""
    found = tx.execute(_OPENED, {"reference": reference, "key_hash": key_hash}).one_or_none()
    return (found[0], found[1]) if found else None


def add(tx: Session, case: Case, *, words: str) -> bool:
    """Store a new case with its searchable words and count it; false when its reference is another's already."""
    if not rows.put_new(tx, case, "reference"):
        return False
    tx.connection().execute(_ADD_SEARCH, {"case_id": case.id, "words": words})
    sums.add(tx, _place_of(case), sums.Figures(1))
    sums.touch(tx, {case.department_id})
    return True


_ADD_SEARCH = text("INSERT INTO case_search (case_id, words) VALUES (:case_id, :words)")
_SET_SEARCH = text("UPDATE case_search SET words = words || ' ' || :words WHERE case_id = :case_id")


def add_words(tx: Session, case: Case, words: str) -> None:
    """Let the case also be found by these (already indexed) words."""
    tx.execute(_SET_SEARCH, {"case_id": case.id, "words": words})


def change(tx: Session, case: Case, *, seen: int, now: datetime, late: bool = False, **values: Any) -> bool:
    """Change a case if it is still at the version that was seen; say whether it was.

    Sums and desk versions follow; the given row is brought up to date. `late` is said of a move that closes the case.
    """
    values = {**values, "version": seen + 1, "changed_at": now}
    if "due_at" in values:
        values["due_order"] = values["due_at"] or NO_DUE
    was_open, place = case.is_open, _place_of(case)
    figures = _figures_of(tx, case) if values.keys() & _COUNTED_BY else sums.Figures(1)
    condition = (Case.id == case.id, Case.version == seen)
    done = tx.execute(
        update(Case).where(*condition).values(**values).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    _bring_up_to_date(case, values)
    if was_open == case.is_open:
        late = bool(figures.late)
    elif late or figures.late:
        sums.note_late(tx, case.id or 0, is_late=late)
    if values.keys() & _COUNTED_BY:
        sums.add(tx, place, figures.negative())
        sums.add(tx, _place_of(case), sums.Figures(1, int(case.answered_at is not None), int(late)))
    sums.touch(tx, {place.department_id, case.department_id})
    return True


# What decides where and how a case is counted.
_COUNTED_BY = {"received_at", "department_id", "status", "is_open", "answered_at"}


def mark_answered(tx: Session, case: Case, *, now: datetime) -> None:
    """Note that the last applicant has the answer. No version is spent: nobody's unsaved words are out of date."""
    done = tx.execute(
        update(Case)
        .where(Case.id == case.id, col(Case.answered_at).is_(None), col(Case.version) == case.version)  # type: ignore[arg-type]
        .values(answered_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return
    _bring_up_to_date(case, {"answered_at": now})
    sums.add(tx, _place_of(case), sums.Figures(answered=1))
    sums.touch(tx, {case.department_id})


def _place_of(case: Case) -> sums.Place:
    return sums.Place(sums.month_of(case.received_at), case.department_id, case.status)


def _figures_of(tx: Session, case: Case) -> sums.Figures:
    """What the case counts for as it stands, before it is changed."""
    if case.is_open:
        return sums.Figures(1)
    # An answer arrives without spending a version: nobody may note one between our look and our change.
    row = tx.execute(_CLOSED, {"case_id": case.id}).one()
    return sums.Figures(1, int(row.answered_at is not None), int(row.is_late))


_CLOSED = (
    select(Case.answered_at, exists().where(col(LateClosing.case_id) == col(Case.id)).label("is_late"))  # type: ignore[call-overload]
    .where(Case.id == bindparam("case_id"))
    # As the change itself locks it: who only refers to the case, such as a new message, need not wait.
    .with_for_update(key_share=True)
)


def _bring_up_to_date(case: Case, values: Mapping[str, Any]) -> None:
    """What was just written is what a reader of the row would find; reading it again would tell nothing new."""
    for name, value in values.items():
        set_committed_value(case, name, str(value) if isinstance(value, str) else value)


def add_event(tx: Session, case: Case, kind: str, *, actor: str, now: datetime, **facts: Any) -> CaseEvent:
    """Write a line of the timeline. Lines are never changed or removed."""
    event = CaseEvent(case_id=case.id, kind=kind, actor=actor, at=now, case_version=case.version, **facts)
    return rows.put(tx, event)


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
    taken = select(Submission.reference).where(Submission.reference.in_(references))  # type: ignore[call-overload,attr-defined]
    return set(tx.execute(taken).scalars())


def imported(tx: Session, source: str, external_ids: Sequence[str]) -> set[str]:
    """Which of a source's records are already here."""
    found: set[str] = set()
    for start in range(0, len(external_ids), 500):
        some = external_ids[start : start + 500]
        here = select(SourceRecord.external_id).where(
            SourceRecord.source == source,
            SourceRecord.external_id.in_(some),  # type: ignore[attr-defined]
        )
        found.update(tx.execute(here).scalars())
    return found

"""The outbox, calls owed, messages, pictures and drafts."""

from collections.abc import Collection, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, bindparam, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from db.models import Attachment, Callback, Case, CaseEvent, Draft, Enclosure, Message, Outgoing


def outgoing_of(tx: Session, case_id: int) -> Sequence[Outgoing]:
    return tx.exec(select(Outgoing).where(Outgoing.case_id == case_id).order_by(col(Outgoing.id))).all()


def callbacks_of(tx: Session, case_id: int) -> Sequence[Callback]:
    return tx.exec(select(Callback).where(Callback.case_id == case_id).order_by(col(Callback.id))).all()


def message_by_channel_id(tx: Session, channel: str, channel_id: str) -> Message | None:
    return tx.exec(select(Message).where(Message.channel == channel, Message.channel_id == channel_id)).one_or_none()


def claim_due(tx: Session, channel: str, *, now: datetime, hold: timedelta) -> Outgoing | None:
    """Take the message that has waited longest; nobody else gets it until the hold ends.

    One that was leaving when its worker died comes first, still in that state.
    """
    row = _oldest(tx, channel, "leaving", now=now) or _oldest(tx, channel, "waiting", now=now)
    if row is not None:
        row.next_try_at = now + hold
        row.attempts += 1
        tx.flush()
    return row


def _oldest(tx: Session, channel: str, state: str, *, now: datetime) -> Outgoing | None:
    return tx.exec(
        select(Outgoing)
        .where(Outgoing.state == state, col(Outgoing.next_try_at) <= now, Outgoing.channel == channel)
        .order_by(col(Outgoing.next_try_at), col(Outgoing.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def lock_case(tx: Session, case_id: int) -> Case:
    """The case, which nobody else changes until this transaction ends."""
    return tx.exec(select(Case).where(Case.id == case_id).with_for_update(key_share=True)).one()


def change_claimed(tx: Session, outgoing: Outgoing, **values: Any) -> bool:
    """Change a message if it is still in the hands of who claimed it, and say whether it was."""
    done = tx.execute(
        update(Outgoing)
        .where(
            col(Outgoing.id) == outgoing.id,
            col(Outgoing.state).in_(("waiting", "leaving")),
            # Whoever claims it next counts on: a worker that was away too long finds that out here.
            col(Outgoing.attempts) == outgoing.attempts,
        )
        .values(**values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def finish_callback(tx: Session, callback: Callback, **values: Any) -> bool:
    """Change a call that is still owed, and say whether it was."""
    done = tx.execute(
        update(Callback).where(col(Callback.id) == callback.id, col(Callback.done_at).is_(None)).values(**values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _any_of(column: Any, name: str) -> Any:
    """Whether a column is in a list, or the list is of everything."""
    return or_(bindparam(f"every_{name}", type_=Boolean), col(column).in_(bindparam(name, expanding=True)))


_ON_A_PUBLIC_LINE = select(CaseEvent.id).where(
    col(CaseEvent.is_public), col(CaseEvent.case_id).in_(bindparam("cases", expanding=True))
)
_OF_THEIR_CASE = col(Attachment.case_id).in_(bindparam("cases", expanding=True)) & or_(
    col(Attachment.submission_id).in_(bindparam("submissions", expanding=True)),
    col(Attachment.submission_id).is_(None) & col(Attachment.event_id).in_(_ON_A_PUBLIC_LINE),
)
_PHOTO = (
    select(Attachment)
    .join(Case, isouter=True)
    .where(
        Attachment.name == bindparam("name"),
        or_(
            col(Attachment.case_id).is_(None) & (col(Attachment.draft_id) == bindparam("draft_id")),
            _OF_THEIR_CASE,
            # A case there must be: a list of everything holds no photo of somebody's unfinished form.
            col(Case.id).is_not(None)
            & _any_of(Case.department_id, "departments")
            & or_(~col(Case.is_special), _any_of(Case.department_id, "special")),
        ),
    )
)


def photo(
    tx: Session,
    name: str,
    *,
    draft_id: int | None,
    submissions: Collection[int],
    cases: Collection[int],
    departments: Collection[int] | None,
    special: Collection[int] | None,
) -> Attachment | None:
    """A photo of this form, or theirs on these cases, or on a case of one of these departments, or of any.

    `special` are the departments whose cases of a private kind may be seen. One statement, whether there is such a
    photo, and whether it may be seen: neither takes longer than the other.
    """
    values = {
        "name": name,
        "draft_id": draft_id,
        "submissions": list(submissions),
        "cases": list(cases),
        "departments": list(departments or ()),
        "every_departments": departments is None,
        "special": list(special or ()),
        "every_special": special is None,
    }
    return tx.execute(_PHOTO, values).scalar_one_or_none()


def draft_attachments(tx: Session, draft_id: int) -> Sequence[Attachment]:
    return tx.exec(
        select(Attachment)
        .where(Attachment.draft_id == draft_id, col(Attachment.case_id).is_(None))
        .order_by(col(Attachment.id))
    ).all()


def give_attachments(tx: Session, draft_id: int, *, case_id: int, submission_id: int) -> None:
    """A draft's pictures become the case's."""
    tx.execute(
        update(Attachment)
        .where(col(Attachment.draft_id) == draft_id, col(Attachment.case_id).is_(None))
        .values(case_id=case_id, submission_id=submission_id, draft_id=None)
    )


def draft_by_token(tx: Session, token_hash: str, *, lock: bool = False) -> Draft | None:
    found = select(Draft).where(Draft.token_hash == token_hash)
    return tx.exec(found.with_for_update() if lock else found).one_or_none()


def add_draft(tx: Session, *, token_hash: str, form_id: str, now: datetime) -> None:
    """Begin a form, unless a second press of the button has just begun it."""
    kind = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"token_hash": token_hash, "form_id": form_id, "fields": {}, "reference": ""}
    tx.execute(kind(Draft).values(**row, created_at=now, changed_at=now).on_conflict_do_nothing())


def forget_drafts(tx: Session, *, before: datetime) -> None:
    """Drop forms nobody has touched since; their pictures and enclosures are then nobody's."""
    stale = select(Draft.id).where(Draft.changed_at < before)
    tx.execute(update(Enclosure).where(col(Enclosure.draft_id).in_(stale)).values(draft_id=None))
    tx.execute(update(Attachment).where(col(Attachment.draft_id).in_(stale)).values(draft_id=None))
    tx.execute(delete(Draft).where(col(Draft.changed_at) < before))


def forget_attachment(tx: Session, attachment: Attachment) -> None:
    tx.execute(delete(Attachment).where(col(Attachment.id) == attachment.id))


def attachment_names(tx: Session, among: Collection[str]) -> Set[str]:
    """Those of these names that a picture bears, whoever it belongs to."""
    return frozenset(tx.exec(select(Attachment.name).where(col(Attachment.name).in_(among))))


def ownerless_attachments(tx: Session, *, limit: int) -> Sequence[Attachment]:
    """Pictures of no form and no case."""
    return tx.exec(
        select(Attachment)
        .where(col(Attachment.draft_id).is_(None), col(Attachment.case_id).is_(None))
        .order_by(col(Attachment.id))
        .limit(limit)
    ).all()


def draft_by_form(tx: Session, form_id: str) -> Draft | None:
    return tx.exec(select(Draft).where(Draft.form_id == form_id)).one_or_none()

"""The outbox, calls owed, messages, pictures and drafts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.models import Attachment, Callback, Draft, Message, Outgoing


def outgoing_of(tx: Session, case_id: int) -> Sequence[Outgoing]:
    return tx.exec(select(Outgoing).where(Outgoing.case_id == case_id).order_by(col(Outgoing.id))).all()


def callbacks_of(tx: Session, case_id: int) -> Sequence[Callback]:
    return tx.exec(select(Callback).where(Callback.case_id == case_id).order_by(col(Callback.id))).all()


def messages_of(tx: Session, case_id: int) -> Sequence[Message]:
    return tx.exec(select(Message).where(Message.case_id == case_id).order_by(col(Message.id))).all()


def message_by_channel_id(tx: Session, channel: str, channel_id: str) -> Message | None:
    return tx.exec(select(Message).where(Message.channel == channel, Message.channel_id == channel_id)).one_or_none()


def claim_due(tx: Session, *, now: datetime, hold: timedelta, limit: int) -> Sequence[Outgoing]:
    """Take messages whose time has come; nobody else gets them until the hold ends."""
    wanted = (
        select(Outgoing)
        .where(Outgoing.state == "waiting", col(Outgoing.next_try_at) <= now)
        .order_by(col(Outgoing.next_try_at), col(Outgoing.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.exec(wanted).all()
    for row in rows:
        row.next_try_at = now + hold
        row.attempts += 1
    tx.flush()
    return rows


def attachments_of(tx: Session, case_id: int) -> Sequence[Attachment]:
    return tx.exec(select(Attachment).where(Attachment.case_id == case_id).order_by(col(Attachment.id))).all()


def attachment_by_name(tx: Session, name: str) -> Attachment | None:
    return tx.exec(select(Attachment).where(Attachment.name == name)).one_or_none()


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


def draft_by_token(tx: Session, token_hash: str) -> Draft | None:
    return tx.exec(select(Draft).where(Draft.token_hash == token_hash)).one_or_none()

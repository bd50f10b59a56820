"""A citizen's unfinished form, kept on our side so that nothing typed is lost between steps."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from db.models import Draft
from db.queries import post
from portal.rules.refusal import NotFound
from portal.rules.reporting import Report
from portal.services import intake
from portal.services.intake import Intake, Receipt
from portal.services.townbook import Town

LIFE = timedelta(days=1)


def find(tx: Session, token: str, *, now: datetime, hold: bool = False) -> Draft | None:
    """The draft a browser's token belongs to, as long as somebody has touched it within a day.

    One that is held is nobody else's until this transaction ends.
    """
    draft = post.draft_by_token(tx, _hash(token), lock=hold) if token else None
    return draft if draft and now - draft.changed_at < LIFE else None


def begin(tx: Session, *, now: datetime) -> tuple[Draft, str]:
    """A new draft, and the token its browser is to keep."""
    token = new_token()
    draft = Draft(token_hash=_hash(token), form_id=secrets.token_urlsafe(16), created_at=now, changed_at=now)
    tx.add(draft)
    tx.flush()
    return draft, token


def new_token() -> str:
    """A token for a form that is begun only when its browser sends it."""
    return secrets.token_urlsafe(24)


def form_of(token: str) -> str:
    """What makes a repeat of this browser's form recognisable, also before there is a draft of it."""
    return _hash(f"form|{token}")[:40]


def of(tx: Session, token: str, *, now: datetime) -> Draft:
    """The draft under a token, begun if need be, and nobody else's until this transaction ends."""
    if post.draft_by_token(tx, _hash(token)) is None:
        post.add_draft(tx, token_hash=_hash(token), form_id=form_of(token), now=now)
    draft = post.draft_by_token(tx, _hash(token), lock=True)
    if draft is None:
        raise NotFound
    draft.changed_at = now
    return draft


def keep(tx: Session, draft: Draft, fields: Mapping[str, Any], *, now: datetime) -> None:
    """Remember what a step said, beside what earlier steps said."""
    draft.fields = {**draft.fields, **fields}
    draft.changed_at = now
    tx.add(draft)


def send(
    tx: Session,
    draft: Draft,
    report: Report,
    *,
    language: str,
    notice_version: str,
    town: Town,
    secret: bytes,
    now: datetime,
) -> Receipt:
    """The held draft becomes a case, once: whoever sends it again, even at the same moment, gets the same receipt."""
    door = Intake(
        language=language,
        form_id=draft.form_id,
        draft_id=draft.id,
        notice_version=notice_version,
        is_first=not draft.reference,
    )
    receipt = intake.open_case(tx, report, door, town=town, secret=secret, now=now)
    finish(tx, draft, receipt.reference, now=now)
    return receipt


def finish(tx: Session, draft: Draft, reference: str, *, now: datetime) -> None:
    """The draft became a case: what was typed lives there now, and the draft forgets it."""
    draft.reference, draft.fields, draft.changed_at = reference, {}, now
    tx.add(draft)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()

"""A citizen's unfinished form, kept on our side so that nothing typed is lost between steps."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db.models import Draft
from db.queries import post


def find(tx: Session, token: str) -> Draft | None:
    """The draft a browser's token belongs to."""
    return post.draft_by_token(tx, _hash(token)) if token else None


def begin(tx: Session, *, now: datetime) -> tuple[Draft, str]:
    """A new draft, and the token its browser is to keep."""
    token = secrets.token_urlsafe(24)
    draft = Draft(token_hash=_hash(token), form_id=secrets.token_urlsafe(16), created_at=now, changed_at=now)
    tx.add(draft)
    tx.flush()
    return draft, token


def keep(tx: Session, draft: Draft, fields: Mapping[str, Any], *, now: datetime) -> None:
    """Remember what a step said, beside what earlier steps said."""
    draft.fields = {**draft.fields, **fields}
    draft.changed_at = now
    tx.add(draft)


def finish(tx: Session, draft: Draft, reference: str, *, now: datetime) -> None:
    """The draft became a case: what was typed lives there now, and the draft forgets it."""
    draft.reference, draft.fields, draft.changed_at = reference, {}, now
    tx.add(draft)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

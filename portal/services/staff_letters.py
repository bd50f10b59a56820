"""Letters to colleagues about their own account: queued in the act that owes them, sent by the worker."""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hmac import digest
from uuid import uuid4

import structlog
from sqlmodel import Session

from db.engine import Database
from db.models import Clerk, StaffLetter
from db.queries import access
from portal.channels import DeliveryFailed, Letter, Sender
from portal.rules import references
from portal.services import letters
from portal.services.townbook import Town

HOLD = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
LINK_LASTS = timedelta(minutes=60)
RESET = "password_reset"

log = structlog.get_logger()


def queue(tx: Session, clerk_id: int | None, kind: str, *, language: str, now: datetime) -> None:
    """A letter that only tells something."""
    access.add_letter(tx, **_row(clerk_id, kind, language, now))


def queue_link(tx: Session, clerk_id: int | None, *, secret: bytes, language: str, now: datetime) -> None:
    """A letter with a link to a new password; to nobody, it goes nowhere."""
    row = _row(clerk_id, RESET, language, now)
    nonce = references.new_nonce()
    key = _key(secret, row["message_id"], nonce)
    state = "waiting" if clerk_id else "void"
    access.add_letter(tx, **{**row, "nonce": nonce, "key_hash": references.key_hash(key), "state": state})


def deliver_one(db: Database, sender: Sender, *, secret: bytes, base_url: str, town: Town, now: datetime) -> bool:
    """Sends the letter that has waited longest, if one is due; says whether there was one."""
    with db.transaction() as tx:
        claimed = access.claim_letter(tx, now=now, hold=HOLD)
    if claimed is None:
        return False
    letter, clerk = claimed
    try:
        _check(letter, clerk, now=now)
        # One that may have left is not sent again, and nothing else is owed: its reader asks for another.
        sender.send(_letter(letter, clerk, secret=secret, base_url=base_url, town=town), leaving=lambda: None)
    except DeliveryFailed as no:
        _note_failure(db, letter, no, now=now)
        return True
    with db.transaction() as tx:
        access.change_letter(tx, letter.id or 0, state="sent", sent_at=now, failure="")
    log.info("staff letter sent", letter=letter.id, kind=letter.kind, tries=letter.attempts)
    return True


def _check(letter: StaffLetter, clerk: Clerk, *, now: datetime) -> None:
    is_over = letter.used_at is not None or now - letter.created_at >= LINK_LASTS or not clerk.is_active
    if letter.kind == RESET and is_over:
        raise DeliveryFailed("late", permanent=True)
    if letter.attempts > len(PAUSES) + 1:
        raise DeliveryFailed("gave up", permanent=True)


def _note_failure(db: Database, letter: StaffLetter, no: DeliveryFailed, *, now: datetime) -> None:
    is_over = no.permanent or letter.attempts > len(PAUSES)
    failure = " ".join(filter(None, (no.why, no.answer)))[:300]
    log.warning("staff letter not sent", letter=letter.id, kind=letter.kind, tries=letter.attempts, is_over=is_over)
    with db.transaction() as tx:
        if is_over:
            access.change_letter(tx, letter.id or 0, state="failed", failure=failure)
        else:
            again = now + PAUSES[letter.attempts - 1]
            access.change_letter(tx, letter.id or 0, next_try_at=again, failure=failure)


def _letter(letter: StaffLetter, clerk: Clerk, *, secret: bytes, base_url: str, town: Town) -> Letter:
    is_english = letter.language == "en"
    key = _key(secret, letter.message_id, letter.nonce) if letter.kind == RESET else ""
    name = town.facts.get("name_en", "") if is_english else town.name
    subject, words = letters.compose(
        letter.kind, letter.language, name=clerk.name, town=name, account=f"{base_url}/masa/hesap"
    )
    return Letter(
        message_id=letter.message_id,
        address=clerk.email,
        subject=subject,
        words=words.replace(letters.LINK, f"{base_url}/giris/parola/yeni?k={key}"),
        sender_name=f"{name} {'Solution Centre' if is_english else 'Çözüm Merkezi'}".strip(),
        reply_to=town.facts.get("email", ""),
        at=letter.created_at,
    )


def _row(clerk_id: int | None, kind: str, language: str, now: datetime) -> dict[str, object]:
    return {
        "clerk_id": clerk_id,
        "kind": kind,
        "language": language,
        "message_id": f"{uuid4().hex}.{secrets.token_hex(4)}",
        "created_at": now,
        "next_try_at": now,
    }


def _key(secret: bytes, message_id: object, nonce: str) -> str:
    """The 128-bit key of a link, derived again when the letter leaves: it is stored nowhere."""
    return urlsafe_b64encode(digest(secret, f"new-password|{message_id}|{nonce}".encode(), "sha256")[:16]).decode()[:22]

"""Letters leave the outbox: claimed, noted as leaving, sent outside any transaction, then marked.

A letter that is known not to have left is tried again. One that may have left is not: that ends as a call owed, as
every failure does. So nobody reads a letter twice, and nobody is forgotten.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from db.engine import Database
from db.models import Case, Outgoing, Submission
from db.queries import cases, post
from portal.channels import DeliveryFailed, DeliveryUnsure, Letter, Sender
from portal.rules import references
from portal.rules.refusal import msgid
from portal.services import letters, outbox
from portal.services.townbook import Town

# Longer than a conversation with the slowest server. Who claimed a letter and died is waited for this long.
HOLD = timedelta(minutes=5)
# The first seven tries are followed by a pause; the eighth is the last. Together a day and three quarters.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))

# What has left must not stay unmarked because the database is starting again at that very moment.
MARKS_AGAIN_AFTER = (0.5, 1, 2)

UNSURE = msgid("İleti gönderilirken iş yarıda kaldı; alıcıya ulaşıp ulaşmadığı bilinmiyor.")
GAVE_UP = msgid("İletinin gönderimi birkaç kez yarıda kaldı.")


class Taken(Exception):
    """The hold ran out before the letter left, and another worker has it now."""


log = structlog.get_logger()


@dataclass(frozen=True)
class Delivered:
    """What became of the letters that were due: sent, given up, or to be tried again."""

    sent: int = 0
    failed: int = 0
    again: int = 0

    def __bool__(self) -> bool:
        return bool(self.sent or self.failed or self.again)


def deliver_due(
    db: Database, sender: Sender, *, secret: bytes, base_url: str, town: Town, now: datetime, limit: int = 50
) -> Delivered:
    """Send what is due on a sender's channel, oldest first; no letter is in two hands at once."""
    ends = {"sent": 0, "failed": 0, "again": 0}
    for _ in range(limit):
        claimed = _claim(db, sender.channel, now=now)
        if claimed is None:
            break
        ends[_deliver(db, sender, *claimed, secret=secret, base_url=base_url, town=town, now=now)] += 1
    return Delivered(**ends)


def _claim(db: Database, channel: str, *, now: datetime) -> tuple[Outgoing, Submission] | None:
    # One at a time: the hold of a letter at the end of a batch would run out behind a slow server.
    with db.transaction() as tx:
        outgoing = post.claim_due(tx, channel, now=now, hold=HOLD)
        if outgoing is None:
            return None
        return outgoing, tx.get_one(Submission, outgoing.submission_id)


def _deliver(
    db: Database,
    sender: Sender,
    outgoing: Outgoing,
    submission: Submission,
    *,
    secret: bytes,
    base_url: str,
    town: Town,
    now: datetime,
) -> str:
    try:
        if outgoing.state == "leaving":
            raise DeliveryUnsure(UNSURE)
        if outgoing.attempts > len(PAUSES) + 1:
            raise DeliveryFailed(GAVE_UP, permanent=True)
        letter = _letter(outgoing, submission, secret=secret, base_url=base_url, town=town)
        sender.send(letter, leaving=lambda: _note_leaving(db, outgoing))
    except DeliveryFailed as no:
        return _note_failure(db, outgoing, no, now=now)
    except Taken:
        return "again"
    _mark_sent(db, outgoing, now=now)
    return "sent"


def _note_leaving(db: Database, outgoing: Outgoing) -> None:
    with db.transaction() as tx:
        if not post.change_claimed(tx, outgoing, state="leaving"):
            raise Taken


def _mark_sent(db: Database, outgoing: Outgoing, *, now: datetime) -> None:
    for pause in MARKS_AGAIN_AFTER:
        try:
            return _note_sent(db, outgoing, now=now)
        except OperationalError:
            time.sleep(pause)
    return _note_sent(db, outgoing, now=now)


def _letter(outgoing: Outgoing, submission: Submission, *, secret: bytes, base_url: str, town: Town) -> Letter:
    key = references.derive_key(secret, submission.reference, submission.key_nonce)
    link = f"{base_url}/takip/{submission.reference}?k={key}"
    return Letter(
        message_id=outgoing.message_id,
        address=outgoing.address,
        subject=outgoing.subject,
        words=outgoing.words.replace(letters.LINK, link),
        sender_name=_sender_name(town, outgoing.language),
        reply_to=town.facts.get("email", ""),
        at=outgoing.created_at,
    )


def _sender_name(town: Town, language: str) -> str:
    if language == "en":
        return f"{town.facts.get('name_en', '')} Solution Centre".strip()
    return f"{town.name} Çözüm Merkezi".strip()


def _note_sent(db: Database, outgoing: Outgoing, *, now: datetime) -> None:
    with db.transaction() as tx:
        # Two applicants' answers may leave at the same moment; the later one must see that the other has left.
        case = post.lock_case(tx, outgoing.case_id)
        if post.change_claimed(tx, outgoing, state="sent", sent_at=now, failure="") and outgoing.is_answer:
            outbox.settle(tx, case, now=now)
    log.info("letter sent", outgoing=outgoing.id, tries=outgoing.attempts)


def _note_failure(db: Database, outgoing: Outgoing, no: DeliveryFailed, *, now: datetime) -> str:
    is_over = no.permanent or outgoing.attempts > len(PAUSES)
    log.warning("letter not sent", outgoing=outgoing.id, tries=outgoing.attempts, why=no.why, is_over=is_over)
    failure = " ".join(filter(None, (no.why, no.answer)))[:300]
    with db.transaction() as tx:
        case = post.lock_case(tx, outgoing.case_id)
        if is_over:
            state = "unsure" if isinstance(no, DeliveryUnsure) else "failed"
            if post.change_claimed(tx, outgoing, state=state, failure=failure):
                _owe_call(tx, case, outgoing, no, now=now)
            return "failed"
        again_at = now + PAUSES[outgoing.attempts - 1]
        post.change_claimed(tx, outgoing, state="waiting", next_try_at=again_at, failure=failure)
    return "again"


def _owe_call(tx: Session, case: Case, outgoing: Outgoing, no: DeliveryFailed, *, now: datetime) -> None:
    kind = "delivery_unsure" if isinstance(no, DeliveryUnsure) else "delivery_failed"
    outbox.owe_call(tx, outgoing, reason=kind, words=_said(tx, case, outgoing), now=now)
    # Ours alone since it was locked, so the version just read is the version that is there.
    cases.change(tx, case, seen=case.version, now=now)
    cases.add_event(
        tx,
        case,
        kind,
        actor="system",
        now=now,
        submission_id=outgoing.submission_id,
        words=no.why,
        facts={"outgoing": outgoing.id, "answer": no.answer},
    )


def _said(tx: Session, case: Case, outgoing: Outgoing) -> str:
    """The words a caller has to pass on: what was said to the applicant in the act that wrote the letter."""
    act = (each for each in cases.public_events(tx, case) if each.at == outgoing.created_at and each.actor == "staff")
    return next((each.words for each in act if each.words), "")

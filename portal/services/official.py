"""Official letters: seen before they are sent, given a number once, kept as they were signed."""

import hashlib
import secrets
from datetime import date, datetime
from pathlib import Path

import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore
from sqlalchemy import event
from sqlmodel import Session

from db.models import Case, Letter, Submission
from db.queries import clocks as stored_clocks
from db.queries import letters as stored
from db.queries import people, register
from portal.rules import references
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound
from portal.services import drafting, shelves, typesetting
from portal.services.drafting import KINDS, OUTCOMES, Content, compose
from portal.services.townbook import Town

__all__ = ["KINDS", "OUTCOMES", "Content", "Damaged", "compose", "fetch", "issue", "preview", "receipt", "store"]

MEDIA_TYPE = "application/pdf"
log = structlog.get_logger()


class Damaged(Exception):
    """What lies in the store under a letter's name is not what was signed, or nothing."""


def store(folder: Path) -> LocalStore:
    """Where letters lie."""
    return shelves.LETTERS.store(folder)


def preview(content: Content) -> bytes:
    """The pages as they would be sent, marked as a draft and without a number."""
    return _pages(content, is_draft=True)


def issue(
    tx: Session,
    case: Case,
    submission: Submission,
    content: Content,
    *,
    store: LocalStore,
    by: Actor | None,
    now: datetime,
) -> Letter:
    """Give a letter its number and its pages, for good. The file is there before the row, and goes if the row does."""
    if not content.number:
        year = date.fromisoformat(content.made_on).year
        count = register.next_number(tx, f"letter-{content.prefix}-{year}")
        content = content.numbered(f"{content.prefix}-{year}-{count:06}")
    pages = _pages(content)
    letter = Letter(
        name=secrets.token_hex(16),
        case_id=case.id,
        submission_id=submission.id,
        kind=content.kind,
        number=content.number,
        language=content.language,
        subject=content.subject,
        content=content.to_json(),
        sha256=hashlib.sha256(pages).hexdigest(),
        size=len(pages),
        created_at=now,
        by_id=by.id if by else None,
    )
    _put(tx, store, letter.name, pages)
    tx.add(letter)
    tx.flush()
    return letter


def fetch(where: LocalStore, letter: Letter) -> bytes:
    """The pages exactly as they were made; anything else is a fault that is told and never shown."""
    try:
        pages = shelves.LETTERS.fetch(where, letter.name)
    except (BaseError, OSError) as no:
        log.error("letter lost", letter=letter.name, why=type(no).__name__)
        raise Damaged(letter.number) from no
    if hashlib.sha256(pages).hexdigest() != letter.sha256:
        log.error("letter changed", letter=letter.name)
        raise Damaged(letter.number)
    return pages


def letter_of(tx: Session, name: str, case: Case, submission: Submission | None = None) -> Letter:
    """The letter under a name, if it was written on this case (and to this applicant); otherwise not found."""
    letter = stored.by_name(tx, name, case_id=case.id or 0)
    if letter is None or (submission and letter.submission_id != submission.id):
        raise NotFound
    return letter


def receipt_of(tx: Session, submission: Submission) -> Letter | None:
    """The receipt of a submission, if it was made."""
    return stored.by_number(tx, references.grouped(submission.reference))


def receipt(
    tx: Session,
    case: Case,
    submission: Submission,
    *,
    store: LocalStore,
    town: Town,
    now: datetime,
) -> Letter:
    """The receipt of a submission, made when somebody first asks for it. It bears the submission's own number."""
    # Two may ask at once; the second waits here and then finds what the first has made.
    tx.refresh(submission, with_for_update=True)
    if made := receipt_of(tx, submission):
        return made
    person = people.by_id(tx, [submission.person_id]).get(submission.person_id or 0)
    application = stored.applications(tx, case.id or 0).get(submission.id or 0)
    clocks = [each for each in stored_clocks.of_case(tx, case.id or 0) if each.kind in ("legal", "service")]
    ledgers = stored_clocks.entries(tx, clocks)
    promised = [(each, ledgers[each.id or 0][0]) for each in clocks if ledgers[each.id or 0]]
    content = drafting.compose_receipt(case, submission, person, application, promised, town=town, now=now)
    return issue(tx, case, submission, content, store=store, by=None, now=now)


def _pages(content: Content, *, is_draft: bool = False) -> bytes:
    return typesetting.pdf(content.to_json(), made_on=date.fromisoformat(content.made_on), is_draft=is_draft)


def _put(tx: Session, where: LocalStore, name: str, pages: bytes) -> None:
    shelves.LETTERS.put(where, name, pages)
    unkept = {name}

    def keep(_tx: Session) -> None:
        unkept.clear()

    def forget(_tx: Session) -> None:
        if unkept:
            unkept.clear()
            shelves.LETTERS.remove(where, name)

    event.listen(tx, "after_commit", keep)
    event.listen(tx, "after_rollback", forget)

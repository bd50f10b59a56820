"""A colleague writes an official letter on a case: one to each applicant, and word of it to all of them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from obstore.store import LocalStore
from sqlmodel import Session

from db.models import Case, Letter, Submission
from db.queries import cases, letters, people
from portal.rules import permissions
from portal.rules.refusal import Refused, msgid
from portal.services import _letter_words as said
from portal.services import official, outbox
from portal.services.accounts import SignedIn
from portal.services.casework import Outdated
from portal.services.official import Content
from portal.services.townbook import Town

# What a letter that changes nothing but what the applicant knows may be; the others belong to an act of the law.
FREE: Mapping[str, str] = MappingProxyType(
    {
        "letter": msgid("Bilgilendirme yazısı"),
        "question": msgid("Eksik bilgi, belge veya imza isteği"),
        "progress": msgid("İşlemin safahatını bildiren yazı"),
    }
)


@dataclass(frozen=True)
class Draft:
    """A letter to one applicant that has not been sent."""

    submission: Submission
    content: Content


def draft(
    tx: Session, case: Case, kind: str, *, subject: str, words: str, by: SignedIn, town: Town, now: datetime
) -> tuple[Draft, ...]:
    """The letter as each applicant would get it."""
    permissions.require(by, "case.reply", case)
    if kind not in FREE:
        raise Refused("Yazının türünü seçin.", field="kind")
    if kind == "progress" and case.legal_type == "petition":
        raise Refused("Dilekçede işlemin safahatı “Yasal işlemler” sayfasından bildirilir.", field="kind")
    submissions = cases.submissions(tx, case)
    persons = people.by_id(tx, [each.person_id for each in submissions])
    applications = letters.applications(tx, case.id or 0)
    return tuple(
        Draft(
            each,
            official.compose(
                kind,
                case,
                each,
                persons.get(each.person_id or 0),
                applications.get(each.id or 0),
                town=town,
                by=by,
                now=now,
                words=words,
                subject=subject,
            ),
        )
        for each in submissions
    )


def digest(drafts: Sequence[Draft]) -> str:
    """Names exactly these words, so that nothing else is sent than what was seen."""
    words = json.dumps([each.content.to_json() for each in drafts], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def send(
    tx: Session,
    case: Case,
    drafts: Sequence[Draft],
    *,
    seen: int,
    seen_words: str,
    store: LocalStore,
    by: SignedIn,
    town: Town,
    now: datetime,
) -> tuple[Letter, ...]:
    """Issue the letters that were previewed, write it on the timeline and tell the applicants."""
    permissions.require(by, "case.reply", case)
    if digest(drafts) != seen_words:
        raise Refused("Yazı önizlemeden sonra değişti. Yeniden okuyup öyle gönderin.", field="words")
    if case.version != seen or not cases.change(tx, case, seen=seen, now=now):
        raise Outdated
    issued = tuple(
        official.issue(tx, case, each.submission, each.content, store=store, by=by, now=now) for each in drafts
    )
    cases.add_event(
        tx,
        case,
        "letter",
        actor="staff",
        now=now,
        by_id=by.id,
        words=f"{issued[0].number} · {issued[0].subject}" if len(issued) == 1 else issued[0].subject,
        is_public=True,
        facts={"letters": [each.number for each in issued]},
    )
    for each, letter in zip(drafts, issued, strict=True):
        tell(tx, case, each.submission, letter, town=town, now=now)
    return issued


def tell(
    tx: Session,
    case: Case,
    submission: Submission,
    letter: Letter,
    *,
    town: Town,
    now: datetime,
    is_answer: bool = False,
) -> None:
    """Tell one applicant that a letter is on their page; who cannot be written to is owed a call."""
    person_ids = [submission.person_id]
    outbox.tell(
        tx,
        case,
        submission,
        "paper",
        person=people.by_id(tx, person_ids).get(submission.person_id or 0),
        points=people.contact_points(tx, person_ids),
        town=town,
        now=now,
        words=said.TOLD["en" if submission.language == "en" else "tr"].format(
            number=letter.number, subject=letter.subject
        ),
        is_answer=is_answer,
    )

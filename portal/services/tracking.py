"""What became of a report: for anybody who knows its number, and more for those who can show that it is theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from db.engine import Database
from db.models import Attachment, Case, CaseEvent, Clock, Draft, Enclosure, Letter, Submission
from db.queries import access, casefile, cases, people, post
from portal.rules import permissions, references
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound, Refused, msgid
from portal.services import attachments, counts, inbox, signatures, throttle
from portal.services.attachments import Picture
from portal.services.throttle import Budget
from portal.services.townbook import Town

TRIES_WITHIN = timedelta(hours=1)
TRIES_PER_REFERENCE = 5
TRIES_PER_ADDRESS = 20
TOO_MANY = msgid("Çok sayıda hatalı deneme yapıldı. Bir saat sonra yeniden deneyin.")
_LONGEST_KEY = 300

Moves = tuple[int, Sequence[datetime]]


@dataclass(frozen=True)
class Tracked:
    """A report as one reader may see it: `is_own` is for whoever holds its key."""

    case: Case
    submission: Submission
    events: Sequence[CaseEvent]
    is_own: bool = False
    photos: Sequence[Attachment] = ()
    papers: Sequence[Letter] = ()
    clocks: Sequence[Clock] = ()
    extensions: Mapping[int, int] = field(default_factory=dict)
    enclosures: Sequence[Enclosure] = ()
    is_unsigned: bool = False

    @property
    def moves(self) -> Moves:
        """What moves whenever this does; a changed calendar moves dates without spending a version."""
        return self.case.version, [each.due_at for each in self.clocks]


def moves(db: Database, reference: str) -> Moves | None:
    """The same for the report under a reference as it is now, for little."""
    return casefile.moves(db, reference)


def look(tx: Session, reference: str, *, key: str = "") -> Tracked:
    """The report under a reference; its contents only with its key."""
    shown = casefile.read_public(tx, reference)
    if shown is None:
        raise NotFound
    case, submission = shown.case, shown.submission
    seen = Tracked(
        case, submission, shown.events, clocks=shown.clocks, extensions=counts.extensions(case, shown.clocks)
    )
    if not _opens(key, submission):
        return seen
    file = casefile.read(tx, case.id)
    events = {event.id for event in shown.events}
    return replace(
        seen,
        is_own=True,
        photos=[each for each in file.attachments if _is_theirs(each, submission, events)],
        papers=[each for each in file.letters if each.submission_id == submission.id],
        enclosures=[each for each in file.enclosures if each.submission_id == submission.id],
        is_unsigned=signatures.missing_of(file.duties) is not None,
    )


def rows_of(tx: Session, reference: str) -> tuple[Case, Submission]:
    """The case and the submission of a reference themselves, for a change; nobody's rights are asked here."""
    found = cases.with_submission(tx, reference)
    if found is None:
        raise NotFound
    return found


def look_own(tx: Session, reference: str, *, key: str) -> Tracked:
    """The report that the key opens, with its contents; otherwise not found."""
    opened(tx, reference, key)
    return look(tx, reference, key=key)


def opened(tx: Session, reference: str, key: str) -> tuple[Case, Submission]:
    """The case and the submission that the key opens; a wrong key and an unknown number are both not found."""
    found = cases.opened(tx, reference, references.key_hash(key))
    if found is None:
        raise NotFound
    return found


def opens(tx: Session, reference: str, key: str) -> bool:
    """Whether the key belongs to the report; an unknown number is opened by nothing."""
    return cases.opened(tx, reference, references.key_hash(key)) is not None


def ways_to(tx: Session, tracked: Tracked) -> dict[str, str]:
    """How the applicant can be reached: at most one address of each kind."""
    return {point.kind: point.value for point in people.contact_points(tx, [tracked.submission.person_id])}


def key_for(tx: Session, reference: str, *, secret: bytes) -> str:
    """The key of a report, for a reader who has already shown that it is theirs."""
    submission = cases.submission(tx, reference)
    if submission is None:
        raise NotFound
    return references.derive_key(secret, reference, submission.key_nonce)


def unlock(db: Database, reference: str, last4: str, *, address: str, secret: bytes, now: datetime) -> str:
    """The key of a report for whoever knows the end of its telephone number. Every refusal looks alike."""
    budgets = (
        # An address holds as many letters as somebody types.
        Budget("unlock", reference[:_LONGEST_KEY], TRIES_PER_REFERENCE, TRIES_WITHIN),
        Budget("unlock-from", address[:_LONGEST_KEY], TRIES_PER_ADDRESS, TRIES_WITHIN),
    )
    spent = throttle.spend(db, budgets, now=now, refusal=throttle.TooMany(TOO_MANY, field="last4"))
    with db.reading() as tx:
        submission = cases.submission(tx, reference)
        is_right = submission is not None and last4 in _last_digits(tx, submission)
    if submission is not None and is_right:
        with db.transaction() as tx:
            access.take_back_tries(tx, spent)
        return references.derive_key(secret, reference, submission.key_nonce)
    raise Refused("Bu rakamlarla açılamadı. Başvuruda verdiğiniz telefonun son dört rakamını yazın.", field="last4")


def add_information(
    tx: Session,
    reference: str,
    words: str,
    *,
    key: str,
    form_id: str,
    pictures: Sequence[Picture],
    town: Town,
    now: datetime,
) -> bool:
    """Put an applicant's words and photos on their case; false when this very form was already received."""
    case, submission = opened(tx, reference, key)
    # A colleague may be at the same case: their change is waited for, never a reason to send a citizen back.
    tx.refresh(case, with_for_update=True)
    own_form = f"{submission.id}:{form_id}"
    if not inbox.add_information(tx, case, submission, words, form_id=own_form, town=town, now=now):
        return False
    for each in pictures:
        attachments.add_to_case(tx, case, each, submission=submission, now=now)
    return True


def opened_by(tx: Session, keys: Mapping[str, str]) -> list[Submission]:
    """The submissions that these keys open."""
    found = ((cases.submission(tx, reference), key) for reference, key in keys.items())
    return [each for each, key in found if each is not None and _opens(key, each)]


def photo(
    tx: Session, name: str, *, draft: Draft | None = None, own: Sequence[Submission] = (), clerk: Actor | None = None
) -> Attachment:
    """A photo for who has it in an unfinished form, has opened these submissions, or is this colleague.

    Otherwise not found. Who may see it is decided where it is looked up: a photo of others takes as long as none.
    """
    found = post.photo(
        tx,
        name,
        draft_id=draft.id if draft else None,
        submissions=[each.id or 0 for each in own],
        cases=[each.case_id for each in own],
        departments=permissions.visible_departments(clerk) if clerk else frozenset(),
        special=permissions.departments_for(clerk, "special.view") if clerk else frozenset(),
    )
    if found is None:
        raise NotFound
    return found


def _opens(key: str, submission: Submission) -> bool:
    return bool(key) and references.matches(key, submission.key_hash)


def _is_theirs(attachment: Attachment, submission: Submission, shown: set[int | None]) -> bool:
    """Their own photo, or one that belongs to a public line of the timeline; never another applicant's."""
    if attachment.submission_id is not None:
        return attachment.submission_id == submission.id
    return attachment.event_id is not None and attachment.event_id in shown


def _last_digits(tx: Session, submission: Submission) -> set[str]:
    return {point.last4 for point in people.contact_points(tx, [submission.person_id]) if point.kind == "phone"}

"""Documents the town gives with its answer: laid beside the case first, the applicant's from the decision on."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from db.models import Case, Enclosure
from db.queries import cases
from db.queries import enclosures as stored
from portal.rules import lifecycle, permissions
from portal.rules.refusal import NotFound, Refused
from portal.services.accounts import SignedIn
from portal.services.casework import Outdated
from portal.services.enclosures import File

ANSWER = "answer"
MOST_DOCUMENTS = 20


def waiting(tx: Session, case: Case) -> Sequence[Enclosure]:
    """What lies ready to be given with the decision; the applicant does not see it yet."""
    files = stored.of_case(tx, case.id or 0)
    return [each for each in files if each.purpose == ANSWER and each.submission_id is None]


def add(tx: Session, case: Case, file: File, *, seen: int, by: SignedIn, now: datetime) -> None:
    """Lay a document ready. The file itself is stored by the caller before this is kept."""
    permissions.require(by, "case.move", case)
    if not lifecycle.is_open(case.status):
        raise Refused("Sonuçlanmış bir başvuruya belge eklenemez.", field="file_answer")
    ready = waiting(tx, case)
    if len(ready) >= MOST_DOCUMENTS:
        raise Refused("En fazla %(most)s belge verilebilir.", field="file_answer", most=MOST_DOCUMENTS)
    if any(each.sha256 == file.sha256 for each in ready):
        raise Refused("Bu dosya zaten eklenmiş.", field="file_answer")
    tx.add(
        Enclosure(
            name=file.name,
            case_id=case.id,
            purpose=ANSWER,
            original_name=file.original_name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            created_at=now,
        )
    )
    _keep(tx, case, seen=seen, now=now)


def remove(tx: Session, case: Case, name: str, *, seen: int, by: SignedIn, now: datetime) -> None:
    """Take back a document that was laid ready; what was given already stays."""
    permissions.require(by, "case.move", case)
    found = next((each for each in waiting(tx, case) if each.name == name), None)
    if found is None:
        raise NotFound
    stored.forget(tx, found)
    _keep(tx, case, seen=seen, now=now)


def give(tx: Session, case: Case, submission_id: int) -> None:
    """From now on the documents are the applicant's."""
    for each in waiting(tx, case):
        each.submission_id = submission_id
    tx.flush()


def _keep(tx: Session, case: Case, *, seen: int, now: datetime) -> None:
    tx.flush()
    if case.version != seen or not cases.change(tx, case, seen=seen, now=now):
        raise Outdated

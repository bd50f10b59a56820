"""Photos as we keep them: re-encoded, in two sizes, without anything the camera wrote into them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from obstore.store import LocalStore
from sqlmodel import Session

from db.models import Attachment, Case, Draft, Submission
from db.queries import post
from portal.rules.refusal import Refused
from portal.rules.reporting import MOST_PHOTOS
from portal.services import shelves

MOST_BYTES = 15_000_000
MEDIA_TYPE = "image/webp"


@dataclass(frozen=True)
class Picture:
    """A photo ready to be kept, and what its camera knew."""

    name: str
    original_name: str
    large: bytes
    small: bytes
    width: int
    height: int
    latitude: float | None = None
    longitude: float | None = None
    taken_at: datetime | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.large).hexdigest()


def read(content: bytes, original_name: str) -> Picture:
    """The photo as we keep it, or a refusal that names the file and says why. Slow: never inside a transaction."""
    name = _short(original_name)
    if not content:
        raise Refused("“%(name)s” boş bir dosya.", "photos", name=name)
    if len(content) > MOST_BYTES:
        raise Refused(
            "“%(name)s” çok büyük; bir fotoğraf en fazla %(most)s MB olabilir.",
            "photos",
            name=name,
            most=MOST_BYTES // 1_000_000,
        )
    # The decoders take a tenth of a second and some megabytes to load, which only a photo is worth.
    from portal.services import decoding

    return decoding.decode(content, name)


def store(folder: Path) -> LocalStore:
    """Where photos lie."""
    return shelves.PHOTOS.store(folder)


def put(where: LocalStore, picture: Picture) -> None:
    """Write both sizes. Done before the row is committed, so that no row ever names a photo that is not there."""
    shelves.PHOTOS.put(where, picture.name, picture.large, picture.small)


def fetch(where: LocalStore, name: str, *, small: bool = False) -> bytes:
    """The stored photo in one of its sizes."""
    return shelves.PHOTOS.fetch(where, name, 1 if small else 0)


def remove(where: LocalStore, name: str) -> None:
    """Forget a photo in both sizes."""
    shelves.PHOTOS.remove(where, name)


def add_to_draft(tx: Session, draft: Draft, picture: Picture, *, now: datetime) -> Attachment | None:
    """Put a photo into an unfinished form; None when this very photo is already in it."""
    already = post.draft_attachments(tx, draft.id or 0)
    if any(each.sha256 == picture.sha256 for each in already):
        return None
    if len(already) >= MOST_PHOTOS:
        raise Refused(
            "“%(name)s” eklenmedi; en fazla %(most)s fotoğraf gönderebilirsiniz.",
            "photos",
            name=picture.original_name,
            most=MOST_PHOTOS,
        )
    return _add(tx, picture, now=now, draft_id=draft.id)


def add_to_case(
    tx: Session, case: Case, picture: Picture, *, submission: Submission | None = None, now: datetime
) -> Attachment:
    """Put a photo on a case, for the applicant it belongs to."""
    return _add(tx, picture, now=now, case_id=case.id, submission_id=submission.id if submission else None)


def take_from_draft(tx: Session, draft: Draft, name: str) -> bool:
    """Take a photo out of an unfinished form; false when it is not in it."""
    found = next((each for each in post.draft_attachments(tx, draft.id or 0) if each.name == name), None)
    if found is None:
        return False
    tx.delete(found)
    return True


def _add(tx: Session, picture: Picture, *, now: datetime, **owner: int | None) -> Attachment:
    attachment = Attachment(
        name=picture.name,
        original_name=picture.original_name,
        media_type=MEDIA_TYPE,
        size=len(picture.large),
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        latitude=picture.latitude,
        longitude=picture.longitude,
        taken_at=picture.taken_at,
        created_at=now,
        **owner,
    )
    tx.add(attachment)
    tx.flush()
    return attachment


def _short(original_name: str) -> str:
    """The name a person knows the file by: no folders, nothing unprintable, not too long."""
    last = original_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:80] or "foto"

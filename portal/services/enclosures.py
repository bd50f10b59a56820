"""Files applicants enclose, kept exactly as they came: a signature does not survive a change."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from obstore.store import LocalStore
from sqlmodel import Session

from db.models import Draft, Enclosure
from db.queries import enclosures as stored
from portal.rules import permissions
from portal.rules.applications import CMS, PDF, Enclosed
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound, Refused
from portal.services import casework, shelves, tracking

MOST_BYTES = 15_000_000
MOST_FILES = 5
PURPOSES = ("signature", "authority", "other")

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ENDINGS = {PDF: (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/webp": (".webp",)}
_ENDINGS[CMS] = (".p7m", ".p7s", ".imz")


@dataclass(frozen=True)
class File:
    """What is known of a file; its octets are not held, for several of fifteen megabytes may come at once."""

    name: str
    purpose: str
    original_name: str
    media_type: str
    size: int
    sha256: str


def read(content: bytes, original_name: str, purpose: str) -> File:
    """What a file is, or a refusal that names it. Its first bytes say so; its name may lie."""
    field, name = f"file_{purpose}", _short(original_name)
    if not content:
        raise Refused("“%(name)s” boş bir dosya.", field, name=name)
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise Refused("“%(name)s” çok büyük; bir dosya en fazla %(most)s MB olabilir.", field, name=name, most=most)
    media_type = type_of(content)
    if not media_type:
        raise Refused(
            "“%(name)s” eklenmedi. PDF, JPEG, PNG, WebP ya da elektronik imzalı .p7m veya .p7s dosyası seçin.",
            field,
            name=name,
        )
    return File(
        secrets.token_hex(16),
        purpose,
        _with_ending(name, media_type),
        media_type,
        len(content),
        hashlib.sha256(content).hexdigest(),
    )


def type_of(content: bytes) -> str:
    """What a file is by its first bytes; nothing for what is not taken.

    Office files can carry programs and many-paged TIFFs cannot be opened by every desk: neither is taken.
    """
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    # PKCS #7 (.p7m, .p7s): a sequence that begins by naming itself signed data.
    if content[:1] == b"\x30" and _SIGNED_DATA in content[:20]:
        return CMS
    return ""


def store(folder: Path) -> LocalStore:
    """Where enclosures lie."""
    return shelves.ENCLOSURES.store(folder)


def put(where: LocalStore, file: File, content: bytes) -> None:
    """Write a file. Done before its row is committed, so that no row ever names a file that is not there."""
    shelves.ENCLOSURES.put(where, file.name, content)


def fetch(where: LocalStore, name: str) -> bytes:
    return shelves.ENCLOSURES.fetch(where, name)


def remove(where: LocalStore, name: str) -> None:
    """Forget a file; one that is gone already is forgotten."""
    shelves.ENCLOSURES.remove(where, name)


def add_to_draft(tx: Session, draft: Draft, file: File, *, now: datetime) -> Enclosure | None:
    """Put a file into an unfinished form; None when this very file already lies there for the same purpose."""
    already = stored.of_draft(tx, draft.id or 0)
    if any((each.sha256, each.purpose) == (file.sha256, file.purpose) for each in already):
        return None
    if len(already) >= MOST_FILES:
        raise Refused(
            "“%(name)s” eklenmedi; en fazla %(most)s dosya gönderebilirsiniz.",
            f"file_{file.purpose}",
            name=file.original_name,
            most=MOST_FILES,
        )
    enclosure = Enclosure(
        name=file.name,
        draft_id=draft.id,
        purpose=file.purpose,
        original_name=file.original_name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        created_at=now,
    )
    tx.add(enclosure)
    tx.flush()
    return enclosure


def take_from_draft(tx: Session, draft: Draft, names: Sequence[str]) -> list[str]:
    """Take files out of an unfinished form; answers with those that were in it."""
    taken = [each for each in stored.of_draft(tx, draft.id or 0) if each.name in names]
    for each in taken:
        tx.delete(each)
    tx.flush()
    return [each.name for each in taken]


def for_clerk(tx: Session, reference: str, name: str, *, by: Actor) -> Enclosure:
    """A file on a case this colleague may read; otherwise not found."""
    case = casework.visible(tx, reference, to=by)
    if case.is_special and not permissions.may(by, "special.view", case):
        raise NotFound
    return _found(each for each in stored.of_case(tx, case.id or 0) if each.name == name)


def for_applicant(tx: Session, reference: str, name: str, *, key: str) -> Enclosure:
    """A file its sender opens again with the key; nobody else's, and otherwise not found."""
    case, submission = tracking.opened(tx, reference, key)
    own = stored.of_case(tx, case.id or 0)
    return _found(each for each in own if each.name == name and each.submission_id == submission.id)


def _found(files: Iterable[Enclosure]) -> Enclosure:
    for each in files:
        return each
    raise NotFound


def enclosed(files: Sequence[Enclosure]) -> tuple[Enclosed, ...]:
    """The files as the rules see them."""
    return tuple(Enclosed(each.purpose, each.media_type) for each in files)


def _short(original_name: str) -> str:
    """The name a person knows the file by: no folders, nothing unprintable, not too long."""
    last = original_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?').strip(". ")[:80]


def _with_ending(name: str, media_type: str) -> str:
    """Whoever opens the file later gets what it is, whatever its sender called it."""
    endings = _ENDINGS[media_type]
    return name if name.lower().endswith(endings) else f"{name or 'dosya'}{endings[0]}"

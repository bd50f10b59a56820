"""Photos as we keep them: re-encoded, in two sizes, without anything the camera wrote into them."""

import hashlib
import math
import secrets
import struct
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import obstore
import pillow_heif
from obstore.store import LocalStore
from PIL import ExifTags, Image, ImageOps
from sqlmodel import Session

from db.models import Attachment, Case, Draft, Submission
from db.queries import post
from portal.clock import ISTANBUL
from portal.rules.refusal import Refused
from portal.rules.reporting import MOST_PHOTOS
from portal.services import shelves

MOST_BYTES = 15_000_000
MOST_PIXELS = 50_000_000
LARGE, SMALL = 1600, 320
MEDIA_TYPE = "image/webp"

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_QUALITY = 80

# Pillow refuses at twice its limit and only warns before; below, the limit itself is checked.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
pillow_heif.register_heif_opener()

# A photo takes up to 200 MB while it is read; two at a time leave room for everybody else.
_at_work = threading.BoundedSemaphore(2)

# Everything the decoders raise for files that are broken, by accident or on purpose.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
)


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
    with _at_work:
        return _read(content, name)


def store(folder: Path) -> LocalStore:
    """Where photos lie: a folder now, a bucket behind the same interface when there are several machines."""
    return _store(folder / "photos")


def paths(name: str) -> tuple[str, ...]:
    """Where a photo lies in its store, the large one first."""
    return _path(name), _path(name, small=True)


def put(where: LocalStore, picture: Picture) -> None:
    """Write both sizes. Done before the row is committed, so that no row ever names a photo that is not there."""
    shelves.put(where, _path(picture.name), picture.large)
    shelves.put(where, _path(picture.name, small=True), picture.small)


def fetch(where: LocalStore, name: str, *, small: bool = False) -> bytes:
    """The stored photo in one of its sizes."""
    return bytes(obstore.get(where, _path(name, small=small)).bytes())


def remove(where: LocalStore, name: str) -> None:
    """Forget a photo in both sizes."""
    obstore.delete(where, [_path(name), _path(name, small=True)])


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


def _read(content: bytes, name: str) -> Picture:
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            _check(opened, name)
            facts = _facts(opened)
            large = _plain(opened)
    except Image.DecompressionBombError as no:
        raise _too_many_pixels(name) from no
    except _BROKEN as no:
        raise Refused(
            "“%(name)s” okunamadı. JPEG, PNG, WebP veya HEIC biçiminde, bozulmamış bir fotoğraf seçin.",
            "photos",
            name=name,
        ) from no
    small = large.copy()
    small.thumbnail((SMALL, SMALL))
    return Picture(
        name=secrets.token_hex(16),
        original_name=name,
        large=_encoded(large),
        small=_encoded(small),
        width=large.width,
        height=large.height,
        **facts,
    )


def _check(opened: Image.Image, name: str) -> None:
    """What can be said before a single pixel is unpacked."""
    if opened.width * opened.height > MOST_PIXELS:
        raise _too_many_pixels(name)
    # Telephones put a second picture into JPEG and HEIC files; only the others can move.
    if opened.format in ("PNG", "WEBP") and getattr(opened, "is_animated", False):
        raise Refused("“%(name)s” hareketli bir görüntü; tek kare bir fotoğraf seçin.", "photos", name=name)


def _too_many_pixels(name: str) -> Refused:
    return Refused(
        "“%(name)s” çok fazla piksel içeriyor; en fazla %(most)s megapiksellik bir fotoğraf seçin.",
        "photos",
        name=name,
        most=MOST_PIXELS // 1_000_000,
    )


def _plain(opened: Image.Image) -> Image.Image:
    """Upright, at most 1600 pixels a side, and nothing but colours."""
    share = min(1.0, LARGE / max(opened.size))
    # JPEG can be unpacked at a half, a quarter or an eighth: a third of the time and memory.
    opened.draft(None, (max(1, round(opened.width * share)), max(1, round(opened.height * share))))
    opened.thumbnail((LARGE, LARGE))
    upright = ImageOps.exif_transpose(opened)
    plain = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain.paste(upright.convert("RGB"))
    return plain


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()


def _facts(opened: Image.Image) -> dict[str, Any]:
    """Where and when the photo was taken. A camera that writes nonsense is a camera that does not know."""
    try:
        exif = opened.getexif()
        place, camera = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)
    except _BROKEN:
        return {}
    return {**_place(place), "taken_at": _moment(camera)}


def _place(gps: Mapping[int, Any]) -> dict[str, float]:
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return {}
    on_earth = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    return {"latitude": round(lat, 6), "longitude": round(lon, 6)} if on_earth else {}


def _degrees(parts: Any, is_negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    found = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(found):
        raise ValueError("not a number of degrees")
    return -found if is_negative else found


def _moment(camera: Mapping[int, Any]) -> datetime | None:
    taken = str(camera.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        if offset:
            return datetime.strptime(f"{taken}{offset}", "%Y:%m:%d %H:%M:%S%z").astimezone(UTC)
        return datetime.strptime(taken, "%Y:%m:%d %H:%M:%S").replace(tzinfo=ISTANBUL).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _short(original_name: str) -> str:
    """The name a person knows the file by: no folders, nothing unprintable, not too long."""
    last = original_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:80] or "foto"


@cache
def _store(folder: Path) -> LocalStore:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


def _path(name: str, *, small: bool = False) -> str:
    return f"{name[:2]}/{name}{'-small' if small else ''}.webp"

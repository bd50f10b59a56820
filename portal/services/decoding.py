"""What a camera wrote, read: nothing of it is kept but the colours, the place and the moment."""

import math
import secrets
import struct
import threading
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from portal.clock import ISTANBUL
from portal.rules.refusal import Refused
from portal.services.attachments import Picture

MOST_PIXELS = 50_000_000
LARGE, SMALL = 1600, 320

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


def decode(content: bytes, name: str) -> Picture:
    """The photo in both sizes, or a refusal that says what is wrong with the file of this name."""
    with _at_work:
        return _decode(content, name)


def _decode(content: bytes, name: str) -> Picture:
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

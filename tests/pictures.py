"""Photos as people send them, good and bad."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()

# A place in the town's Tacin neighbourhood, one in a village outside the town, one in the capital.
IN_TOWN = (38.3686, 34.0297)
IN_A_VILLAGE = (38.45, 33.75)
IN_ANKARA = (39.92, 32.85)


def photo(
    size: tuple[int, int] = (800, 600),
    *,
    kind: str = "JPEG",
    at: tuple[float, float] | None = None,
    orientation: int = 1,
    colour: str = "green",
    taken: str = "",
) -> bytes:
    """A photo with what a telephone writes into it; its left half is of another colour."""
    picture = Image.new("RGB", size, colour)
    picture.paste("orange", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Telefon"
    exif[ExifTags.Base.Orientation] = orientation
    if at:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: _parts(at[0]), 3: "E", 4: _parts(at[1])})
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    return encoded(picture, kind, exif=exif)


def encoded(picture: Image.Image, kind: str, **facts: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **facts)
    return out.getvalue()


def moving(kind: str) -> bytes:
    """A picture that moves."""
    return encoded(Image.new("RGB", (30, 20)), kind, save_all=True, append_images=[Image.new("RGB", (30, 20), "red")])


def huge_png(side: int = 30_000) -> bytes:
    """A hundred kilobytes that unpack to nine hundred million pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 2)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def upload(content: bytes, name: str = "IMG_2041.jpg", media_type: str = "image/jpeg") -> tuple[str, bytes, str]:
    """A file as a form sends it."""
    return (name, content, media_type)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = (degrees - int(degrees)) * 60
    return (float(int(degrees)), float(int(minutes)), (minutes - int(minutes)) * 60)

"""Files that are not what they say (A8): some sixty, made here, given to both doors that take files.

.venv/bin/python -m tests.drills.uploads --folder /tmp/uploads

Each goes to the photo step of a report and to the enclosures of an application, through the pages, in a process of its
own limits: what is taken must be served as a re-encoded picture, or as something to save that no browser opens; what is
not taken leaves nothing behind. Memory and processor time are measured for each.
"""

import gzip
import re
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests import pictures
from tests.drills import score
from tests.drills.malformed import resident
from tests.drills.score import Line
from tests.probe import HOST, TOKEN, Answer, Visitor
from tests.world import World, of_engine

CANARY = b"kanarya-7431"
MOST_MEGABYTES = 300
MOST_SECONDS = 2.0
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<!doctype html><script>alert(1)</script>" + CANARY
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            lines += upload_all(world, files(), f" on {engine}")
    return score.finish(lines, asked)


def upload_all(world: World, given: Mapping[str, tuple[str, str, bytes]], where: str = "") -> list[Line]:
    """Every file at both doors."""
    safe, wrong, stripped, within = 0, [], 0, 0
    base = resident()
    notes: list[str] = []
    for name, (filename, media_type, content) in given.items():
        cpu = time.process_time()
        shown = _as_photo(world, filename, media_type, content) + _as_enclosure(world, filename, media_type, content)
        spent = time.process_time() - cpu
        grown = resident() - base
        faults = [each for each in shown if not _is_harmless(each)]
        safe += not faults
        wrong += [f"{name}: {faults[0].status} {faults[0].header('content-type')}"] if faults else []
        pictures_kept = [each.body for each in shown if each.kind == "image/webp"]
        stripped += all(CANARY not in body and b"EXIF" not in body and b"GPS" not in body for body in pictures_kept)
        is_within = spent < MOST_SECONDS and grown < MOST_MEGABYTES
        within += is_within
        notes += [] if is_within else [f"{name}: {spent:.1f} s, {grown:.0f} MB"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    left = _left_behind(world)
    n = len(given)
    return [
        Line("A8", f"files served only re-encoded or to be saved{where}", n, safe, "; ".join(wrong[:4])),
        Line("A8", f"nothing of the camera in what is shown{where}", n, stripped),
        Line(
            "A8",
            f"under 2 s of processor time and 300 MB{where}",
            n,
            within,
            "; ".join(notes[:4]) or f"peak of everything {peak:.0f} MB",
        ),
        Line("A8", f"stored files have names of ours and no other ending{where}", len(left), sum(map(_is_ours, left))),
    ]


def _as_photo(world: World, filename: str, media_type: str, content: bytes) -> list[Answer]:
    """What the photo step answers, and every picture it then shows."""
    visitor = world.probe.visitor()
    answer = _send(world, visitor, "/bildir/foto", "photos", filename, media_type, content, {"act": "stay"})
    page = world.probe.get("/bildir/foto", visitor)
    names = sorted(set(re.findall(r"/foto/([0-9a-f]{32})", page.text)))
    return [
        answer,
        page,
        *(world.probe.get(f"/foto/{name}{size}", visitor) for name in names for size in ("", "/kucuk")),
    ]


def _as_enclosure(world: World, filename: str, media_type: str, content: bytes) -> list[Answer]:
    """What the form of an application answers; what was taken is looked at as its applicant and as the desk."""
    visitor = world.probe.visitor()
    shown = [_send(world, visitor, "/bilgi-edinme", "file_other", filename, media_type, content, _APPLICANT)]
    reference = shown[0].location.rpartition("/")[2]
    if shown[0].status != 303 or not reference.isdigit():
        return shown
    page = world.probe.get(f"/takip/{reference}", visitor)
    for name in sorted(set(re.findall(rf"/takip/{reference}/ek/([0-9a-f]{{32}})", page.text))):
        shown.append(world.probe.get(f"/takip/{reference}/ek/{name}", visitor))
        shown.append(world.probe.get(f"/masa/basvuru/{reference}/ek/{name}", world.person("coordinator")))
    return [*shown, page]


_APPLICANT = {
    "name": "Ayşe Yılmaz",
    "national_id": "10000000146",
    "address": "Tacin Mah. 4516. Sok. No: 12/3, Merkez/Aksaray",
    "email": "ayse@ornek.com.tr",
    "phone": "0532 123 45 67",
    "words": "2026 yılında park yapımına harcanan toplam tutarın bildirilmesini istiyorum.",
    "access": "email",
    "signature": "kep",
    "kep_address": "ayse.yilmaz@hs01.kep.tr",
    "kep_number": "KEP-2026-4711",
}


def _send(
    world: World,
    visitor: Visitor,
    there: str,
    field: str,
    filename: str,
    media_type: str,
    content: bytes,
    more: Mapping[str, str],
) -> Answer:
    parts = [
        f'--grenze\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {TOKEN: visitor.token, **more}.items()
    ]
    head = f'--grenze\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n'
    head += f"Content-Type: {media_type}\r\n\r\n"
    body = b"".join(parts) + head.encode("utf-8", "surrogatepass") + content + b"\r\n--grenze--\r\n"
    headers = {
        "content-type": "multipart/form-data; boundary=grenze",
        "origin": f"http://{HOST}",
        "sec-fetch-site": "same-origin",
    }
    answer = world.probe.ask("POST", there, visitor, body, headers)
    visitor.cookies |= {name: value for name, value in answer.cookies.items() if value}
    return answer


def _is_harmless(answer: Answer) -> bool:
    """A page of ours, a picture we made, or something no browser opens."""
    if answer.status >= 500 or (CANARY in answer.body and answer.kind == "text/html"):
        return False
    if answer.kind in ("text/html", "image/webp") or answer.status >= 300:
        return answer.header("x-content-type-options") == "nosniff"
    way = answer.header("content-disposition")
    is_saved = way.startswith("attachment") and "\r" not in way and "\n" not in way
    return (
        is_saved
        and answer.header("x-content-type-options") == "nosniff"
        and "sandbox" in answer.header("content-security-policy")
    )


def _left_behind(world: World) -> list[Path]:
    return [
        each
        for each in world.folder.rglob("*")
        if each.is_file() and each.parent.parent.name in ("photos", "enclosures")
    ]


def _is_ours(path: Path) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{32}(-small)?(\.webp)?", path.name)) and not path.stat().st_mode & 0o111


def files() -> dict[str, tuple[str, str, bytes]]:
    """Name of the trick, name of the file, what its sender calls it, and its octets."""
    good = pictures.photo((400, 300), at=pictures.IN_TOWN, taken="2026:11:16 10:00:00")
    png = pictures.encoded(Image.new("RGB", (50, 40), "red"), "PNG")
    found: dict[str, tuple[str, str, bytes]] = {"a photo with its place": ("a.jpg", "image/jpeg", good)}
    bodies = {
        "html": HTML,
        "svg": SVG,
        "php": b"<?php system($_GET[0]); ?>",
        "eicar": EICAR,
        "htaccess": b"AddType application/x-httpd-php .jpg",
        "script": b"#!/bin/sh\ntouch /tmp/x\n",
        "exe": b"MZ" + bytes(200),
        "elf": b"\x7fELF" + bytes(200),
        "xml": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    }
    for name, body in bodies.items():
        found[f"{name} as itself"] = (f"x.{name}", "application/octet-stream", body)
        found[f"{name} called JPEG"] = ("x.jpg", "image/jpeg", body)
        found[f"{name} after a JPEG"] = ("x.jpg", "image/jpeg", good + body + CANARY)
        found[f"{name} after a PDF's head"] = ("x.pdf", "application/pdf", b"%PDF-1.7\n" + body)
    for name in (
        "../../../etc/passwd.jpg",
        "..\\..\\x.jpg",
        "/etc/cron.d/x.jpg",
        "x.php.jpg",
        "x.jpg.php",
        "x.jpg\0.php",
        ".htaccess",
        "con.jpg",
        "a" * 400 + ".jpg",
        'x";filename="y.html',
        "\u202egpj.exe",
        "x.jpg%00.html",
        "<img src=x>.jpg",
        "${jndi:ldap://x}.jpg",
        "-rf.jpg",
    ):
        found[f"named {name[:20]!r}"] = (name, "image/jpeg", good)
    found |= {
        "no octet": ("x.jpg", "image/jpeg", b""),
        "one octet": ("x.jpg", "image/jpeg", b"\xff"),
        "a JPEG cut off": ("x.jpg", "image/jpeg", good[: len(good) // 2]),
        "a JPEG's head only": ("x.jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
        "a PNG cut off": ("x.png", "image/png", png[:-20]),
        "fifty thousand a side": ("x.png", "image/png", _flat_png(50_000)),
        "thirty thousand a side": ("x.png", "image/png", pictures.huge_png()),
        "seven thousand a side": ("x.png", "image/png", _flat_png(7_000)),
        "a PNG that says a lie": ("x.png", "image/png", png[:16] + struct.pack(">II", 60000, 60000) + png[24:]),
        "a text that unpacks": ("x.png", "image/png", _with_text(png, zlib.compress(bytes(100_000_000)))),
        "a profile that unpacks": (
            "x.png",
            "image/png",
            _with_chunk(png, b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000))),
        ),
        "a moving GIF": (
            "x.gif",
            "image/gif",
            pictures.encoded(
                Image.new("P", (30, 20)), "GIF", save_all=True, append_images=[Image.new("P", (30, 20), 3)]
            ),
        ),
        "a moving PNG": ("x.png", "image/png", pictures.moving("PNG")),
        "a moving WebP": ("x.webp", "image/webp", pictures.moving("WEBP")),
        "CMYK": ("x.jpg", "image/jpeg", pictures.encoded(Image.new("CMYK", (60, 40)), "JPEG")),
        "sixteen bits": ("x.png", "image/png", pictures.encoded(Image.new("I;16", (60, 40)), "PNG")),
        "a palette with a hole": (
            "x.png",
            "image/png",
            pictures.encoded(Image.new("P", (60, 40)), "PNG", transparency=0),
        ),
        "grey with alpha": ("x.png", "image/png", pictures.encoded(Image.new("LA", (60, 40)), "PNG")),
        "HEIC": ("x.heic", "image/heic", pictures.encoded(Image.new("RGB", (64, 64), "blue"), "HEIF")),
        "TIFF": ("x.tif", "image/tiff", pictures.encoded(Image.new("RGB", (60, 40)), "TIFF")),
        "BMP called JPEG": ("x.jpg", "image/jpeg", pictures.encoded(Image.new("RGB", (60, 40)), "BMP")),
        "ICO": ("favicon.ico", "image/x-icon", pictures.encoded(Image.new("RGB", (32, 32)), "ICO")),
        "PSD": ("x.psd", "image/vnd.adobe.photoshop", b"8BPS\0\1" + bytes(100)),
        "EPS": ("x.eps", "application/postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) print\n"),
        "MVG": (
            "x.jpg",
            "image/jpeg",
            b"push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://127.0.0.1/x.jpg\"|touch \"x)'\n",
        ),
        "a zip": ("x.zip", "application/zip", _zip()),
        "a zip called PDF": ("x.pdf", "application/pdf", _zip()),
        "a gzip": ("x.gz", "application/gzip", gzip.compress(bytes(10_000_000))),
        "a PDF with a script": (
            "x.pdf",
            "application/pdf",
            b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n" + HTML,
        ),
        "a PDF called HTML": ("x.html", "text/html", b"%PDF-1.7\n" + HTML),
        "a signature called HTML": (
            "x.html",
            "text/html",
            b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + HTML,
        ),
        "a wild resolution": (
            "x.jpg",
            "image/jpeg",
            pictures.encoded(Image.new("RGB", (60, 40)), "JPEG", dpi=(65535, 65535)),
        ),
        "a comment of markup": (
            "x.jpg",
            "image/jpeg",
            pictures.encoded(Image.new("RGB", (60, 40)), "JPEG", comment=HTML),
        ),
        "one pixel high": ("x.png", "image/png", pictures.encoded(Image.new("RGB", (20_000, 1)), "PNG")),
    }
    return found


def _flat_png(side: int) -> bytes:
    row = zlib.compressobj(9)
    packed = b"".join(row.compress(bytes(side // 8 + 2)) for _ in range(side)) + row.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _with_text(png: bytes, packed: bytes) -> bytes:
    return _with_chunk(png, b"zTXt", b"Comment\0\0" + packed)


def _with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    return png[:33] + _chunk(kind, body) + png[33:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../x.php", bytes(5_000_000))
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())

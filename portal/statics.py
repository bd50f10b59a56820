"""The files a browser may keep for ever: each address carries a checksum of what it answers."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal import packing

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"

# One stylesheet per kind of page: a phone on a slow line pays for every round trip.
SHEETS = {
    "css/citizen.all.css": ("tokens", "base", "components", "citizen", "print"),
    "css/staff.all.css": ("tokens", "base", "components", "staff", "print"),
}
_KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_SMALL_ENOUGH_ALREADY = {".png", ".webp", ".woff2"}
_IMPORT = re.compile(r"""(?<=["'])\./([a-z0-9_-]+\.js)(?=["'])""")


@dataclass(frozen=True)
class File:
    """One file as it goes over the wire."""

    address: str
    kind: str
    tag: str
    plain: bytes
    packed: bytes | None

    def packed_as(self, coding: str) -> bytes | None:
        """The file in a coding, where it is at hand in it."""
        return _SMALLEST.get(self.address) if coding == "br" else self.packed


def url(name: str) -> str:
    """The address of a file under portal/static, named as it lies there."""
    return FILES[name].address


@get("/static/{path:path}", opt={"exclude_from_csrf": True}, include_in_schema=False, sync_to_thread=False)
def serve(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """A known file for a year, a known tag as unchanged, anything else as not found."""
    file = _BY_ADDRESS.get(PREFIX + path.lstrip("/"))
    if file is None:
        raise NotFoundException
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": file.tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") == file.tag:
        return Response(b"", status_code=304, headers=headers)
    for coding in packing.wanted(request.headers.get("Accept-Encoding", "")):
        if packed := file.packed_as(coding):
            return Response(packed, media_type=file.kind, headers={**headers, "Content-Encoding": coding})
    return Response(file.plain, media_type=file.kind, headers=headers)


def pack() -> None:
    """Pack every file once more, as small as it gets; until that is done, it goes out a little larger."""
    for file in FILES.values():
        if file.packed:
            _SMALLEST[file.address] = brotli.compress(file.plain, mode=brotli.MODE_TEXT)


def _read(folder: Path) -> dict[str, File]:
    contents = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".md"
    }
    for sheet, parts in SHEETS.items():
        contents[sheet] = b"\n".join(contents[f"css/{part}.css"] for part in parts)
    files: dict[str, File] = {}
    for name in contents:
        _add(name, contents, files)
    return files


def _add(name: str, contents: Mapping[str, bytes], files: dict[str, File]) -> File:
    if name not in files:
        content = contents[name]
        if name.endswith(".js"):
            content = _with_hashed_imports(name, contents, files)
        files[name] = _file(name, content)
    return files[name]


def _with_hashed_imports(name: str, contents: Mapping[str, bytes], files: dict[str, File]) -> bytes:
    """A module that imports another must change its own address when the other changes."""
    folder = name.rpartition("/")[0]
    text = contents[name].decode()
    return _IMPORT.sub(lambda found: _add(f"{folder}/{found[1]}", contents, files).address, text).encode()


def _file(name: str, content: bytes) -> File:
    path = Path(name)
    checksum = hashlib.sha256(content).hexdigest()[:12]
    packed = None if path.suffix in _SMALL_ENOUGH_ALREADY else gzip.compress(content, 9, mtime=0)
    return File(
        address=f"{PREFIX}{path.with_suffix('').as_posix()}.{checksum}{path.suffix}",
        kind=_KINDS.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
        tag=f'"{checksum}"',
        plain=content,
        packed=packed if packed and len(packed) < len(content) else None,
    )


_SMALLEST: dict[str, bytes] = {}
FILES = _read(FOLDER)
_BY_ADDRESS = {file.address: file for file in FILES.values()}

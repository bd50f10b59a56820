"""The one file: a tar whose last member lists the SHA-256 of all others, so that any machine can check it.

tar -xf cozum-….tar && sha256sum -c SHA256SUMS
"""

import hashlib
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from portal.keeping import CannotKeep, sealing

SUMS = "SHA256SUMS"
_LARGEST = 256 << 20


class Writer:
    """Takes members one after another; none of them stays in memory."""

    def __init__(self, tar: tarfile.TarFile, sums: BinaryIO, moment: float) -> None:
        self._tar = tar
        self._sums = sums
        self._moment = moment

    def add(self, name: str, content: bytes) -> None:
        self._sums.write(_line(name, content))
        self._put(name, len(content), BytesIO(content))

    def close(self) -> None:
        """Write the list; without it a backup is incomplete."""
        size = self._sums.tell()
        self._sums.seek(0)
        self._put(SUMS, size, self._sums)

    def _put(self, name: str, size: int, content: Any) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._moment, 0o600
        self._tar.addfile(member, content)
        # The library remembers every member; a million photos would be a gigabyte.
        self._tar.members.clear()  # type: ignore[attr-defined]


@contextmanager
def writing(out: BinaryIO, moment: float) -> Iterator[Writer]:
    """Members into a file or a pipe; complete only when nothing was raised inside."""
    with tempfile.TemporaryFile() as sums, tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        writer = Writer(tar, sums, moment)
        yield writer
        writer.close()


def members(file: Path, keys: Sequence[Any]) -> Iterator[tuple[str, bytes]]:
    """Name and content of every member, in order, its list included."""
    try:
        with sealing.unsealing(file, keys) as opened, tarfile.open(fileobj=opened, mode="r|") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]
                content = tar.extractfile(member)
                # What is larger than anything we write is not ours, and would not fit into memory.
                if content is None or (member.size > _LARGEST and member.name != SUMS):
                    raise damaged(file, member.name)
                yield member.name, content.read()
    except (tarfile.TarError, EOFError) as no:
        raise damaged(file, str(no)) from no


def checked(file: Path, keys: Sequence[Any]) -> Iterator[tuple[str, bytes]]:
    """Every member but the list, compared with the list at the end: read to the last one before believing any."""
    with tempfile.TemporaryFile() as sums:
        is_complete = False
        for name, content in members(file, keys):
            if is_complete:
                raise damaged(file, name)
            if name == SUMS:
                _compare(file, sums, content)
                is_complete = True
            else:
                sums.write(_line(name, content))
                yield name, content
        if not is_complete:
            raise CannotKeep(
                f"Yedek eksik: {file} sonuna kadar yazılmamış.",
                f"The backup is incomplete: {file} was not written to its end.",
            )


def damaged(file: Path, what: str) -> CannotKeep:
    """The sentence for a file that is not what was written."""
    return CannotKeep(
        f"Yedek bozuk: {file} ({what}). Başka bir yedek kullanın.",
        f"The backup is damaged: {file} ({what}). Use another one.",
    )


def _line(name: str, content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


def _compare(file: Path, found: Any, listed: bytes) -> None:
    found.seek(0)
    expected = BytesIO(listed)
    for line in found:
        if line != expected.readline():
            raise damaged(file, line.decode().split("  ", 1)[1].strip())
    if expected.read(1):
        raise damaged(file, SUMS)

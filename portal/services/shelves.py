"""Files beside the database: on the disk for good before a row names them, and found again when none does."""

from collections.abc import Callable, Collection, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from portal import durable

# A file lies on the shelf of its name's first two letters, which are hexadecimal.
SHELVES = 256
# Every file is called by 32 hexadecimal letters; its size or its ending follow.
NAME = 32
AT_ONCE = 500

log = structlog.get_logger()


class NotKept(Exception):
    """A file could not be written, and nothing of it is left: the disk is full, or gone."""


@dataclass(frozen=True)
class Kind:
    """Files of one kind lie in a folder of their own, one or more for each name a row holds."""

    folder: str
    endings: tuple[str, ...]

    def store(self, home: Path) -> LocalStore:
        """Where they lie: a folder now, a bucket behind the same interface when there are several machines."""
        return _store(home / self.folder)

    def paths(self, name: str) -> tuple[str, ...]:
        """Where the files of a name lie in their store."""
        return tuple(f"{name[:2]}/{name}{ending}" for ending in self.endings)

    def put(self, where: LocalStore, name: str, *contents: bytes) -> None:
        """Write the files of a name. Done before its row is committed: no row ever names a file that is not there."""
        for path, content in zip(self.paths(name), contents, strict=True):
            put(where, path, content)

    def fetch(self, where: LocalStore, name: str, which: int = 0) -> bytes:
        """One of the files of a name."""
        return bytes(obstore.get(where, self.paths(name)[which]).bytes())

    def remove(self, where: LocalStore, name: str) -> None:
        """Forget the files of a name; what is gone already is forgotten."""
        for path in self.paths(name):
            with suppress(FileNotFoundError):
                obstore.delete(where, path)


# The large one first, for the small one is made of it.
PHOTOS = Kind("photos", (".webp", "-small.webp"))
ENCLOSURES = Kind("enclosures", ("",))
LETTERS = Kind("letters", (".pdf",))


def put(where: LocalStore, path: str, content: bytes) -> None:
    """Write a file, whole or not at all; no power cut takes it any more."""
    try:
        obstore.put(where, path, content)
        if where.prefix is not None:
            durable.settle(Path(where.prefix) / path, root=Path(where.prefix))
    except (BaseError, OSError) as no:
        raise NotKept(type(no).__name__) from no


def sweep(where: LocalStore, shelf: int, *, before: datetime, named: Callable[[Collection[str]], Set[str]]) -> int:
    """Remove the files of a shelf that are older than a moment and that no row names; answers how many went.

    Where most have no row, the rows are doubted and not the files. `named` is asked after the files were listed, and a
    row is committed within seconds of its file. The store itself does not show what a killed process left half
    written, so the folder is read.
    """
    folder = Path(where.prefix or "") / f"{shelf:02x}"
    if where.prefix is None or not folder.is_dir():
        return 0
    old = [each for each in folder.iterdir() if each.is_file() and each.stat().st_mtime < before.timestamp()]
    orphans: list[Path] = []
    for some in _batched(old, AT_ONCE):
        kept = named({each.name[:NAME] for each in some})
        orphans += [each for each in some if each.name[:NAME] not in kept]
    if 2 * len(orphans) > len(old):
        # Rather another town's database than so many orphans.
        log.warning("mostly strangers", shelf=str(folder), files=len(old), named=len(old) - len(orphans))
        return 0
    for each in orphans:
        each.unlink(missing_ok=True)
    return len(orphans)


@cache
def _store(folder: Path) -> LocalStore:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


def _batched(files: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    return (files[start : start + size] for start in range(0, len(files), size))

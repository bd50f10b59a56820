"""The files that rows name: photos, enclosures, official letters. What no row names is nobody's."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from portal.services import attachments, enclosures, official


@dataclass(frozen=True)
class Shelf:
    """Where the files of one table lie."""

    table: str
    folder: str
    store: Callable[[Path], LocalStore]
    paths: Callable[[str], tuple[str, ...]]


SHELVES = (
    Shelf("attachment", "photos", attachments.store, attachments.paths),
    Shelf("enclosure", "enclosures", enclosures.store, enclosures.paths),
    Shelf("letter", "letters", official.store, official.paths),
)
_OURS = re.compile(r"files/([a-z]+)/([0-9a-f]{2}/[0-9a-f]{32}(?:-small)?(?:\.[a-z]{3,4})?)")


def read(shelf: Shelf, home: Path, path: str) -> bytes | None:
    """A file, or None where there is none."""
    try:
        return bytes(obstore.get(shelf.store(home), path).bytes())
    except (FileNotFoundError, BaseError):
        return None


def member(shelf: Shelf, path: str) -> str:
    """What a file is called in a backup."""
    return f"files/{shelf.folder}/{path}"


def write(home: Path, name: str, content: bytes) -> bool:
    """Put a backup's member where it lay; false for a name that is none of ours."""
    found = _OURS.fullmatch(name)
    shelf = next((each for each in SHELVES if found and each.folder == found[1]), None)
    if found is None or shelf is None:
        return False
    obstore.put(shelf.store(home), found[2], content)
    return True


def any_in(home: Path) -> Path | None:
    """A folder that holds files already."""
    return next((folder for folder in folders(home) if any(each.is_file() for each in folder.rglob("*"))), None)


def folders(home: Path) -> Iterator[Path]:
    """Every folder that files lie in."""
    return (home / shelf.folder for shelf in SHELVES)

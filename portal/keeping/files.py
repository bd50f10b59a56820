"""The files that rows name: photos, enclosures, official letters. What no row names is nobody's."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import obstore
from obstore.exceptions import BaseError

from portal.services.shelves import ENCLOSURES, LETTERS, PHOTOS, Kind

# By the table whose rows name them.
KINDS: Mapping[str, Kind] = MappingProxyType({"attachment": PHOTOS, "enclosure": ENCLOSURES, "letter": LETTERS})
_OURS = re.compile(r"files/([a-z]+)/([0-9a-f]{2}/[0-9a-f]{32}(?:-small)?(?:\.[a-z]{3,4})?)")


def read(kind: Kind, home: Path, path: str) -> bytes | None:
    """A file, or None where there is none."""
    try:
        return bytes(obstore.get(kind.store(home), path).bytes())
    except (FileNotFoundError, BaseError):
        return None


def member(kind: Kind, path: str) -> str:
    """What a file is called in a backup."""
    return f"files/{kind.folder}/{path}"


def write(home: Path, name: str, content: bytes) -> bool:
    """Put a backup's member where it lay; false for a name that is none of ours."""
    found = _OURS.fullmatch(name)
    kind = next((each for each in KINDS.values() if found and each.folder == found[1]), None)
    if found is None or kind is None:
        return False
    obstore.put(kind.store(home), found[2], content)
    return True


def any_in(home: Path) -> Path | None:
    """A folder that holds files already."""
    return next((folder for folder in folders(home) if any(each.is_file() for each in folder.rglob("*"))), None)


def folders(home: Path) -> Iterator[Path]:
    """Every folder that files lie in."""
    return (home / kind.folder for kind in KINDS.values())

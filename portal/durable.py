"""What is on the disk for good: a file, and the folder that knows its name."""

import os
from pathlib import Path


def settle(file: Path, *, root: Path) -> None:
    """Returns when a power cut no longer takes the file, nor its name out of the folders up to the root's own."""
    _sync(file)
    folder = file.parent
    while folder != root.parent:
        _sync(folder)
        folder = folder.parent
    _sync(folder)


def _sync(place: Path) -> None:
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

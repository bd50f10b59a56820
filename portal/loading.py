"""A short start and a small process: what is loaded stays, and what was needed for a moment goes back."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

# Loaded by our libraries for what we never ask of them: errors painted for a terminal, and an interface's description.
_NEVER_ASKED = ("rich", "yaml")

# mallopt's own numbers, from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE = 1_000_000


def share_one_heap() -> None:
    """From here on threads take from one heap, and what was large is the machine's again when it is let go.

    Otherwise each thread keeps a heap of its own, full of holes after the largest page it ever drew.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    # Another C library than glibc has other ways.
    if tune is not None:
        for which, how in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE)):
            tune(which, how)


@contextmanager
def unswept() -> Iterator[None]:
    """Inside, no garbage is looked for; what was made inside is never looked through again (a tenth of the start)."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def unladen() -> Iterator[None]:
    """Inside, libraries of our libraries that nobody here asks anything are empty; afterwards they can be loaded."""
    empty = {name: ModuleType(name) for name in _NEVER_ASKED if name not in sys.modules}
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name in empty:
            del sys.modules[name]

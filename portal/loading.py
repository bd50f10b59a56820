"""A short start: what is loaded then stays, so nothing is gained by looking for garbage among it."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

# Loaded by our libraries for what we never ask of them: errors painted for a terminal, and an interface's description.
_NEVER_ASKED = ("rich", "yaml")


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

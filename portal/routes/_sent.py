"""What was sent to the browsers that look at a list, so that a reload sends each of them only what is new; and what was
counted for it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

# A page of fifty rows is fifty references to rows that are at hand anyway.
_MOST = 500
_MOST_FOUND = 200

_Found = TypeVar("_Found")


class Sent:
    """The rows of the lists sent last, by the tag each browser knows its own by. What was forgotten is sent whole."""

    def __init__(self) -> None:
        self._lists: OrderedDict[str, frozenset[Hashable]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, tag: str, rows: Iterable[Hashable]) -> None:
        """Whoever holds this tag shows these rows."""
        with self._lock:
            self._lists[tag] = frozenset(rows)
            self._lists.move_to_end(tag)
            while len(self._lists) > _MOST:
                self._lists.popitem(last=False)

    def rows(self, tag: str) -> frozenset[Hashable]:
        """The rows that whoever holds this tag shows already."""
        with self._lock:
            return self._lists.get(tag, frozenset())


class Lately(Generic[_Found]):
    """What was found lately, by everything it depends on."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, _Found] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> _Found | None:
        """What was found for the same; nothing where it was not, or was forgotten."""
        with self._lock:
            if (found := self._found.get(key)) is not None:
                self._found.move_to_end(key)
            return found

    def keep(self, key: Hashable, found: _Found) -> None:
        """Remember it, and forget what was asked for longest ago."""
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            while len(self._found) > _MOST_FOUND:
                self._found.popitem(last=False)

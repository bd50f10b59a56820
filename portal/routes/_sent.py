"""What was drawn for the browsers that look at a list, so that a reload sends each of them only what is new."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable

# A page of fifty rows is fifty references to rows that are at hand anyway.
_MOST = 2_000


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

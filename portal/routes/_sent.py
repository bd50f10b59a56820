"""What was drawn for the browsers that look at a list: a reload sends each of them only what is new, and a list that
has not changed is not drawn again."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

# A page of fifty rows is fifty references to rows that are at hand anyway.
_MOST = 2_000
# Ten kilobytes each, packed as they went out.
_MOST_PAGES = 200

_Page = TypeVar("_Page")


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


class Drawn(Generic[_Page]):
    """The pages drawn last, by everything they show."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> _Page | None:
        """The page as it was drawn for the same; nothing where it was not, or was forgotten."""
        with self._lock:
            if (page := self._pages.get(key)) is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: _Page) -> None:
        """Remember a page, and forget the one that was asked for longest ago."""
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)

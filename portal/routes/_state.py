"""What every handler may ask for: the database, the settings, and the town as it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from litestar.concurrency import sync_to_thread
from litestar.datastructures import State

from db.engine import Database
from portal import clock
from portal.services.townbook import Town, TownBook
from portal.settings import Settings

_Found = TypeVar("_Found")


def database(state: State) -> Database:
    db: Database = state.db
    return db


def settings(state: State) -> Settings:
    read: Settings = state.settings
    return read


async def asked(db: Database, question: Callable[[Database], _Found]) -> _Found:
    """The answer to a short question; a thread costs more than that where the database is a file."""
    return question(db) if db.is_at_hand else await sync_to_thread(question, db)


@dataclass
class Standing(ABC):
    """What an answer stands on that is not in the question: the town, the time, and what is stored."""

    state: State
    town: Town
    # From here on it has to be drawn anew, whatever is stored.
    until: datetime
    _stood_at: Hashable = field(default=None, init=False)

    async def still(self) -> bool:
        """Whether the same would be answered now; what is stored is read only if anything was stored since."""
        book: TownBook = self.state.book
        now = clock.now()
        if now >= self.until or book.fresh(now=now) is not self.town:
            return False
        # Asked first: what is stored while we read makes the next moment another one.
        moment = await self.state.looks.moment()
        if moment != self._stood_at:
            if not await self.is_the_same():
                return False
            self._stood_at = moment
        return True

    @abstractmethod
    async def is_the_same(self) -> bool:
        """Whether what is stored would give the same answer."""


def next_minute(now: datetime) -> datetime:
    """Until then nothing is late that was not late before."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def town(state: State) -> Town:
    """The town; a thread is for asking the database, and most of the time there is nothing to ask."""
    book: TownBook = state.book
    now = clock.now()
    return book.fresh(now=now) or await sync_to_thread(book.town, now=now)

"""What every handler may ask for: the database, the settings, and the town as it is."""

from collections.abc import Callable
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


def is_as_before(state: State, town: Town, *, until: datetime) -> bool:
    """Whether the town still is this one, and the moment has not come at which it has to be looked at anew."""
    book: TownBook = state.book
    now = clock.now()
    return now < until and book.fresh(now=now) is town


def next_minute(now: datetime) -> datetime:
    """Until then nothing is late that was not late before."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def town(state: State) -> Town:
    """The town; a thread is for asking the database, and most of the time there is nothing to ask."""
    book: TownBook = state.book
    now = clock.now()
    return book.fresh(now=now) or await sync_to_thread(book.town, now=now)

"""What every handler may ask for: the database, the settings, and the town as it is."""

from litestar.concurrency import sync_to_thread
from litestar.datastructures import State

from db.engine import Database
from portal import clock
from portal.services.townbook import Town, TownBook
from portal.settings import Settings


def database(state: State) -> Database:
    db: Database = state.db
    return db


def settings(state: State) -> Settings:
    read: Settings = state.settings
    return read


async def town(state: State) -> Town:
    """The town; a thread is for asking the database, and most of the time there is nothing to ask."""
    book: TownBook = state.book
    now = clock.now()
    return book.fresh(now=now) or await sync_to_thread(book.town, now=now)

"""Finds who asks, and whether anything was stored. On PostgreSQL all who ask meanwhile are answered by one look."""

import asyncio
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

from litestar.concurrency import sync_to_thread

from db.engine import Database
from portal import clock
from portal.services import accounts
from portal.services.accounts import SignedIn

_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")


class Looks:
    """Looks at the database for whoever asks on the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._sessions = _Meanwhile(lambda tokens: accounts.who_are(db, tokens, now=clock.now()))
        self._moments = _Meanwhile(lambda _: {"": db.moment()})

    async def who(self, token: str) -> SignedIn | None:
        """The colleague a token belongs to, as long as the session lives."""
        # Another thread, and waiting for it, costs more than the answer where the database is a file.
        if self._db.is_at_hand:
            return accounts.who(self._db, token, now=clock.now())
        return await self._sessions.find(token)

    async def moment(self) -> Hashable:
        """What stays equal for as long as nobody stores anything, as `Database.moment` promises."""
        return self._db.moment() if self._db.is_at_hand else await self._moments.find("")


class _Meanwhile(Generic[_Asked, _Found]):
    """One look after the other, in a thread: it costs no more for twenty who ask.

    Each begins after everybody whom it answers has asked, so no answer is an old one.
    """

    def __init__(self, look: Callable[[Collection[_Asked]], Mapping[_Asked, _Found]]) -> None:
        self._look = look
        self._waiting: list[tuple[_Asked, asyncio.Future[_Found | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def find(self, asked: _Asked) -> _Found | None:
        """What the next look finds of this."""
        found: asyncio.Future[_Found | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, found))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._for_all())
        return await found

    async def _for_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            try:
                known = await sync_to_thread(self._look, {each for each, _ in asked})
            except Exception as no:  # noqa: BLE001 (each of them tells it on a page of its own)
                for _, found in asked:
                    if not found.done():
                        found.set_exception(no)
                continue
            for each, found in asked:
                # Whoever went away meanwhile waits no longer.
                if not found.done():
                    found.set_result(known.get(each))

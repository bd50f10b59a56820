"""Finds who asks. On PostgreSQL all who ask meanwhile are found together: one look costs no more for twenty of them."""

import asyncio

from litestar.concurrency import sync_to_thread

from db.engine import Database
from portal import clock
from portal.services import accounts
from portal.services.accounts import SignedIn


class Looks:
    """Looks at sessions. Each look begins after everybody whom it answers has asked, so no answer is an old one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[str, asyncio.Future[SignedIn | None]]] = []
        self._look: asyncio.Task[None] | None = None

    async def who(self, token: str) -> SignedIn | None:
        """The colleague a token belongs to, as long as the session lives."""
        # Another thread, and waiting for it, costs more than the answer where the database is a file.
        if self._db.is_at_hand:
            return accounts.who(self._db, token, now=clock.now())
        found: asyncio.Future[SignedIn | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((token, found))
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._for_all())
        return await found

    async def _for_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            tokens = {token for token, _ in asked}
            try:
                known = await sync_to_thread(accounts.who_are, self._db, tokens, now=clock.now())
            except Exception as no:  # noqa: BLE001 (each of them tells it on a page of its own)
                for _, found in asked:
                    if not found.done():
                        found.set_exception(no)
                continue
            for token, found in asked:
                # Whoever went away meanwhile waits no longer.
                if not found.done():
                    found.set_result(known.get(token))

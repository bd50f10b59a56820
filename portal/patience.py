"""How long a connection may take to say what it wants: without an end to it, silent ones gather until none is free."""

import asyncio
import resource

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_OPEN = 65_536


class Patience(HttpToolsProtocol):
    """HTTP that hangs up on who does not finish the head of a request, and much later its body, in time.

    The slowest body costs no thread: a form is read whole before its handler begins.
    """

    head_within = 10.0
    # Five photos over a poor line; the server in front may be stricter.
    body_within = 600.0

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self.head_within)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:
            self._wait(self.head_within)

    def on_headers_complete(self) -> None:
        self._wait(self.body_within)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._wait(None)
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.transport.close)


def open_many() -> None:
    """Let this process hold as many connections as the machine allows; many start with a thousand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

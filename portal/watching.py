"""Around every request: a number to find it by, one line in the log, and the counts behind `/olcum`."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from litestar import Litestar
from litestar.types import Message, Receive, Scope, Send

from portal import logs, threads
from portal.metrics import Metrics

NUMBER = "request_number"
_HEADER = b"x-request-id"
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{0,5}))?")
_WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
# Asked every few seconds by machines, or for ever the same: a line only where something is wrong.
_QUIET = frozenset({"/saglik", "/saglik/hazir", "/olcum", "/static/{path}"})
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Left before the answer was there, as other servers write it too.
_WENT_AWAY = 499

Answering = Callable[[Scope, Receive, Send], Awaitable[None]]


class Watch:
    """Numbers, counts and tells requests.

    A number that came along is believed from the proxy in front of us alone.
    """

    def __init__(self, metrics: Metrics, proxies: tuple[str, ...]) -> None:
        self._metrics = metrics
        self._proxies: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, proxies))

    async def over(self, answer: Answering, scope: Scope, receive: Receive, send: Send) -> None:
        """The request answered as ever, and watched."""
        number = self._number(scope)
        scope.setdefault("state", {})[NUMBER] = number
        scope["headers"] = [each for each in scope["headers"] if each[0] != b"host" or is_host(each[1])]
        status = _WENT_AWAY

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_HEADER, number.encode())]
            await send(message)

        self._metrics.in_flight += 1
        begun = time.perf_counter()
        within = logs.REQUEST.set(number)
        threads.note_kind(scope["method"])
        try:
            await answer(scope, receive, send_numbered)
        except Exception:
            # Whatever our own error pages did not catch; the server answers 500 and tells it through the same pipe.
            status = 500
            raise
        finally:
            took = time.perf_counter() - begun
            self._metrics.in_flight -= 1
            route = template(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.count(method, route, status, took)
            if status >= 400 or route not in _QUIET:
                logs.tell_request(method, route, status, took)
            logs.REQUEST.reset(within)

    def _number(self, scope: Scope) -> str:
        if self._proxies and self._is_proxy(scope.get("client")):
            said = next((value for name, value in scope["headers"] if name == _HEADER), b"")
            if _WELL_FORMED.fullmatch(said):
                return said.decode()
        return secrets.token_hex(5)

    def _is_proxy(self, client: Any) -> bool:
        try:
            address = ip_address(client[0]) if client else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._proxies)


def is_host(said: bytes) -> bool:
    """Whether this can be the name of a host with its port; what cannot is taken for not said at all.

    An address built from it has no port that could be read, and fails wherever somebody asks for that.
    """
    found = _HOST.fullmatch(said)
    return found is not None and int(found[1] or 0) <= 65535


def template(scope: Any) -> str:
    """The address as our routes write it, without the number or the key somebody filled in."""
    return str(scope.get("path_template") or "(none)")


class Portal(Litestar):
    """The app, watched; what a proxy says of its visitors is believed further in, for the watch must see the proxy."""

    watch: Watch

    def __init__(self, **wiring: Any) -> None:
        super().__init__(**wiring)
        self.answering: Answering = super().__call__

    @staticmethod
    def _get_default_plugins(plugins: list[Any]) -> list[Any]:
        # No address of ours takes or gives objects of pydantic or attrs; what would speak for them takes long to load.
        return plugins

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "http":
            await self.watch.over(self.answering, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

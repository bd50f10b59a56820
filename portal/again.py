"""An answer that was given is given again to whoever asks word for word the same, for as long as it stands.

Every open list asks every few seconds, and mostly in vain; whoever closes a case comes back to the same list. What the
answer stands on is asked anew for every question. Only finding the handler, drawing and packing are left out.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.types import Message, Receive, Scope, Send
from sqlalchemy.exc import SQLAlchemyError

Answering = Callable[[Scope, Receive, Send], Awaitable[None]]
Standing = Callable[[], Awaitable[bool]]
_Asked = tuple[str, bytes, str, tuple[tuple[bytes, bytes], ...]]

# A page of a list has ten kilobytes, packed as it went out; the answer that nothing changed has one with its question.
_MOST_BYTES = 1_500_000
_STANDS = "stands"
# Says where the reader comes from and how fresh the answer has to be, which it always is; no page of ours reads them.
_UNREAD = frozenset({b"referer", b"cache-control", b"pragma", b"sec-fetch-user", b"upgrade-insecure-requests"})


def give_again(request: Request[Any, Any, Any], stands: Standing) -> None:
    """What is answered to this request may be given again for as long as `stands` says so."""
    request.scope["state"][_STANDS] = stands


@dataclass(frozen=True)
class _Given:
    start: Any
    body: Any
    route: str
    stands: Standing
    size: int


class Again:
    """Stands before the addresses and answers what it has answered before."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self._given: OrderedDict[_Asked, _Given] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; all of them come on the thread of the loop, one after the other."""
        if scope["method"] != "GET":
            await self._answer(scope, receive, send)
            return
        headers = tuple(each for each in scope["headers"] if each[0] not in _UNREAD)
        asked = (scope["path"], scope["query_string"], scope["scheme"], headers)
        given = self._given.get(asked)
        if given is None or not await _still_stands(given):
            await self._anew(asked, scope, receive, send)
            return
        self._given.move_to_end(asked)
        scope["path_template"] = given.route
        # Whoever sends it writes more into it.
        await send({**given.start})
        await send({**given.body})

    async def _anew(self, asked: _Asked, scope: Scope, receive: Receive, send: Send) -> None:
        said: list[Any] = []

        async def send_noting(message: Message) -> None:
            # What comes in many parts is not kept here.
            if len(said) < 3:
                said.append({**message})
            await send(message)

        await self._answer(scope, receive, send_noting)
        self._forget(asked)
        stands = scope["state"].get(_STANDS)
        if stands and len(said) == 2 and not any(name == b"set-cookie" for name, _ in said[0]["headers"]):
            self._keep(asked, _Given(*said, scope["path_template"], stands, _size(asked, said[1])))

    def _keep(self, asked: _Asked, given: _Given) -> None:
        self._given[asked] = given
        self._bytes += given.size
        while self._bytes > _MOST_BYTES:
            self._forget(next(iter(self._given)))

    def _forget(self, asked: _Asked) -> None:
        if given := self._given.pop(asked, None):
            self._bytes -= given.size


async def _still_stands(given: _Given) -> bool:
    try:
        return await given.stands()
    except SQLAlchemyError:
        # Asked once more on the way of a first question, where it is told in clear words.
        return False


def _size(asked: _Asked, body: Any) -> int:
    path, query, _, headers = asked
    words = len(path) + len(query) + sum(len(name) + len(value) for name, value in headers)
    # Each object takes some more than its words, and so do the headers of the answer.
    return words + 100 * len(headers) + len(body["body"]) + 2_000

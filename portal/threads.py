"""The threads in which requests are answered: a few for those who look, and others for those who change something.

More lookers at once take the interpreter from each other, and a page costs nearly half as much processor time again
(docs/measurements.md). And whoever changes something may wait seconds for another's transaction, which nobody who only
looks should stand behind.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from litestar.concurrency import sync_to_thread

LOOKERS, CHANGERS = 3, 4

_changes: ContextVar[bool] = ContextVar("changes", default=False)
_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


def note_kind(method: str) -> None:
    """What the request that is answered from here on does."""
    _changes.set(method not in ("GET", "HEAD", "OPTIONS"))


async def change(call: Callable[_Asked, _Answer], *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
    """Change something in a thread, although the request only looks."""
    before = _changes.set(True)
    try:
        return await sync_to_thread(call, *args, **kwargs)
    finally:
        _changes.reset(before)


class Threads(ThreadPoolExecutor):
    """Both kinds, chosen by the request in whose name something is done."""

    def __init__(self) -> None:
        super().__init__(LOOKERS, "looks")
        self._changing = ThreadPoolExecutor(CHANGERS, "changes")

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have it done by the next free thread of its kind."""
        if _changes.get():
            return self._changing.submit(call, *args, **kwargs)
        return super().submit(call, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more on."""
        self._changing.shutdown(wait, cancel_futures=cancel_futures)
        super().shutdown(wait, cancel_futures=cancel_futures)

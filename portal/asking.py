"""What a client may ask for that the addresses themselves need not know: the head of an answer alone."""

from collections.abc import Awaitable, Callable

from litestar.types import Message, Receive, Scope, Send

Answering = Callable[[Scope, Receive, Send], Awaitable[None]]


def heads_too(answer: Answering) -> Answering:
    """HEAD is answered like GET, without the body."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "HEAD":
            await answer(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            # The server must know by then that no body follows, however long it is said to be.
            scope["method"] = "HEAD"
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)  # type: ignore[misc]

        scope["method"] = "GET"
        try:
            await answer(scope, receive, send_head)
        finally:
            scope["method"] = "HEAD"

    return answered

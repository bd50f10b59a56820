"""Connections that take their time, before a real server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from litestar import Litestar, Request, get, post

from portal.patience import Patience

LONG = 30


class Hasty(Patience):
    head_within = 0.3
    body_within = 0.3


class Calm(Patience):
    head_within = 0.3
    body_within = 60


@get("/", sync_to_thread=False)
def hello() -> str:
    return "merhaba"


@post("/")
async def length(request: Request[Any, Any, Any]) -> str:
    return str(len(await request.body()))


@contextmanager
def served(http: type[Patience]) -> Iterator[int]:
    """The port of a server with this patience."""
    server = uvicorn.Server(
        uvicorn.Config(Litestar([hello, length], openapi_config=None), http=http, log_config=None, lifespan="off")
    )
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def all_answered(line: socket.socket) -> bytes:
    """What comes until the other side hangs up."""
    line.settimeout(LONG)
    return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n", id="half a head"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", id="a third of a body"),
    ],
)
def test_who_does_not_finish_a_request_is_hung_up_on(said: bytes):
    with served(Hasty) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(said)

        assert b"200 OK" not in all_answered(line)


def test_half_a_second_request_on_a_kept_line_is_hung_up_on_too():
    with served(Hasty) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHos")

        assert all_answered(line).count(b"200 OK") == 1


def test_a_body_may_take_longer_than_a_head():
    with served(Calm) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab")
        time.sleep(1)
        line.sendall(b"cd")

        answer = all_answered(line)

    assert b"201 Created" in answer
    assert answer.endswith(b"4")

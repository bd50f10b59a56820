"""What is counted around a request, whatever becomes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from portal.metrics import Metrics
from portal.watching import Watch

Sending = Callable[[Any], Awaitable[None]]


def watched(answer: Callable[[Any, Any, Sending], Awaitable[None]], **scope: Any) -> Metrics:
    """The counts after one request."""
    metrics = Metrics()

    async def send(_message: Any) -> None:
        pass

    asked: Any = {"type": "http", "method": "GET", "headers": [], "path_template": "/takip/{reference}", **scope}
    with suppress(ZeroDivisionError):
        asyncio.run(Watch(metrics, ()).over(answer, asked, None, send))  # type: ignore[arg-type]
    assert metrics.in_flight == 0
    return metrics


async def fails(_scope: Any, _receive: Any, _send: Sending) -> None:
    raise ZeroDivisionError


async def goes_away(_scope: Any, _receive: Any, _send: Sending) -> None:
    """The visitor leaves before the answer."""


async def answers(_scope: Any, _receive: Any, send: Sending) -> None:
    await send({"type": "http.response.start", "status": 304, "headers": []})


@pytest.mark.parametrize(("answer", "status"), [(fails, "5xx"), (goes_away, "4xx"), (answers, "3xx")])
def test_every_end_of_a_request_is_counted(answer: Any, status: str):
    assert watched(answer).requests == {("/takip/{reference}", "GET", status): 1}


def test_an_invented_method_makes_no_new_count(capsys: pytest.CaptureFixture[str]):
    assert watched(answers, method="KANARYA").requests == {("/takip/{reference}", "other", "3xx"): 1}
    assert "KANARYA" not in capsys.readouterr().err


def test_a_second_request_of_the_same_kind_is_added():
    metrics = Metrics()

    for seconds in (0.004, 0.3, 60.0):
        metrics.count("GET", "/", 200, seconds)

    steps = metrics.durations["/"]
    assert (sum(steps[:-1]), steps[-1]) == (3, 60.304)
    assert (steps[0], steps[-2]) == (1, 1)

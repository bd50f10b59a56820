"""Nothing that can be sent breaks anything; the drill of the same name sends thirty times as much."""

import asyncio

import pytest

from tests.drills import malformed
from tests.probe import FORM, HOST
from tests.world import opened


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_malformed_requests_are_answered_and_tell_nothing(request, tmp_path, engine):
    store = request.getfixturevalue(f"{engine}_store")
    with store.fresh() as db, opened(db, tmp_path) as world:
        found = malformed.fuzz(world, 300, described=0)

    assert found.tried >= 300
    assert (found.broken, found.told) == ([], [])


def test_a_form_that_breaks_off_in_the_middle_is_no_fault_of_ours(sqlite_store, tmp_path, capsys):
    sent = [{"type": "http.request", "body": b"words=Okulun", "more_body": True}, {"type": "http.disconnect"}]
    answers = []

    async def receive():
        return sent.pop(0) if sent else {"type": "http.disconnect"}

    async def send(message):
        answers.append(message)

    with sqlite_store.fresh() as db, opened(db, tmp_path) as world:
        asyncio.run(world.probe.app(_report(world), receive, send))

    assert answers[0]["status"] == 400
    assert "event=failure" not in capsys.readouterr().err


def _report(world):
    """The beginning of a long form."""
    citizen = world.probe.visitor()
    sent = {
        "host": HOST,
        "origin": f"http://{HOST}",
        "content-type": FORM,
        "content-length": "1000",
        "cookie": "; ".join(f"{name}={value}" for name, value in citizen.cookies.items()),
        "x-csrftoken": citizen.token,
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/bildir",
        "raw_path": b"/bildir",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 50000),
        "server": (HOST, 80),
        "state": {},
    }

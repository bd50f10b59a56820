"""Whoever looks never stands behind those who change something and wait."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from litestar.concurrency import get_asyncio_executor, set_asyncio_executor, sync_to_thread

from portal import threads
from portal.threads import CHANGERS, LOOKERS, Threads


@pytest.fixture(autouse=True)
def own_threads() -> Iterator[None]:
    before = get_asyncio_executor()
    own = Threads()
    set_asyncio_executor(own)
    yield
    set_asyncio_executor(before)
    own.shutdown()


async def asking(method: str, call) -> object:
    threads.note_kind(method)
    return await sync_to_thread(call)


def test_a_look_is_answered_while_every_change_waits():
    lock = threading.Event()

    async def both() -> object:
        waiting = [asyncio.create_task(asking("POST", lock.wait)) for _ in range(CHANGERS + 5)]
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(asking("GET", lambda: "answered"), 20)
        finally:
            lock.set()
            await asyncio.gather(*waiting)

    assert asyncio.run(both()) == "answered"


def test_a_change_is_made_while_every_look_takes_long():
    done = threading.Event()

    async def both() -> object:
        looking = [asyncio.create_task(asking("GET", done.wait)) for _ in range(LOOKERS + 5)]
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(asking("POST", lambda: "kept"), 20)
        finally:
            done.set()
            await asyncio.gather(*looking)

    assert asyncio.run(both()) == "kept"


def test_what_a_look_has_to_note_is_noted_among_the_changes():
    names = []

    async def look() -> None:
        threads.note_kind("GET")
        await threads.change(lambda: names.append(threading.current_thread().name))
        await sync_to_thread(lambda: names.append(threading.current_thread().name))

    asyncio.run(look())
    assert [each.partition("_")[0] for each in names] == ["changes", "looks"]

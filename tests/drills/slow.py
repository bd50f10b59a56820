"""A thousand silent connections, half-said heads and bodies at a kilobyte a second, while others work on.

Quiet and flooded rounds take turns, so that a busy machine slows both; compared is the 95th percentile of the queue.

.venv/bin/python -m tests.drills.slow --folder /tmp/slow-drill
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

from tests.drills.people import colleague
from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation
from tests.drills.tasks import hired, p95, samples

MOST_SLOWER = 2
BODY = 5_000_000
READERS = 4

Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--idle", type=int, default=1000)
    words.add_argument("--heads", type=int, default=200)
    words.add_argument("--bodies", type=int, default=100)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--seconds", type=float, default=15, help="how long a round takes")
    words.add_argument("--cases", type=int, default=2000)
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with installation(asked.folder / engine, engine) as place:
            if not (place.folder / "filled").exists():
                place.command("seed", "year", "--cases", str(asked.cases))
                (place.folder / "filled").touch()
            place.web.start()
            place.wait_until_serving()
            lines += drill(place, asked)
    return finish(lines, asked)


def drill(place: Installation, asked: argparse.Namespace) -> Iterator[Line]:
    """Quiet, flooded, quiet, flooded."""
    quiet: list[float] = []
    flooded: list[float] = []
    faults = 0
    signs = [colleague(place, number) for number in range(READERS)]
    for _ in range(asked.rounds):
        for spent, is_flooded in ((quiet, False), (flooded, True)):
            flood = _flood(place, asked) if is_flooded else contextlib.nullcontext()
            out = place.folder / "samples.json"
            with flood, hired(place.url, signs, asked.seconds, out, tasks=("T1",)):
                pass
            seen = samples(out)
            faults += sum(each.status >= 500 for each in seen)
            spent += [each.seconds for each in seen]
    where, ratio = f"on {place.engine}", p95(flooded) / p95(quiet)
    crowd = f"{asked.idle:,} idle, {asked.heads} slow heads, {asked.bodies} slow bodies"
    note = f"{p95(quiet) * 1000:.0f} to {p95(flooded) * 1000:.0f} ms, {ratio:.2f} times"
    yield Line("R11", f"p95 of the queue < 2 times, beside {crowd}, {where}", 1, int(ratio < MOST_SLOWER), note)
    total = len(quiet) + len(flooded)
    yield Line("R11", f"queue pages that came, {where}", total, total - faults)


@contextlib.contextmanager
def _flood(place: Installation, asked: argparse.Namespace) -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(
        target=_rain, args=(place.port, asked.idle, asked.heads, asked.bodies), daemon=True
    )
    process.start()
    # All of them are there before anybody measures.
    time.sleep(3)
    try:
        yield
    finally:
        process.kill()
        process.join()


def _rain(port: int, idle: int, heads: int, bodies: int) -> None:
    async def rain() -> None:
        await asyncio.gather(
            *(_again(port, _silent) for _ in range(idle)),
            *(_again(port, _slow_head) for _ in range(heads)),
            *(_again(port, _slow_body) for _ in range(bodies)),
        )

    asyncio.run(rain())


async def _again(port: int, act: Act) -> None:
    """Whoever is hung up on comes back at once."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                await act(reader, writer)
        await asyncio.sleep(0.5)


async def _silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def _slow_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /masa/kuyruk HTTP/1.1\r\nHost: x\r\n")
    while not reader.at_eof():
        writer.write(b"X-Slow: 1\r\n")
        await writer.drain()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(1), 1)


async def _slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = f"POST /bildir/foto HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY}\r\n"
    writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
    writer.write(b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n')
    for _ in range(BODY // 1000):
        writer.write(b"\xff" * 1000)
        await writer.drain()
        if reader.at_eof():
            return
        await asyncio.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

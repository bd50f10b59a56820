"""Starts and stops, in the middle of work: 20 times on each engine.

Web and worker are started; visitors read pages one after the other, and four have sent one half of a form when SIGTERM
comes to both processes. The other halves follow a moment later.

O1 is held by a stop under ten seconds after which every half form had its whole answer, no page was cut in the middle,
and new visitors were turned away or answered. O2 is held by a start under three seconds to the first page.

    .venv/bin/python -m tests.drills.stop --folder /tmp/stop
"""

import http.client
import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation

STOPS_WITHIN = 10.0
STARTS_WITHIN = 3.0
HALF_FORMS = 4
READERS = 2
PATIENCE = 30


@dataclass
class Reader:
    """A visitor who opens one page after the other, each on a line of its own."""

    port: int
    whole: int = 0
    cut: int = 0
    turned_away: int = 0
    _left: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Until it leaves."""
        while not self._left.is_set():
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            try:
                line.request("GET", "/takip", headers={"Connection": "close"})
                answer = line.getresponse()
            except (OSError, http.client.HTTPException):
                # Refused, or still standing before the door when it was closed: nothing had begun.
                self.turned_away += 1
                time.sleep(0.05)
                continue
            try:
                answer.read()
                self.whole += 1
            except (OSError, http.client.HTTPException):
                self.cut += 1
            finally:
                line.close()

    def leave(self) -> None:
        """After this page."""
        self._left.set()


class HalfForm:
    """A form on its way: the server has read the beginning and waits for the rest."""

    def __init__(self, port: int) -> None:
        page = httpx.get(f"http://127.0.0.1:{port}/bildir", timeout=PATIENCE)
        name, token = next(iter(page.cookies.items()))
        body = f"_csrf_token={token}&words=Parkta+lamba+yanm%C4%B1yor".encode()
        head = (
            f"POST /bildir/konu HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {name}={token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._rest = body[10:]
        self._line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._line.sendall(head.encode() + body[:10])

    def finish(self) -> bool:
        """Whether the whole answer came."""
        try:
            self._line.sendall(self._rest)
            answer = http.client.HTTPResponse(self._line)
            answer.begin()
            return answer.status == 200 and bool(answer.read())
        except (OSError, http.client.HTTPException):
            return False
        finally:
            self._line.close()


def is_turned_away_or_answered(port: int) -> bool:
    """What a visitor meets who comes after the word to stop: never a line that stays open and silent."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=STOPS_WITHIN)
    try:
        line.request("GET", "/saglik")
        line.getresponse().read()
    except TimeoutError:
        return False
    except (OSError, http.client.HTTPException):
        pass
    finally:
        line.close()
    return True


@contextmanager
def reading(port: int) -> Iterator[list[Reader]]:
    """Visitors who read meanwhile."""
    readers = [Reader(port) for _ in range(READERS)]
    threads = [threading.Thread(target=each.read) for each in readers]
    for each in threads:
        each.start()
    try:
        yield readers
    finally:
        for reader in readers:
            reader.leave()
        for each in threads:
            each.join()


def once(place: Installation) -> tuple[float, float, bool]:
    """Seconds to the first page, seconds to the last process's end, and whether everybody was served to the end."""
    place.web.start()
    place.worker.start()
    started = place.wait_until_serving()
    with reading(place.port) as readers, ThreadPoolExecutor() as pool:
        forms = [HalfForm(place.port) for _ in range(HALF_FORMS)]
        time.sleep(random.uniform(0.1, 0.6))
        stops = [pool.submit(each.stop, PATIENCE) for each in (place.web, place.worker)]
        time.sleep(random.uniform(0.1, 0.5))
        newcomer = is_turned_away_or_answered(place.port)
        answered = [form.finish() for form in forms]
        stopped = max(each.result() for each in stops)
    return started, stopped, newcomer and all(answered) and not any(each.cut for each in readers)


def tried(folder: Path, engine: str, times: int) -> list[Line]:
    """The lines of one engine."""
    with installation(folder, engine) as place:
        rounds = [once(place) for _ in range(times)]
    starts = [started for started, _, _ in rounds]
    stops = [stopped for _, stopped, _ in rounds]
    served = sum(stopped < STOPS_WITHIN and is_whole for _, stopped, is_whole in rounds)
    quick = sum(started < STARTS_WITHIN for started in starts)
    return [
        Line("O1", f"a stop finishes what has begun on {engine}", times, served, f"slowest {max(stops):.1f} s"),
        Line("O2", f"a start takes less than 3 s on {engine}", times, quick, f"slowest {max(starts):.1f} s"),
    ]


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--times", type=int, default=20, help="how often on each engine (20)")
    asked = words.parse_args()
    return finish(
        [line for engine in asked.engines for line in tried(asked.folder / engine, engine, asked.times)], asked
    )


if __name__ == "__main__":
    raise SystemExit(main())

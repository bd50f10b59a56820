"""How fast the pages are, told in hellos, and whether the budgets of the design hold.

    .venv/bin/python -m tests.bench.throughput --folder /tmp/bench [--engines sqlite postgresql] [--cases 75000]
        [--repeat 1000000] [--seconds 2] [--rounds 5] [--json FILE]

One server process, as `portal web` starts it, answers everything (`tests.bench.hello`); eight connections that are
kept open ask from another process, a page at a time, in turns: hello, the portal's own plain answer (`/saglik`), the
queue as a colleague comes back to it, the queue drawn anew, the queue asked whether anything has changed, a case. A
line compares the medians of the same rounds, so a busy machine slows both sides of it. Statements,
processor time and bytes are taken straight from the application, in this process (`tests.bench.browser`).

`--repeat` also makes the year larger (`tests.bench.repeat`, SQLite only) and compares the medians there with those of
the year.
"""

import asyncio
import itertools
import os
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import col, select

from db.engine import Database
from db.models import Case, Department
from db.queries import cases
from portal import clock, warming
from portal.app import create_app
from portal.settings import Settings
from tests.bench import pages, repeat
from tests.bench.browser import Browser, Seen
from tests.drills.score import Line, finish, parser
from tests.drills.stage import free_port

CONNECTIONS = 8
STATUS = {"unchanged": 304}
_TURN = b"0123456789"
PACKED = {"accept-encoding": "gzip, br"}
MOST_STATEMENTS = {"queue, one department": 3, "queue, all departments": 3, "queue, unchanged": 2, "case": 6}
MOST_CPU_MS = {
    "queue, one department": 10,
    "queue, all departments": 10,
    "queue, category filter": 12,
    "queue, rare word": 12,
    "queue, common word, all": 12,
    "tracking, public": 2,
    "submit": 12,
}
MOST_GROWTH = 1.2
GROWING = ("queue, one department", "queue, unchanged", "queue, all departments", "queue, by due date", "case")


def main() -> int:
    """Measure what the command line asks for."""
    words = parser(__doc__)
    words.add_argument("--cases", type=int, default=75_000, help="the year that is measured")
    words.add_argument("--repeat", type=int, default=0, help="repeat that year to so many cases, on SQLite")
    words.add_argument("--seconds", type=float, default=2, help="how long each page is asked for in a round")
    words.add_argument("--rounds", type=int, default=5)
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with pages.installation(asked.folder, engine, asked.cases) as settings:
            lines += _in_hellos(settings, engine, seconds=asked.seconds, rounds=asked.rounds)
            lines += _budgets(settings, engine)
            if asked.repeat and engine == "sqlite":
                with repeat.repeated(settings, asked.repeat) as larger:
                    lines += _growth(settings, larger, asked.repeat, asked.cases)
    return finish(lines, asked)


def _in_hellos(settings: Settings, engine: str, *, seconds: float, rounds: int) -> Iterator[Line]:
    with _served(settings) as (port, pid):
        for name, each in _requests(settings).items():
            _ask(port, each, 1, status=STATUS.get(name, 200))
        # The server packs its files beside the first requests.
        time.sleep(warming.AFTER_SECONDS + 4)
        found = [_round(settings, port, pid, seconds=seconds) for _ in range(rounds)]
    for name in found[0]:
        rate = statistics.median(each[name][0] for each in found)
        spent = statistics.median(each[name][1] for each in found)
        print(f"{engine:<12}{name:<12}{rate:>8.0f} a second{spent:>8.2f} ms of processor time each")

    def share(of: str, to: str) -> float:
        return statistics.median(each[of][0] / each[to][0] for each in found)

    yield _line("S1", f"queue page, in hellos, on {engine}", share("queue", "hello"), least=0.15)
    yield _line("S2", f"unchanged refresh, in hellos, on {engine}", share("unchanged", "hello"), least=0.60)
    print(
        f"{engine:<12}in the portal's own plain answers: queue {share('queue', 'plain'):.2f}, "
        f"unchanged {share('unchanged', 'plain'):.2f}, drawn anew {share('drawn', 'plain'):.2f}"
    )
    yield _line("S3", f"case page, in queue pages drawn anew, on {engine}", share("drawn", "case"), most=2)


def _round(settings: Settings, port: int, pid: int, *, seconds: float) -> Mapping[str, tuple[float, float]]:
    """Every page in its turn; asked anew, for what a list shows is another thing every quarter of an hour."""
    asking = _requests(settings)
    while (left := 900 - time.time() % 900) < seconds * (len(asking) + 2):
        time.sleep(left)
        asking = _requests(settings)
    return {name: _measured(port, pid, each, seconds, status=STATUS.get(name, 200)) for name, each in asking.items()}


def _line(name: str, what: str, found: float, *, least: float = 0, most: float = float("inf"), unit: str = "") -> Line:
    line = f"at least {least}" if least else f"at most {most}"
    return Line(name, what, 1, int(least <= found <= most), f"{found:.2f}{unit}, {line}")


def _requests(settings: Settings) -> Mapping[str, bytes]:
    """What each page is asked for with, signed in and knowing what it has seen."""
    db = Database(settings.database_url)
    masa = pages.signed_in(db, "clerk", "FEN")
    with db.reading() as tx:
        fen = select(Department.id).where(Department.code == "FEN").scalar_subquery()
        case = tx.exec(select(Case).where(Case.department_id == fen, col(Case.is_open)).limit(1)).one()
    db.close()
    loop = asyncio.new_event_loop()
    app = create_app(settings)
    clerk = Browser(app, loop)
    clerk.cookies["masa"] = masa
    tag = clerk.get("/masa/kuyruk").headers["hx-ptag"]
    cookie = "; ".join(f"{name}={value}" for name, value in clerk.cookies.items())
    app.state.db.close()
    loop.close()

    def asking(address: str, **headers: str) -> bytes:
        sent = {"Host": "127.0.0.1", "Cookie": cookie, "Accept-Encoding": "gzip, br", **headers}
        lines = [f"GET {address} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        return "\r\n".join([*lines, "", ""]).encode()

    live = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-PTag": tag}
    return {
        "hello": asking("/hello"),
        "plain": asking("/saglik"),
        "queue": asking("/masa/kuyruk"),
        # A list under an address nobody has asked for yet: its rows may be at hand, the page is not.
        "drawn": asking(f"/masa/kuyruk?olcum={_TURN.decode()}"),
        "unchanged": asking("/masa/kuyruk", **live),
        "case": asking(f"/masa/basvuru/{case.reference}"),
    }


@contextmanager
def _served(settings: Settings) -> Iterator[tuple[int, int]]:
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    env |= {"PORTAL_DATA": str(settings.data_dir), "PORTAL_DATABASE_URL": settings.database_url}
    with open(settings.data_dir / "hello.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.hello"],
            env={**env, "PORTAL_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _measured(port: int, pid: int, asking: bytes, seconds: float, *, status: int) -> tuple[float, float]:
    """Answers a second, and the processor time of the server for each in milliseconds."""
    worked, begun = _worked(pid), time.perf_counter()
    answers = _ask(port, asking, seconds, status=status)
    return answers / (time.perf_counter() - begun), (_worked(pid) - worked) / answers * 1000


def _worked(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ask(port: int, asking: bytes, seconds: float, *, status: int) -> int:
    """Ask over every connection as soon as its last answer is whole; how many answers came."""
    answers, until = 0, time.perf_counter() + seconds
    turns = itertools.count(time.time_ns() % 10**9)

    def ask(connection: socket.socket) -> None:
        connection.sendall(asking.replace(_TURN, b"%010d" % next(turns)))

    with selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(connection, selectors.EVENT_READ, bytearray())
            ask(connection)
        # The last answers are waited for: nothing is left over for the page that is measured next.
        while ready.get_map():
            for key, _ in ready.select(1):
                connection, answer = key.fileobj, key.data
                answer.extend(connection.recv(262_144))  # type: ignore[union-attr]
                if not _is_whole(answer, status):
                    continue
                answers += 1
                answer.clear()
                if time.perf_counter() < until:
                    ask(connection)  # type: ignore[arg-type]
                else:
                    ready.unregister(connection)
                    connection.close()  # type: ignore[union-attr]
    return answers


def _is_whole(answer: bytearray, status: int) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if head[9:12] != b"%d" % status:
        sys.exit(f"the server answered {bytes(head[:100])!r}: nothing was measured")
    if status == 304:
        return True
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    return len(body) == int(lowered.partition(b"content-length:")[2].split(b"\r\n")[0])


def _budgets(settings: Settings, engine: str) -> list[Line]:
    """The lines about statements, processor time and bytes."""
    loop = asyncio.new_event_loop()
    app = create_app(settings)
    lines = []
    for name, page in pages.pages(settings, app, loop).items():
        seen = [page() for _ in range(45)][5:]
        pages.check(name, seen)
        spent = statistics.median(each.cpu for each in seen) * 1000
        asked = max(each.statements for each in seen)
        if most := MOST_STATEMENTS.get(name):
            lines.append(_line("S4", f"statements of: {name}, on {engine}", asked, most=most))
        if most := MOST_CPU_MS.get(name):
            lines.append(_line("S5", f"processor time of: {name}, on {engine}", spent, most=most, unit=" ms"))
    lines += _bytes(settings, app, loop, engine)
    app.state.db.close()
    loop.close()
    return lines


def _bytes(settings: Settings, app: object, loop: asyncio.AbstractEventLoop, engine: str) -> Iterator[Line]:
    citizen, clerk = (Browser(app, loop) for _ in range(2))  # type: ignore[arg-type]
    for address in ("/", "/takip", "/bildir"):
        yield _line("S6", f"first view of {address}, in KB", _first_view(citizen, address) / 1000, most=35)
    db: Database = app.state.db  # type: ignore[attr-defined]
    clerk.cookies["masa"] = pages.signed_in(db, "clerk", "FEN")
    # The oldest first: the newest are what this program itself has submitted, all in the same words.
    address = "/masa/kuyruk?sira=eski"
    seen = clerk.get(address, **PACKED)
    with db.transaction() as tx:
        case = cases.by_reference(tx, _first_in(clerk.get(address)))
        if case is None or not cases.change(tx, case, seen=case.version, now=clock.now()):
            sys.exit("no case could be changed: nothing was measured")
    live = {"hx-request": "true", "hx-request-type": "partial", "hx-ptag": seen.headers["hx-ptag"]}
    changed = clerk.get(address, **live, **PACKED, **{"hx-keeps": "rows"})
    pages.check("queue, one changed", [changed])
    yield _line("S6", f"a refresh in which one row changed, in KB, on {engine}", len(changed.body) / 1000, most=4)


def _first_in(queue: Seen) -> str:
    return queue.text.partition('id="case-')[2][:12]


def _first_view(browser: Browser, address: str) -> int:
    """Bytes of a page and of everything it asks for at once."""
    page, plain = browser.get(address, **PACKED), browser.get(address).text
    parts = {each.split('"')[0] for each in plain.split('="')[1:] if each.startswith("/static/")}
    return len(page.body) + sum(len(browser.get(each, **PACKED).body) for each in sorted(parts))


def _growth(year: Settings, larger: Settings, wanted: int, cases_then: int) -> Iterator[Line]:
    """How much slower a page is among many cases: asked for here and there in turns, while the machine is the same."""
    loop = asyncio.new_event_loop()
    apps = [create_app(each) for each in (year, larger)]
    few, many = (pages.pages(each, app, loop) for each, app in zip((year, larger), apps, strict=True))
    for name in GROWING:
        seen = [(few[name](), many[name]()) for _ in range(85)][5:]
        pages.check(name, [each for both in seen for each in both])
        here, there = (statistics.median(each.wall for each in column) for column in zip(*seen, strict=True))
        yield _line("S7", f"{name}: median at {wanted:,} / at {cases_then:,} on SQLite", there / here, most=MOST_GROWTH)
    for app in apps:
        app.state.db.close()
    loop.close()


if __name__ == "__main__":
    sys.exit(main())

"""PostgreSQL is killed (SIGKILL to its postmaster) and restarted in order, under load; web and worker go on.

Whoever asks meanwhile gets a page that says so and gives back what was typed; whoever sends the same form again gets
the one case it became. Nothing of ours is restarted.

.venv/bin/python -m tests.drills.database_down --folder /tmp/down-drill --times 20
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx

from portal import clock
from tests import walk
from tests.drills import truth
from tests.drills.people import Log, Mailbox, crowd, mailbox
from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation
from tests.web import Browser

BACK_WITHIN = 5.0
GIVES_UP_AFTER = 60


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--times", type=int, default=20, help="so many kills, and so many restarts (20)")
    words.add_argument("--citizens", type=int, default=4)
    words.add_argument("--clerks", type=int, default=2)
    asked = words.parse_args()
    # A file has no server that could be killed.
    if "postgresql" not in asked.engines:
        return finish([], asked)
    with mailbox() as box:
        url = f"smtp://127.0.0.1:{box.port}"
        with installation(asked.folder / "postgresql", "postgresql", PORTAL_SMTP_URL=url) as place:
            return finish(list(drill(place, box, asked)), asked)


def drill(place: Installation, box: Mailbox, asked: argparse.Namespace) -> Iterator[Line]:
    """Take the database away so often, each way, and measure how long it takes us to notice that it is back."""
    log = Log()
    back: dict[str, list[float]] = {"killed": [], "restarted": []}
    place.web.start()
    place.worker.start()
    place.wait_until_serving()
    ours = (place.web.pid, place.worker.pid)
    ways = ["killed", "restarted"] * asked.times
    with crowd(place, log, citizens=asked.citizens, clerks=asked.clerks):
        for number, way in enumerate(ways, 1):
            time.sleep(random.uniform(0.5, 2))
            back[way].append(_without_database(place, way))
            print(f"{number} of {len(ways)}", end="\r", file=sys.stderr, flush=True)
        time.sleep(2)
    for way, seconds in back.items():
        fast = sum(each < BACK_WITHIN for each in seconds)
        most = max(seconds, default=0)
        yield Line("R3", f"writing again < 5 s after the database was {way}", len(seconds), fast, f"most {most:.1f} s")
    yield Line("R3", "web and worker were never restarted", 2, _still(place, ours))
    clear = log.later - sum("503" in each for each in log.strange)
    yield Line("R3", "“try again later” said in clear words, with Retry-After", log.later, clear)
    typed = log.later_with_words + len(log.lost_words)
    yield Line("R3", "what was typed given back on that page", typed, log.later_with_words, _some(log.lost_words))
    place.worker.stop()
    truth.send_the_rest(place, now=clock.now() + timedelta(minutes=6))
    yield from truth.lines("R3", place, log, box)


def _without_database(place: Installation, way: str) -> float:
    """Seconds from the moment at which the database answers again until somebody's words are taken."""
    if place.server is None:
        raise RuntimeError("only PostgreSQL is a server")
    place.server.kill() if way == "killed" else place.server.stop()
    time.sleep(random.uniform(0.2, 1.5))
    place.server.start()
    begun = time.monotonic()
    while time.monotonic() - begun < GIVES_UP_AFTER:
        if takes_words(place):
            return time.monotonic() - begun
        time.sleep(0.05)
    return time.monotonic() - begun


def takes_words(place: Installation) -> bool:
    with httpx.Client(timeout=10) as client:
        browser = Browser(client, place.url)
        try:
            return (
                browser.get("/bildir").status == 200
                and browser.send(words=walk.WORDS, category="YOL-06").path == "/bildir/yer"
            )
        except httpx.TransportError:
            return False


def _still(place: Installation, ours: tuple[int, int]) -> int:
    return sum(each.is_running and each.pid == pid for each, pid in zip((place.web, place.worker), ours, strict=True))


def _some(paths: list[str]) -> str:
    return ", ".join(sorted(set(paths))[:4])


if __name__ == "__main__":
    sys.exit(main())

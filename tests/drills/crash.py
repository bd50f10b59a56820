"""Web and worker are killed (SIGKILL) at random moments while citizens report and clerks answer.

Afterwards the database, the photos and the mailbox are asked whether everything is true that somebody was shown:
every number, every word, every photo, every change; nothing half done, nothing twice, no letter twice, none forgotten.

.venv/bin/python -m tests.drills.crash --folder /tmp/crash-drill --times 50
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from portal import clock
from tests.drills import machine, truth
from tests.drills.people import Log, Mailbox, crowd, mailbox
from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation

SERVING_WITHIN = 3.0


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--times", type=int, default=50)
    words.add_argument("--citizens", type=int, default=4)
    words.add_argument("--clerks", type=int, default=2)
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with mailbox() as box:
            url = f"smtp://127.0.0.1:{box.port}"
            with installation(asked.folder / engine, engine, PORTAL_SMTP_URL=url) as place:
                lines += drill(place, box, asked)
    return finish(lines, asked)


def drill(place: Installation, box: Mailbox, asked: argparse.Namespace) -> Iterator[Line]:
    """Kill so often, then compare."""
    log = Log()
    serving: list[float] = []
    spent: list[float] = []
    place.web.start()
    place.worker.start()
    place.wait_until_serving()
    with crowd(place, log, citizens=asked.citizens, clerks=asked.clerks):
        for _ in range(asked.times):
            time.sleep(random.uniform(0.5, 3))
            first, second = random.sample((place.web, place.worker), 2)
            first.kill()
            time.sleep(random.uniform(0, 0.2))
            second.kill()
            place.web.start()
            place.worker.start()
            serving.append(place.wait_until_serving())
            spent.append(machine.processor_seconds(place.web.pid))
            print(f"{place.engine}: {len(serving)} kills", end="\r", file=sys.stderr, flush=True)
        time.sleep(2)
    where = f"on {place.engine}"
    median = statistics.median(serving)
    fast = sum(each < SERVING_WITHIN for each in serving)
    yield Line(
        "R2",
        f"serving again < 3 s after a kill, {where}",
        len(serving),
        fast,
        f"median {median:.1f} s, most {max(serving):.1f} s; processor time median {statistics.median(spent):.1f} s",
    )
    # The hold of what a killed worker had in its hands runs out later than we want to wait.
    place.worker.stop()
    truth.send_the_rest(place, now=clock.now() + timedelta(minutes=6))
    yield from truth.lines("R2", place, log, box)


if __name__ == "__main__":
    sys.exit(main())

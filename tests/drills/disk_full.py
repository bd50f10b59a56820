"""The disk runs full under load and is freed again; the data, the photos and PostgreSQL's own files lie on it.

A small ext4 file system is made in a file and mounted; that needs root. Programs' logs lie elsewhere. While it is full,
reads go on and writes get the page that says so with what was typed; after it is freed, nobody has to restart anything.
SQLite is checked with its integrity_check. The PostgreSQL that the tests bring has no amcheck extension: there all page
checksums are verified (pg_checksums) and every row is read (pg_dump).

.venv/bin/python -m tests.drills.disk_full --folder /tmp/full-drill
"""

import argparse
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from db.engine import Database
from portal import clock
from tests.drills import truth
from tests.drills.database_down import takes_words
from tests.drills.people import Citizen, Clerk, Log, Mailbox, colleague, crowd, mailbox
from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation
from tests.web import Browser

MEGABYTES = {"sqlite": 200, "postgresql": 500}
BACK_WITHIN = 10.0
GIVES_UP_AFTER = 90


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--times", type=int, default=3)
    words.add_argument("--seconds", type=float, default=20, help="how long it stays full")
    words.add_argument("--citizens", type=int, default=4)
    words.add_argument("--clerks", type=int, default=2)
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        home = asked.folder.absolute() / engine
        home.mkdir(parents=True, exist_ok=True)
        with mailbox() as box, _small_disk(home, MEGABYTES[engine]) as disk:
            url = f"smtp://127.0.0.1:{box.port}"
            with installation(disk / "here", engine, PORTAL_SMTP_URL=url) as place:
                place.web.log, place.worker.log = home / "web.log", home / "worker.log"
                lines += drill(place, box, asked, disk)
            if engine == "postgresql":
                lines.append(_checksums(place))
    return finish(lines, asked)


@contextmanager
def _small_disk(home: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, as large as said."""
    image, disk = home / "disk.img", home / "disk"
    disk.mkdir(exist_ok=True)
    with open(image, "wb") as out:
        out.truncate(megabytes * 1_000_000)
    # No part is kept back for root, who runs this.
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, disk], check=True)
    disk.chmod(0o755)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)
        image.unlink()


@dataclass
class Reader:
    """Looks at a list and at a case without a pause, and counts what it sees."""

    place: Installation
    sign: tuple[str, str]
    reference: str
    answers: dict[int, int] = field(default_factory=dict)
    is_counting: bool = False

    def live(self, stop: threading.Event) -> None:
        clerk = Clerk(self.place, Log(), stop, self.sign)
        clerk.sign_in()
        while not stop.is_set():
            for address in ("/masa/kuyruk", f"/masa/basvuru/{self.reference}", f"/takip/{self.reference}"):
                if self.is_counting:
                    status = self._look(clerk.browser, address)
                    self.answers[status] = self.answers.get(status, 0) + 1
            time.sleep(0.1)

    def _look(self, browser: Browser, address: str) -> int:
        try:
            return browser.get(address).status
        except httpx.TransportError:
            return 0


def drill(place: Installation, box: Mailbox, asked: argparse.Namespace, disk: Path) -> Iterator[Line]:
    """Fill, wait, free, and measure how long it takes until words are taken again."""
    log, stop = Log(), threading.Event()
    back: list[float] = []
    where = f"on {place.engine}"
    place.web.start()
    place.worker.start()
    place.wait_until_serving()
    ours = (place.web.pid, place.worker.pid)
    reader = Reader(place, colleague(place, 99), Citizen(place, log, stop).report())
    thread = threading.Thread(target=reader.live, args=(stop,), daemon=True)
    thread.start()
    starts = 0
    with crowd(place, log, citizens=asked.citizens, clerks=asked.clerks):
        for _ in range(asked.times):
            time.sleep(random.uniform(3, 5))
            _fill(disk)
            reader.is_counting = True
            time.sleep(asked.seconds)
            reader.is_counting = False
            (disk / "ballast").unlink()
            begun = time.monotonic()
            if place.server and not place.server.is_running:
                starts += 1
                place.server.start()
            while time.monotonic() - begun < GIVES_UP_AFTER and not takes_words(place):
                time.sleep(0.1)
            back.append(time.monotonic() - begun)
        time.sleep(2)
    stop.set()
    thread.join(30)
    seen = ", ".join(f"{status}: {count}" for status, count in sorted(reader.answers.items()))
    yield Line("R4", f"pages read while full, {where}", sum(reader.answers.values()), reader.answers.get(200, 0), seen)
    fast = sum(each < BACK_WITHIN for each in back)
    note = f"most {max(back):.1f} s" + (f"; PostgreSQL itself had to be started {starts} times" if starts else "")
    yield Line("R4", f"writing again < 10 s after space returned, {where}", len(back), fast, note)
    still = sum(each.is_running and each.pid == pid for each, pid in zip((place.web, place.worker), ours, strict=True))
    yield Line("R4", f"web and worker were never restarted, {where}", 2, still)
    clear = log.later - sum("503" in each for each in log.strange)
    yield Line("R4", f"“try again later” said in clear words, {where}", log.later, clear)
    typed = log.later_with_words + len(log.lost_words)
    yield Line("R4", f"what was typed given back on that page, {where}", typed, log.later_with_words)
    place.worker.stop()
    truth.send_the_rest(place, now=clock.now() + timedelta(minutes=6))
    yield from truth.lines("R4", place, log, box)
    if place.engine == "sqlite":
        yield _integrity(place)
    else:
        yield _every_row(place)


def _fill(disk: Path) -> None:
    """Take every block there is; what others free meanwhile as well."""
    with open(disk / "ballast", "wb", buffering=0) as out:
        for size in (1_000_000, 4096):
            block = os.urandom(size)
            try:
                while True:
                    out.write(block)
            except OSError:
                pass


def _integrity(place: Installation) -> Line:
    with closing(Database(place.settings.database_url)) as db, db.reading() as tx:
        told = tx.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
    return Line("R4", "PRAGMA integrity_check, on sqlite", 1, int(told == "ok"), str(told)[:60])


def _every_row(place: Installation) -> Line:
    """Read through PostgreSQL's own eyes: each row of each table, each constraint."""
    program, user = place.server.program("pg_dump")  # type: ignore[union-attr]
    socket = place.folder / "pg"
    done = subprocess.run(
        [program, "-h", socket, "-U", "postgres", "-f", "/dev/null", "postgres"],
        capture_output=True,
        text=True,
        check=False,
        **user,
    )
    return Line("R4", "pg_dump reads every row, on postgresql", 1, int(done.returncode == 0), done.stderr[:80])


def _checksums(place: Installation) -> Line:
    """The server is stopped; every page of every table and index is read and its checksum verified."""
    program, user = place.server.program("pg_checksums")  # type: ignore[union-attr]
    data = place.folder / "pg" / "data"
    done = subprocess.run([program, "--check", "-D", data], capture_output=True, text=True, check=False, **user)
    counts = dict(line.strip().split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    blocks, bad = int(counts.get("Blocks scanned", 0)), int(counts.get("Bad checksums", -1))
    is_fine = done.returncode == 0 and bad == 0
    return Line("R4", "pages with a right checksum (pg_checksums), on postgresql", blocks, blocks if is_fine else 0)


if __name__ == "__main__":
    sys.exit(main())

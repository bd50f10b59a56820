"""R8: a backup while the town works, restored into an empty place of each engine and compared with its moment.

    python -m tests.drills.restore --folder /tmp/restore [--engines sqlite postgresql] [--into sqlite postgresql]
        [--cases 1000000]

Citizens report without end and the web serves while `portal backup` runs, plain and encrypted. The backup is restored
with `portal restore` into an empty installation of the same engine and of the other one; a backup of what came out must
have the same counts, the same hash of every table and the same files. The restored web then opens a case by the
applicant's link, with its photo.

With `--cases` the town has so many before (`tests.drills.filling`); restoring has to take less than ten minutes, and
making and restoring a backup less memory than `MOST_MEMORY`. The encrypted one is then left out.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.queries import cases
from portal import clock
from portal.rules.references import derive_key
from portal.rules.reporting import Report
from portal.services import attachments, intake, townbook
from portal.services.intake import Intake
from tests.drills import score, stage
from tests.drills.filling import fill
from tests.drills.score import Line
from tests.drills.stage import Installation
from tests.pictures import photo

MOST_SECONDS = 600
MOST_MEMORY = 300
CASES_BEFORE = 200
# A folder that was used before knows the forms of the time before.
_BEGUN = int(time.time()) * 10_000_000


def main() -> int:
    words = score.parser(__doc__)
    words.add_argument("--into", nargs="+", default=list(score.ENGINES), choices=score.ENGINES)
    words.add_argument("--cases", type=int, nargs="+", default=[0], help="how many the town has before")
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        for number in asked.cases:
            lines += _under_load(asked.folder, engine, asked.into, number)
    return score.finish(lines, asked)


def _under_load(folder: Path, engine: str, into: Sequence[str], number: int) -> Iterator[Line]:
    home = folder / (f"{engine}-{number}" if number else f"from-{engine}")
    if not number:
        shutil.rmtree(home, ignore_errors=True)
    with stage.installation(home, engine) as here:
        if number:
            fill(here, number)
        plain, sealed, key = (here.folder / name for name in ("plain.tar", "sealed.tar.age", "key"))
        for each in (plain, sealed, key):
            each.unlink(missing_ok=True)
        here.command("backup-key", str(key))
        recipient = key.read_text().split("public key: ")[1].split()[0]
        here.web.start()
        here.wait_until_serving()
        known = _open(here, _BEGUN)
        for each in range(1, CASES_BEFORE):
            _open(here, _BEGUN + each)
        with _town_at_work(here) as done:
            taken = _command(here, "backup", str(plain))
            if not number:
                here.command("backup", str(sealed), "--recipient", recipient)
            opened = done.opened
        here.web.stop()
        told = _told(plain)
        size = f"{told['rows']['case']:,} cases, {sum(told['rows'].values()):,} rows, {opened} cases opened meanwhile"
        yield Line("R8", f"reports and pages during a backup on {engine}", done.tried, done.tried - len(done.troubles))
        yield _frugal(taken, f"a backup under load on {engine}, {plain.stat().st_size / 1e6:,.0f} MB")
        for other in into:
            with _empty(folder / f"{engine}-to-{other}", other) as there:
                shutil.copy2(here.settings.secret_file, there.settings.secret_file)
                yield from _restored(there, plain, told, known, f"{engine} restored into {other}", size)
            if number:
                shutil.rmtree(there.folder)
        if not number:
            with _empty(folder / f"{engine}-sealed", engine) as there:
                there.command("restore", str(sealed), "--key", str(key))
                yield Line("R8", f"encrypted, with the secret inside, on {engine}", 2, _opens(there, known))


def _restored(
    there: Installation, plain: Path, told: dict[str, Any], known: tuple[str, str], way: str, size: str
) -> Iterator[Line]:
    """Restore, compare, and look as the applicant does."""
    taken = _command(there, "restore", str(plain))
    again = there.folder / "again.tar"
    there.command("backup", str(again))
    tried, held = _compared(told, _told(again))
    again.unlink()
    yield Line("R8", f"tables and files of a backup under load, {way}", tried, held, size)
    is_quick, note = taken.seconds < MOST_SECONDS, f"{taken.seconds:.0f} s, {taken.worked:.0f} s of them its own work"
    yield Line("R8", f"within ten minutes: {way}", 1, int(is_quick), note)
    yield _frugal(taken, way)
    yield Line("R8", f"the applicant's link and photo after that, on {there.engine}", 2, _opens(there, known))


def _frugal(taken: "Taken", what: str) -> Line:
    note = f"{taken.megabytes:.0f} MB; {taken.seconds:.0f} s"
    return Line("R8", f"under {MOST_MEMORY} MB of memory: {what}", 1, int(taken.megabytes < MOST_MEMORY), note)


@dataclass(frozen=True)
class Taken:
    """What a command cost."""

    seconds: float
    worked: float
    megabytes: float


def _command(place: Installation, *words: str) -> Taken:
    """Run a `portal` command to its end, and look at its watch."""
    begun = time.monotonic()
    with open(place.folder / "command.log", "ab") as log:
        running = subprocess.Popen([sys.executable, "-m", "portal", *words], env=place.env, stdout=log, stderr=log)
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"portal {' '.join(words)} ended with {running.returncode}; see {log.name}")
    return Taken(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


@contextmanager
def _empty(folder: Path, engine: str) -> Iterator[Installation]:
    """A place where nothing was done yet: no tables, no town."""
    folder = folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "var").mkdir(parents=True)
    server = stage.Server(folder / "pg") if engine == "postgresql" else None
    place = Installation(engine, folder, stage.free_port(), server)
    try:
        if server is not None:
            server.start()
        yield place
    finally:
        place.web.kill()
        if server is not None:
            server.stop()


@dataclass
class Work:
    """What citizens did meanwhile."""

    opened: int = 0
    tried: int = 0
    troubles: list[str] = field(default_factory=list)


@contextmanager
def _town_at_work(here: Installation) -> Iterator[Work]:
    """Four citizens report with photos, and two read, until the end."""
    stop, done, turn = threading.Event(), Work(), threading.Lock()

    def report(place: int) -> None:
        number = _BEGUN + 1_000_000 * (place + 1)
        while not stop.wait(0.2):
            number += 1
            trouble = ""
            try:
                _open(here, number)
            except DBAPIError as no:
                trouble = str(no.orig)
            note(trouble, opened=not trouble)

    def read() -> None:
        with httpx.Client(base_url=here.url, timeout=30) as client:
            while not stop.wait(0.05):
                status = client.get("/").status_code
                note("" if status == 200 else str(status))

    def note(trouble: str, *, opened: bool = False) -> None:
        with turn:
            done.tried += 1
            done.opened += opened
            done.troubles += [trouble] if trouble else []

    threads = [threading.Thread(target=report, args=(place,)) for place in range(4)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for each in threads:
        each.start()
    try:
        yield done
    finally:
        stop.set()
        for each in threads:
            each.join()


_databases: dict[str, Database] = {}


def _open(here: Installation, number: int) -> tuple[str, str]:
    """A case with a photo; its reference and the key in the applicant's link."""
    db = _databases.setdefault(here.settings.database_url, Database(here.settings.database_url))
    now, secret = clock.now(), here.settings.secret
    picture = attachments.read(photo((320, 240)), "cukur.jpg")
    attachments.put(attachments.store(here.settings.data_dir), picture)
    with db.transaction() as tx:
        town = townbook.read(tx)
        report = Report(
            words=f"Okulun önündeki yolda derin bir çukur var ({number}).",
            category_code="YOL-06",
            neighbourhood_code="tacin",
            street="4516. Sokak",
            name="Ayşe Yılmaz",
            email="ayse@ornek.com.tr",
        )
        receipt = intake.open_case(tx, report, Intake(form_id=f"drill-{number}"), town=town, secret=secret, now=now)
        case = cases.by_reference(tx, receipt.reference)
        submission = cases.submission(tx, receipt.reference)
        if case is None or submission is None:
            raise RuntimeError("the case is not there")
        attachments.add_to_case(tx, case, picture, submission=submission, now=now)
        return receipt.reference, derive_key(secret, receipt.reference, submission.key_nonce)


def _opens(there: Installation, known: tuple[str, str]) -> int:
    """How much of a known case its applicant sees: the words, the photo."""
    reference, key = known
    there.web.start()
    there.wait_until_serving()
    try:
        with httpx.Client(base_url=there.url, timeout=30, follow_redirects=True) as client:
            page = client.get(f"/takip/{reference}", params={"k": key}).text
            found = re.search(r'<img\b[^>]*\bsrc="(/foto/[^"]+)"', page)
            has_photo = bool(found) and client.get(found[1]).headers.get("content-type") == "image/webp"
            return int(f"derin bir çukur var ({_BEGUN})" in page) + int(has_photo)
    finally:
        there.web.kill()


def _told(file: Path) -> dict[str, Any]:
    """A backup's own account, with the hash of each file in it."""
    with tarfile.open(file) as tar:
        manifest: dict[str, Any] = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        sums = tar.extractfile("SHA256SUMS").read().decode()  # type: ignore[union-attr]
    manifest["sums"] = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in sums.splitlines()}
    return manifest


def _compared(before: dict[str, Any], after: dict[str, Any]) -> tuple[int, int]:
    """Tables and files tried, and how many are exactly what they were."""
    files = [name for name in before["sums"] if name.startswith("files/")]
    same = [name for name in files if before["sums"][name] == after["sums"].get(name)]
    tables = [
        name
        for name in before["rows"]
        if (before["rows"][name], before["hashes"][name]) == (after["rows"].get(name), after["hashes"].get(name))
    ]
    return len(before["rows"]) + len(files), len(tables) + len(same)


if __name__ == "__main__":
    raise SystemExit(main())

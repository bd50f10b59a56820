"""R8: a backup while the town works, restored into an empty place of each engine and compared with its moment.

    python -m tests.drills.restore --folder /tmp/restore [--engines sqlite postgresql] [--big FILE.sqlite3]

Citizens and colleagues work through the services and the web serves while `portal backup` runs, plain and encrypted.
The backup is restored with `portal restore` into an empty installation of the same engine and of the other one; a
backup of what came out must have the same counts, the same hash of every table and the same files. The restored web
then opens a case by the applicant's link, with its photo. `--big` names a database of a million cases (see
tests.drills.million): it goes into each engine within ten minutes, and comes out with the same hashes.
"""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from db.engine import Database
from db.queries import cases
from portal import clock
from portal.rules.references import derive_key
from portal.rules.reporting import Report
from portal.services import attachments, intake, townbook
from portal.services.intake import Intake
from tests.drills import score, stage
from tests.drills.score import Line
from tests.drills.stage import Installation
from tests.pictures import photo

MOST_SECONDS = 600
CASES_BEFORE = 200


def main() -> int:
    words = score.parser(__doc__)
    words.add_argument("--big", type=Path, help="a SQLite database of a million cases to restore against the clock")
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        lines += _under_load(asked.folder, engine)
        if asked.big:
            lines += _against_the_clock(asked.folder, engine, asked.big)
    return score.finish(lines, asked)


def _under_load(folder: Path, engine: str) -> list[Line]:
    lines = []
    shutil.rmtree(folder / f"from-{engine}", ignore_errors=True)
    with stage.installation(folder / f"from-{engine}", engine) as here:
        here.web.start()
        here.wait_until_serving()
        here.command("backup-key", str(here.folder / "key"))
        recipient = (here.folder / "key").read_text().split("public key: ")[1].split()[0]
        known = _open(here, 0)
        for number in range(1, CASES_BEFORE):
            _open(here, number)
        with _town_at_work(here) as written:
            plain, sealed = here.folder / "plain.tar", here.folder / "sealed.tar.age"
            here.command("backup", str(plain))
            here.command("backup", str(sealed), "--recipient", recipient)
            after = len(written)
        during = f"{after} cases opened meanwhile"
        for other in score.ENGINES:
            with _empty(folder / f"{engine}-to-{other}", other) as there:
                shutil.copy2(here.settings.secret_file, there.settings.secret_file)
                there.command("restore", str(plain))
                there.command("backup", str(there.folder / "again.tar"))
                tried, held = _compared(_told(plain), _told(there.folder / "again.tar"))
                what = f"tables and files of a backup under load, {engine} restored into {other}"
                lines.append(Line("R8", what, tried, held, during))
                lines.append(
                    Line("R8", f"the applicant's link and photo after that, on {other}", 2, _opens(there, known))
                )
        with _empty(folder / f"{engine}-sealed", engine) as there:
            there.command("restore", str(sealed), "--key", str(here.folder / "key"))
            lines.append(Line("R8", f"encrypted, with the secret inside, on {engine}", 2, _opens(there, known)))
    return lines


def _against_the_clock(folder: Path, engine: str, big: Path) -> list[Line]:
    with _empty(folder / f"big-{engine}", engine) as there:
        source, file = folder / "big", folder / "big.tar"
        source.mkdir(exist_ok=True)
        shutil.copy2(big.parent / "secret", source / "secret")
        shutil.copy2(big.parent / "secret", there.settings.secret_file)
        env = {**there.env, "PORTAL_DATA": str(source), "PORTAL_DATABASE_URL": f"sqlite:///{big.absolute()}"}
        taken = 0.0
        if not file.exists():
            taken = _timed(env, "backup", str(file))
        seconds = _timed(there.env, "restore", str(file))
        again = there.folder / "again.tar"
        _timed(there.env, "backup", str(again))
        told = _told(file)
        tried, held = _compared(told, _told(again))
        note = (
            f"{told['rows']['case']:,} cases, {sum(told['rows'].values()):,} rows, {file.stat().st_size / 1e6:,.0f} MB"
        )
        again.unlink()
        return [
            Line("R8", f"restored within ten minutes, on {engine}", 1, int(seconds < MOST_SECONDS), f"{seconds:.0f} s"),
            Line(
                "R8",
                f"counts and hash of every table of it, on {engine}",
                tried,
                held,
                f"{note}; taken in {taken:.0f} s",
            ),
        ]


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


@contextmanager
def _town_at_work(here: Installation) -> Iterator[list[str]]:
    """Four citizens report with photos, and two read, until the end."""
    stop, written, troubles = threading.Event(), [], []

    def report(place: int) -> None:
        number = 1_000_000 * (place + 1)
        while not stop.is_set():
            number += 1
            written.append(_open(here, number)[0])

    def read() -> None:
        with httpx.Client(base_url=here.url, timeout=30) as client:
            while not stop.is_set():
                if client.get("/").status_code != 200:
                    troubles.append("/")

    threads = [threading.Thread(target=report, args=(place,)) for place in range(4)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for each in threads:
        each.start()
    try:
        yield written
    finally:
        stop.set()
        for each in threads:
            each.join()
    if troubles:
        raise RuntimeError(f"{len(troubles)} pages failed during the backup")


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
            return int("derin bir çukur var (0)" in page) + int(has_photo)
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


def _timed(env: dict[str, str], *words: str) -> float:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "portal", *words], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"portal {' '.join(words)}: {done.stdout}{done.stderr}")
    return time.monotonic() - begun


if __name__ == "__main__":
    raise SystemExit(main())

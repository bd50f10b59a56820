"""`portal worker` as a process: it delivers what others queue, survives trouble, and stops when asked."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from db.engine import Database
from db.models import TownDay
from db.queries import health
from portal import clock
from portal.services import recount, resets, town
from portal.services.accounts import Visitor
from portal.services.recount import Progress
from tests.cast import SECRET, City
from tests.channels.mailserver import mail_server

PATIENCE = 60


@dataclass
class Worker:
    """A running worker and what it has logged."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def logged(self) -> str:
        return self.log.read_text("utf-8")

    def wait_until(self, is_so: Callable[[], object]) -> None:
        """Waits for something that must come; a worker that ended will not bring it."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            assert self.process.poll() is None, self.logged()
            assert time.monotonic() < until, self.logged()
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """How it ended after being asked to."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def working(db: Database, folder: Path, *, port: int) -> Iterator[Worker]:
    """A worker of this database, with a mail server on the port."""
    secret, log = folder / "secret", folder / "log"
    secret.write_bytes(SECRET)
    secret.chmod(0o600)
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    env |= {
        "PORTAL_DATA": str(folder),
        "PORTAL_DATABASE_URL": db.url,
        "PORTAL_SECRET_FILE": str(secret),
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "PORTAL_BASE_URL": "https://cozum.aksaray.example",
    }
    with open(log, "wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "portal", "worker"], env=env, stdout=out, stderr=out)
    try:
        yield Worker(process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_letters_leave_by_themselves_and_the_log_names_nobody(city: City, tmp_path: Path):
    with mail_server() as server, working(city.db, tmp_path, port=server.port) as worker:
        receipt = city.report(now=clock.now())
        worker.wait_until(lambda: city.letters(city.look(receipt.reference))[0].state == "sent")

        assert worker.stop() == 0

    [arrived] = server.letters
    assert f"/takip/{receipt.reference}?k={receipt.key}" in arrived.get_content()
    for secret in ("ayse", "Ayşe", receipt.reference, receipt.key):
        assert secret not in worker.logged()


def test_a_link_to_a_new_password_leaves_by_itself_and_is_in_no_log(city: City, tmp_path: Path):
    with mail_server() as server, working(city.db, tmp_path, port=server.port) as worker:
        resets.ask(city.db, city.kemal.email, visitor=Visitor(), secret=SECRET, language="tr", now=clock.now())
        worker.wait_until(lambda: server.letters and "staff letter sent" in worker.logged())

        assert worker.stop() == 0

    found = re.search(r"/giris/parola/yeni\?k=(\S+)", server.letters[0].get_content())
    assert found
    with city.db.reading() as tx:
        assert resets.opened(tx, found[1], now=clock.now()).id == city.kemal.id
    for secret in (found[1], "kemal", "Kemal"):
        assert secret not in worker.logged()


def test_trouble_is_logged_and_work_goes_on_when_it_is_over(empty_db: Database, tmp_path: Path):
    with mail_server() as server, working(empty_db, tmp_path, port=server.port) as worker:
        worker.wait_until(lambda: "round failed" in worker.logged())

        empty_db.upgrade()
        with empty_db.transaction() as tx:
            town.load(tx)
        City(empty_db).report(now=clock.now())

        worker.wait_until(lambda: server.letters)
        assert worker.stop(signal.SIGINT) == 0


def test_it_leaves_a_trace_that_it_is_at_work(city: City, tmp_path: Path):
    with mail_server() as server, working(city.db, tmp_path, port=server.port) as worker:
        worker.wait_until(lambda: seen(city.db))

        assert worker.stop() == 0

    assert clock.now() - seen(city.db) < timedelta(seconds=PATIENCE)


def test_dates_are_counted_anew_beside_the_letters(city: City, tmp_path: Path):
    cases = [city.report(now=clock.now()) for _ in range(3)]
    holiday = city.town.calendar.next_working_day(clock.now().astimezone(clock.ISTANBUL).date() + timedelta(days=1))
    with city.db.transaction() as tx:
        tx.add(TownDay(on=holiday, kind="full", name="İdari izin"))

    with mail_server() as server, working(city.db, tmp_path, port=server.port) as worker:
        worker.wait_until(lambda: progress(city.db).is_done and any_recounted(city, cases[0].reference))
        worker.wait_until(lambda: len(server.letters) == 3)

        assert worker.stop() == 0


def progress(db: Database) -> Progress:
    with db.reading() as tx:
        return recount.progress(tx)


def seen(db: Database) -> datetime | None:
    with db.reading() as tx:
        return health.last_beat(tx, health.WORKER)


def any_recounted(city: City, reference: str) -> bool:
    return any(each.kind == "recounted" for each in city.events(city.look(reference)))


def test_a_letter_in_hand_is_finished_before_it_stops(city: City, tmp_path: Path):
    with mail_server() as server, working(city.db, tmp_path, port=server.port) as worker:
        letters = [city.report(now=clock.now()) for _ in range(20)]
        worker.wait_until(lambda: server.letters)
        assert worker.stop() == 0

    left = [city.letters(city.look(each.reference))[0] for each in letters]
    assert sum(each.state == "sent" for each in left) == len(server.letters)
    # What was not begun is not held either: the next worker takes it at once.
    assert all(each.attempts == 0 for each in left if each.state == "waiting")

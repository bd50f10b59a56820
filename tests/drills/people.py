"""Citizens and clerks before a portal that may fall over at any moment, and the mailbox their letters arrive in.

What they saw acknowledged is written down here, by them; the drills then ask the database whether it is true.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from uuid import uuid4

import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from db.engine import Database
from portal import clock, opening
from portal.services import accounts
from tests import pictures, walk
from tests.drills.stage import Installation, free_port
from tests.web import Browser, Form, Page

PATIENCE = 30
TRIES = 40
STEPS = 8


class Away(Exception):
    """No answer came, or the answer that the portal cannot work at present."""


@dataclass
class Log:
    """What people saw with their own eyes."""

    # What was written, and the number the receipt page showed.
    references: dict[str, str] = field(default_factory=dict)
    # How many photos were in the form when it was taken.
    photos: dict[str, int] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    # Words of a clerk's change that was acknowledged, and the case.
    changes: dict[str, str] = field(default_factory=dict)
    tried_changes: set[str] = field(default_factory=set)
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    # Pages that said "later" and did not give back what had been typed.
    lost_words: list[str] = field(default_factory=list)
    later: int = 0
    later_with_words: int = 0
    strange: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Person:
    """A browser that does not give up: what got no answer is sent again, as it was."""

    def __init__(self, place: Installation, log: Log, stop: threading.Event) -> None:
        self.place, self.log, self.stop = place, log, stop
        self.client = httpx.Client(timeout=PATIENCE)
        self.browser = Browser(self.client, place.url)

    def ask(self, act: Callable[[], Page], *, typed: str = "", to: str = "") -> Page:
        """The answer to a step, or `Away`. What was typed was sent `to` an address; a later page need not know it."""
        try:
            page = act()
        except httpx.TransportError as no:
            raise Away(type(no).__name__) from no
        with self.log.lock:
            self.log.statuses[page.status] += 1
            if page.status == 503:
                self._look_at_excuse(page, typed if page.url == to else "")
            elif page.status >= 500:
                self.log.strange.append(f"{page.status} {page.path}")
        if page.status >= 500:
            raise Away(str(page.status))
        return page

    def insist(self, act: Callable[[], Page], *, typed: str = "", to: str = "") -> Page:
        """The answer to a step that is repeated until there is one."""
        for _ in range(TRIES):
            try:
                return self.ask(act, typed=typed, to=to)
            except Away:
                time.sleep(random.uniform(0.1, 0.5))
        raise Away("for good")

    def _look_at_excuse(self, page: Page, typed: str) -> None:
        self.log.later += 1
        is_clear = "Hizmet şu anda kullanılamıyor" in page.words and "retry-after" in page.headers
        if not is_clear:
            self.log.strange.append(f"503 that explains nothing, {page.path}")
        if typed and typed not in page.words:
            self.log.lost_words.append(page.path)
        elif typed:
            self.log.later_with_words += 1


class Citizen(Person):
    """Reports again and again, now and then with a photo."""

    def live(self) -> None:
        while not self.stop.is_set():
            try:
                self.report()
            except Away:
                time.sleep(0.3)

    def report(self) -> str:
        """One report, carried through every failure until its receipt is seen; the number on it."""
        self.browser = Browser(self.client, self.place.url)
        mark = uuid4().hex[:16]
        words = f"Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor. {mark}"
        self.insist(lambda: self.browser.get("/bildir"))
        self._send(self.browser.page.form(["words"]), typed=words, words=words, category="YOL-06")
        photos = 0
        for _ in range(STEPS):
            page = self.browser.page
            step = page.path.rpartition("/")[2]
            if step == "yer":
                self._send(page.form(["neighbourhood"]), typed=walk.PLACE["street"], **walk.PLACE)
            elif step == "foto":
                wanted = [pictures.upload(pictures.photo((300, 200), colour="red"))] if random.random() < 0.3 else []
                # A photo sent twice is in the form once; the form knows it by its hash.
                self._send(page.form(["photos"]), photos=wanted)
                photos = len(wanted)
            elif step == "kim":
                who = {"name": "Ayşe Yılmaz", "email": f"{mark}@ornek.com.tr"}
                self._send(page.form(["name"]), typed=who["email"], **who)
            elif step == "ozet":
                with self.log.lock:
                    self.log.written.add(mark)
                self._send(page.form(["form_id"]))
            elif page.path.startswith("/alindi/"):
                break
            else:
                raise Away(f"lost at {page.path} {page.status}")
        page = self.browser.page
        if not page.path.startswith("/alindi/") or page.status != 200:
            raise Away(f"no receipt: {page.path} {page.status}")
        reference = page.path.rpartition("/")[2]
        with self.log.lock:
            self.log.references[mark] = reference
            self.log.photos[mark] = photos
        return reference

    def _send(self, form: Form, *, typed: str = "", **fields: object) -> Page:
        return self.insist(lambda: self.browser.submit(form, **fields), typed=typed, to=form.action)


class Clerk(Person):
    """Opens one case after the other, writes a note and moves it with an answer."""

    def __init__(self, place: Installation, log: Log, stop: threading.Event, sign: tuple[str, str]) -> None:
        super().__init__(place, log, stop)
        self._sign = sign

    def live(self) -> None:
        while not self.stop.is_set():
            try:
                self.work()
            except Away:
                time.sleep(0.3)

    def sign_in(self) -> None:
        self.insist(lambda: self.browser.get("/masa/kuyruk"))
        if self.browser.page.path == "/giris":
            form = self.browser.page.form(["email", "password"])
            self.insist(lambda: self.browser.submit(form, email=self._sign[0], password=self._sign[1]))
        if self.browser.page.path != "/masa/kuyruk":
            raise Away(f"not at the desk: {self.browser.page.path}")

    def work(self) -> None:
        """One case: a note, then the next status with an answer."""
        self.sign_in()
        found = re.findall(r'<a class="queue__subject" href="(/masa/basvuru/\d{12})"', self.browser.page.html)
        if not found:
            time.sleep(0.2)
            return
        address = random.choice(found)
        self.ask(lambda: self.browser.get(address))
        if random.random() < 0.5:
            self._change(address, "Notu kaydet", "note")
        else:
            self._move(address)

    def _move(self, address: str) -> None:
        page = self.browser.page
        try:
            ways = page.form(button="Durumu kaydet").choices("to")
        except AssertionError:
            return
        for to in ("in_progress", "resolved"):
            if to in ways:
                self._change(address, "Durumu kaydet", "reply", to=to)
                return

    def _change(self, address: str, button: str, name: str, **more: str) -> None:
        words = f"Ekip yerinde baktı, iş programa alındı. {uuid4().hex[:16]}"
        form = self.browser.page.form([name], button=button)
        with self.log.lock:
            self.log.tried_changes.add(words)
        page = self.ask(
            lambda: self.browser.submit(form, button=button, **{name: words, **more}),
            typed=words,
            to=form.action,
        )
        with self.log.lock:
            if page.status == 200 and page.path == address:
                self.log.changes[words] = address.rpartition("/")[2]
            else:
                self.log.refused += 1


@dataclass
class Mailbox:
    """A mail server that counts how often it took each letter, and takes its time."""

    port: int
    slow: float = 0.03
    letters: Counter[str] = field(default_factory=Counter)
    opened_at: datetime = field(default_factory=clock.now)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        letter = message_from_bytes(bytes(envelope.content or b""))
        self.letters[str(letter["Message-ID"]).strip("<>").rpartition("@")[0]] += 1
        # Taken, and not yet said so: a worker that is killed now cannot know.
        time.sleep(random.uniform(0, self.slow))
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server on this machine."""
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def crowd(place: Installation, log: Log, *, citizens: int, clerks: int) -> Iterator[threading.Event]:
    """So many people at work, each in a thread, until the block ends; the last step of each is finished."""
    stop = threading.Event()
    people: list[Person] = [Citizen(place, log, stop) for _ in range(citizens)]
    people += [Clerk(place, log, stop, colleague(place, n)) for n in range(clerks)]
    threads = [threading.Thread(target=_live, args=(each,), daemon=True) for each in people]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE * 2)


def _live(person: Person) -> None:
    try:
        person.live()  # type: ignore[attr-defined]
    except Exception as no:  # noqa: BLE001
        with person.log.lock:
            person.log.strange.append(f"{type(person).__name__} ended: {type(no).__name__} {no}")


def colleague(place: Installation, number: int, role: str = "coordinator", *departments: str) -> tuple[str, str]:
    """A colleague of the installation, made on first use: address and password."""
    email, kept = f"tatbikat-{role}-{number}@ornek.com.tr", place.folder / f"{role}-{number}.sign"
    if not kept.exists():
        password = opening.new_password()
        with closing(Database(place.settings.database_url)) as db, db.transaction() as tx:
            accounts.add_clerk(
                tx, email=email, name=email, role=role, departments=departments, password=password, now=clock.now()
            )
        kept.write_text(password, "utf-8")
    return email, kept.read_text("utf-8")

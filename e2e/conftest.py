"""The journeys' stage: the portal as bin/run starts it, a real mail server, and a real browser."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from e2e.browser import SWITCHES, find

READY_WITHIN = 90
DEVICES = {
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": {"width": 1366, "height": 768}},
}

Visit = Callable[..., Page]


@dataclass
class Mailbox:
    """A mail server on this machine, and what arrived at it."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.letters.append(message_from_bytes(bytes(envelope.content or b""), policy=policy.default))
        return "250 OK"

    def wait_for_letter_to(self, address: str, *, saying: str = "", seconds: float = 30) -> EmailMessage:
        """The newest letter for somebody that says something, as soon as there is one."""
        until = time.monotonic() + seconds
        while not (found := self._letters_to(address, saying)):
            assert time.monotonic() < until, f"No letter for {address} arrived within {seconds} seconds."
            time.sleep(0.1)
        return found[-1]

    def _letters_to(self, address: str, saying: str) -> list[EmailMessage]:
        own = [letter for letter in self.letters if address in str(letter["To"])]
        return [letter for letter in own if saying in letter.get_content()]


@dataclass(frozen=True)
class Portal:
    """The running portal, and the demo colleagues' passwords."""

    url: str
    data_dir: Path
    passwords: dict[str, str]
    app_secret: str
    used_steps: list[int] = field(default_factory=list)


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(_free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def portal(mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal with its worker and demo, as a person starts it, until it is told to stop."""
    folder, port = tmp_path_factory.mktemp("portal"), _free_port()
    said = {"PORTAL_DATA": str(folder / "var"), "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", "run", "--port", str(port)],
            env={**inherited, **said},
            stdout=log,
            stderr=log,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, folder / "log")
        signs = folder / "var" / "demo-sign-ins.txt"
        yield Portal(url, folder / "var", _passwords(signs), _app_secret(signs))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=SWITCHES)
        try:
            yield chromium
        finally:
            chromium.close()


@pytest.fixture
def visit(browser: Browser, portal: Portal) -> Iterator[Visit]:
    """Opens a page as somebody: visit("/", device="phone", javascript=False, dark=True).

    Each call is another person, with a browser of their own. Whatever a page complained of fails the test.
    """
    contexts, complaints = [], []

    def listen(message: ConsoleMessage) -> None:
        # A refused form answers 4xx on purpose, and the browser notes every one of them.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open_page(path: str = "/", *, device: str = "desktop", javascript: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            **DEVICES[device],
            base_url=portal.url,
            locale="tr-TR",
            timezone_id="Europe/Istanbul",
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def _passwords(file: Path) -> dict[str, str]:
    rows = (line.split() for line in file.read_text("utf-8").splitlines())
    return {row[1]: row[2] for row in rows if len(row) == 3 and "@" in row[1]}


def _app_secret(file: Path) -> str:
    """What the demo administrator's authenticator app would show codes by."""
    return next(line.split()[-1] for line in file.read_text("utf-8").splitlines() if "app secret:" in line)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        assert process.poll() is None, f"The portal did not start:\n{log.read_text('utf-8')}"
        assert time.monotonic() < until, f"The portal was not ready in {READY_WITHIN} s:\n{log.read_text('utf-8')}"
        try:
            # The port listens long before the first answer: early visitors wait in line.
            if httpx.get(f"{url}/saglik", timeout=READY_WITHIN).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)

"""A real mail server for tests: it keeps what it accepted, and refuses what it is told to refuse."""

import asyncio
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"
USER, PASSWORD = "portal@aksaray", "p@ro:la/7"


class MailServer:
    """What arrived, and what is answered instead of taking a letter."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str | None, list[str]]] = []
        self.answers: dict[str, str] = {}

    def answer(self, verb: str, words: str) -> None:
        """What is answered to RCPT or DATA from now on: an empty one takes letters, "hang up" is none."""
        self.answers[verb] = words

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if refusal := self.answers.get("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        refusal = self.answers.get("DATA")
        if refusal == "hang up":
            server.transport.abort()
        if refusal:
            return refusal
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        return self.answers.get("QUIT") or "221 Bye"


@contextmanager
def mail_server(kind: str = "plain", *, signs_in: bool = False, port: int = 0) -> Iterator[MailServer]:
    """A server on a port of its own: "plain", "starttls" or "tls"."""
    box, loop = MailServer(), asyncio.new_event_loop()
    context = _context() if kind != "plain" else None

    def conversation() -> SMTP:
        # Signing in without encryption is what some towns' own relays want.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        return SMTP(
            box,
            loop=loop,
            hostname="localhost",
            tls_context=context if kind == "starttls" else None,
            require_starttls=kind == "starttls",
            authenticator=_check if signs_in else None,
            auth_required=signs_in,
            auth_require_tls=False,
        )

    listening = loop.create_server(conversation, "127.0.0.1", port, ssl=context if kind == "tls" else None)
    server = loop.run_until_complete(listening)
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end_all(loop))
        loop.close()


async def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "localhost.pem")
    return context


def _check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=is_right)

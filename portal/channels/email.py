"""E-mail: over SMTP, or into a folder where no mail server is set."""

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from portal import durable
from portal.channels._letter import DeliveryFailed, DeliveryUnsure, Letter, Sender
from portal.rules.contact import is_email
from portal.rules.refusal import msgid
from portal.settings import Settings

CHANNEL = "email"
TIMEOUT = 20
LONGEST_ANSWER = 200
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# Here the server means us and not the applicant, whatever we were just saying.
_SIGN_IN_FIRST = (530, 534, 535, 538)

BAD_ADDRESS = msgid("E-posta adresi geçerli değil.")
UNWRITABLE = msgid("İleti e-posta biçimine getirilemedi.")
REFUSED_FOR_GOOD = msgid("Alıcının e-posta sunucusu iletiyi reddetti.")
REFUSED_FOR_NOW = msgid("E-posta sunucusu iletiyi şimdilik kabul etmedi.")
WE_ARE_REFUSED = msgid("E-posta sunucusu gönderdiğimiz iletileri kabul etmiyor.")
SIGN_IN_REFUSED = msgid("E-posta sunucusu kullanıcı adımızı veya parolamızı kabul etmedi.")
UNTRUSTED = msgid("E-posta sunucusuyla güvenli bağlantı kurulamadı.")
UNREACHABLE = msgid("E-posta sunucusuna ulaşılamadı.")
BROKEN_OFF = msgid("E-posta sunucusu, iletiyi alıp almadığını söylemeden bağlantıyı kesti.")
NOT_KEPT = msgid("İleti dosyaya yazılamadı.")


def open_sender(settings: Settings) -> Sender:
    """The mail server of the settings or, where there is none, a folder that keeps every letter."""
    host = _mail_host(settings.base_url)
    if settings.smtp_url:
        return MailServer.at(settings.smtp_url, sender=settings.mail_from, host=host)
    return MailFolder(settings.data_dir / "mail", sender=settings.mail_from, host=host)


def compose(letter: Letter, *, sender: str, host: str) -> EmailMessage:
    """The letter as an e-mail that no machine answers and that keeps its id at every try."""
    if not is_email(letter.address):
        raise DeliveryFailed(BAD_ADDRESS, permanent=True)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(letter.sender_name, addr_spec=sender or letter.reply_to or f"cozum@{host}")
        message["To"] = letter.address
        if letter.reply_to:
            message["Reply-To"] = letter.reply_to
        message["Subject"] = letter.subject
        message["Date"] = letter.at
        message["Message-ID"] = f"<{letter.message_id}@{host}>"
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(letter.words, cte="quoted-printable")
        message.as_bytes()
    except (ValueError, MessageError, LookupError, AttributeError) as no:
        # A line break in a header, half a character, or an address over which the library itself stumbles:
        # trying again would change nothing.
        raise DeliveryFailed(UNWRITABLE, permanent=True, answer=type(no).__name__) from no
    return message


@dataclass(frozen=True)
class MailServer:
    """Hands letters to a mail server, one conversation each."""

    name: str
    port: int
    user: str
    password: str = field(repr=False)
    is_encrypted: bool
    starts_encrypting: bool
    sender: str
    host: str
    channel: str = CHANNEL

    @classmethod
    def at(cls, url: str, *, sender: str, host: str) -> "MailServer":
        """The server an address like smtp+starttls://user:password@host:587 names."""
        parts = urlsplit(url)
        return cls(
            name=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_encrypted=parts.scheme == "smtps",
            starts_encrypting=parts.scheme == "smtp+starttls",
            sender=sender,
            host=host,
        )

    def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
        """Hands the letter over; a server that accepted it answers for it from then on."""
        message = compose(letter, sender=self.sender, host=self.host)
        door = _Door(leaving)
        try:
            with self._signed_in(within=TIMEOUT) as client:
                client.door = door
                client.send_message(message, to_addrs=[letter.address])
        except (OSError, UnicodeError) as no:
            if door.is_open and not isinstance(no, smtplib.SMTPResponseException):
                raise DeliveryUnsure(BROKEN_OFF, answer=_line(str(no))) from no
            raise _explained(no) from no

    def knock(self, *, within: float) -> None:
        """Everything that comes before a letter, and no letter: whether one would be taken."""
        try:
            with self._signed_in(within=within) as client:
                client.ehlo_or_helo_if_needed()
        except (OSError, UnicodeError) as no:
            raise _explained(no) from no

    @contextmanager
    def _signed_in(self, *, within: float) -> "Iterator[_Conversation]":
        # Python asks the machine for its name when it is given none, which may take long where no name server is.
        known_as: dict[str, Any] = {"local_hostname": self.host, "timeout": within}
        if self.is_encrypted:
            client: _Conversation = _EncryptedConversation(
                self.name, self.port, context=ssl.create_default_context(), **known_as
            )
        else:
            client = _Conversation(self.name, self.port, **known_as)
        try:
            if self.starts_encrypting:
                client.starttls(context=ssl.create_default_context())
            if self.user:
                client.login(self.user, self.password)
            yield client
            # It is theirs now: a rude good-bye must not make us send it twice.
            with suppress(OSError):
                client.quit()
        finally:
            client.close()


class _Door:
    """Through which a letter leaves: whoever keeps account is told just before it opens."""

    def __init__(self, leaving: Callable[[], None]) -> None:
        self._leaving = leaving
        self.is_open = False

    def open(self) -> None:
        self._leaving()
        self.is_open = True


class _Conversation(smtplib.SMTP):
    """SMTP that opens the door before the letter itself goes over the line; until then nothing has left."""

    door: _Door

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.door.open()
        return super().data(msg)


class _EncryptedConversation(_Conversation, smtplib.SMTP_SSL):
    """The same, encrypted from the first word."""


@dataclass(frozen=True)
class MailFolder:
    """Keeps letters as files that any mail program opens, for towns without a mail server yet."""

    folder: Path
    sender: str
    host: str
    channel: str = CHANNEL

    def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
        """Writes the letter; the file appears whole or not at all, and a repeat takes its own place."""
        message = compose(letter, sender=self.sender, host=self.host)
        file = self.folder / f"{letter.message_id}.eml"
        draft = file.with_suffix(".part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(message.as_bytes())
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
            durable.settle(file, root=self.folder)
        except OSError as no:
            raise DeliveryFailed(NOT_KEPT, permanent=False, answer=no.strerror or "") from no


def _explained(no: OSError | UnicodeError) -> DeliveryFailed:
    """What an error of the conversation means for the letter."""
    if isinstance(no, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(no.recipients.values())), about_letter=True)
    if isinstance(no, smtplib.SMTPResponseException):
        return _answered(no.smtp_code, no.smtp_error, about_letter=isinstance(no, smtplib.SMTPDataError))
    if isinstance(no, UnicodeError):
        # SMTP signs in with ASCII letters only.
        return DeliveryFailed(SIGN_IN_REFUSED, permanent=False)
    is_distrust = isinstance(no, ssl.SSLError | smtplib.SMTPNotSupportedError)
    return DeliveryFailed(UNTRUSTED if is_distrust else UNREACHABLE, permanent=False, answer=_line(str(no)))


def _answered(code: int, words: bytes | str, *, about_letter: bool) -> DeliveryFailed:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    if code in _SIGN_IN_FIRST:
        why = SIGN_IN_REFUSED
    elif code < 500:
        why = REFUSED_FOR_NOW
    else:
        why = REFUSED_FOR_GOOD if about_letter else WE_ARE_REFUSED
    return DeliveryFailed(why, permanent=why == REFUSED_FOR_GOOD, answer=_line(f"{code} {text}"))


def _line(text: str) -> str:
    """What a server answered, on one line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:LONGEST_ANSWER]


def _mail_host(base_url: str) -> str:
    """Our own name as mail writes it: a bare number goes into brackets."""
    name = urlsplit(base_url).hostname or "localhost"
    try:
        number = ip_address(name)
    except ValueError:
        return name.encode("idna").decode()
    return f"[{number}]" if number.version == 4 else f"[IPv6:{number}]"

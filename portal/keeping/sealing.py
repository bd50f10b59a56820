"""Backups only the holder of a key can read: the age format, streamed, so that memory stays flat."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from portal.keeping import CannotKeep

_SIGN = b"age-encryption.org/v1"
_AT_ONCE = 1 << 20


def new_key(file: Path, *, now: datetime) -> str:
    """Write a new key into a file only its owner may read; answers the address backups are sealed to."""
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    words = f"# created: {now.isoformat(timespec='seconds')}\n# public key: {recipient}\n{key}\n"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(words)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as no:
        raise CannotKeep(f"Bu dosya zaten var: {file}", f"This file is there already: {file}") from no
    return recipient


def recipients(addresses: Sequence[str]) -> list[Any]:
    """The keys to seal to, or which of them is none."""
    found = []
    for address in addresses:
        try:
            found.append(pyrage.x25519.Recipient.from_str(address.strip()))
        except pyrage.RecipientError as no:
            raise CannotKeep(
                f"“{address}” bir alıcı anahtarı değil; “age1…” ile başlayan adresi verin.",
                f"“{address}” is no recipient; give the address that begins with age1….",
            ) from no
    return found


def identities(file: Path) -> list[Any]:
    """The keys of a key file."""
    try:
        words = file.read_text("utf-8").split("\n")
        found = [pyrage.x25519.Identity.from_str(line.strip()) for line in words if line.strip() and line[0] != "#"]
    except (pyrage.IdentityError, UnicodeDecodeError) as no:
        raise _no_key(file) from no
    if not found:
        raise _no_key(file)
    return found


def is_sealed(file: Path) -> bool:
    """Whether a file is encrypted."""
    with open(file, "rb") as opened:
        return opened.read(len(_SIGN)) == _SIGN


@contextmanager
def sealing(out: BinaryIO, to: Sequence[Any]) -> Iterator[BinaryIO]:
    """What is written inside reaches the file, sealed if there is anybody to seal it to."""
    if not to:
        yield out
        return
    reading, writing = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with _beside(lambda: pyrage.encrypt_io(reading, out, list(to)), reading), writing:
        yield writing


@contextmanager
def unsealing(file: Path, keys: Sequence[Any]) -> Iterator[BinaryIO]:
    """A backup's content, sealed or not."""
    if not is_sealed(file):
        with open(file, "rb") as opened:
            yield opened
        return
    reading, writing = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with open(file, "rb") as opened, _beside(lambda: pyrage.decrypt_io(opened, writing, list(keys)), writing), reading:
        yield reading


@contextmanager
def _beside(work: Callable[[], None], end: BinaryIO) -> Iterator[None]:
    """Run work in a thread that closes its end of the pipe; its complaint is the reason of what went wrong here."""
    complaints: list[Exception] = []

    def run() -> None:
        try:
            work()
            end.close()
        except Exception as no:  # noqa: BLE001 (raised again below, in the thread that waits)
            complaints.append(no)
            _close(end)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        # Who stopped reading early has a reason of their own.
        if complaints and not isinstance(complaints[0], BrokenPipeError):
            raise _told(complaints[0]) from complaints[0]


def _close(end: BinaryIO) -> None:
    try:
        end.close()
    except OSError:
        return


def _told(no: Exception) -> Exception:
    if isinstance(no, pyrage.DecryptError) and "No matching keys" in str(no):
        return CannotKeep(
            "Bu anahtar bu yedeği açmıyor; yedek başka bir anahtarla şifrelenmiş.",
            "This key does not open this backup; it was sealed to another one.",
        )
    if isinstance(no, OSError) and no.errno is not None:
        return no
    return CannotKeep(
        f"Şifreli yedek okunamıyor; dosya bozuk ya da eksik ({no}).",
        f"The encrypted backup cannot be read; the file is damaged or incomplete ({no}).",
    )


def _no_key(file: Path) -> CannotKeep:
    return CannotKeep(
        f"{file} bir anahtar dosyası değil; içinde “AGE-SECRET-KEY-1…” ile başlayan bir satır olmalı.",
        f"{file} is no key file; it needs a line that begins with AGE-SECRET-KEY-1….",
    )

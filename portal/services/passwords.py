"""Passwords: hashed with argon2id, a bounded number at a time, and refused when others would guess them."""

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from passlib.hash import argon2

from db.search import fold
from portal.rules.refusal import Refused, msgid

# RFC 9106, the second recommended choice: 64 MiB, three passes, four lanes; a tenth of a second on the smallest
# machine. Who signs in with a hash made otherwise gets a new one.
scheme: Any = argon2.using(type="ID", memory_cost=65536, time_cost=3, parallelism=4)

# What nobody's password is compared with, so that an unknown address takes as long as a known one. Kept as a
# constant: hashing at every start costs a fifth of a second.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$CUFIqbX2XivlHMNYC8H4Xw$WuXVBOMOlZ98f6UTu/88GhlUSLE3oJfF9cQDpKIFzp0"

LEAST = 10
MOST = 1000
# Three words everybody uses, in a row, stay under it; ten letters drawn at random lie above.
LEAST_GUESSES = 2 * 10**9
_MOST_ESTIMATED = 64

# Two at a time leave the desk usable while somebody guesses; more than eight in line would keep every worker waiting.
AT_ONCE = 2
MOST_WAITING = 8
LONGEST_WAIT = 10.0

BUSY = msgid("Şu anda çok sayıda giriş deneniyor. Birkaç saniye sonra yeniden deneyin.")
EASY = msgid(
    "Bu parola kolay tahmin edilir. Adınızı, şehir, takım ve yıl gibi sık kullanılan sözcükleri yan yana getirmek "
    "yerine birbiriyle ilgisiz üç dört sözcük seçin."
)
# The estimator keeps the words close to one person where it keeps its lists.
_estimating = threading.Lock()
_COMMONPLACES = Path(__file__).parent.parent / "data" / "commonplaces.txt"


class Busy(Refused):
    """Too many wait already; the same will work in a moment."""


class Turnstile:
    """Lets few through at a time and few wait; who comes later is told so at once."""

    def __init__(self, at_once: int, most_waiting: int, longest_wait: float) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._most = at_once + most_waiting
        self._longest_wait = longest_wait
        self._counting = threading.Lock()
        self.in_line = 0

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """The work inside runs when it is its turn, or is refused."""
        with self._counting:
            if self.in_line >= self._most:
                raise Busy(BUSY)
            self.in_line += 1
        try:
            if not self._places.acquire(timeout=self._longest_wait):
                raise Busy(BUSY)
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._counting:
                self.in_line -= 1


turnstile = Turnstile(AT_ONCE, MOST_WAITING, LONGEST_WAIT)


def hash_password(password: str) -> str:
    """The argon2id hash that is stored instead of a password."""
    with turnstile.pass_through():
        return str(scheme.hash(_octets(password)))


def verify(password: str, stored: str) -> bool:
    """Whether this is the password; takes as long for nobody's."""
    is_too_long = len(password) > MOST
    with turnstile.pass_through():
        return bool(scheme.verify(_octets(password[:MOST]), stored)) and not is_too_long


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return bool(scheme.needs_update(stored))


def check(password: str, *, about: Iterable[str] = (), field: str = "password") -> None:
    """Refuses a password that is too short, or that others would guess; `about` are words close to its owner."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < LEAST:
        raise Refused("Parola en az %(least)s karakter olmalı.", field=field, least=LEAST)
    if len(plain) > MOST:
        raise Refused("Parola en fazla %(most)s karakter olabilir.", field=field, most=MOST)
    if _guesses(plain, about) < LEAST_GUESSES:
        raise Refused(EASY, field=field)


def _guesses(plain: str, about: Iterable[str]) -> float:
    # Megabytes of lists out of breaches, which only who sets a password needs.
    from zxcvbn import zxcvbn

    words = [part for each in about for part in fold(each).replace("@", " ").replace(".", " ").split()]
    known = [*(word for word in words if len(word) > 2), *_commonplaces()]
    # With and without what stands between words; counting a very long one to its end would take seconds.
    spellings = {fold(plain)[:_MOST_ESTIMATED], "".join(filter(str.isalnum, fold(plain)))[:_MOST_ESTIMATED]}
    with _estimating:
        return min(float(zxcvbn(each, user_inputs=known)["guesses"]) for each in spellings if each)


def _commonplaces() -> list[str]:
    lines = _COMMONPLACES.read_text("utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _octets(password: str) -> bytes:
    # One keyboard writes ş as one letter, another as s and a hook; both are the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")

"""The number people say on the phone, and the key that opens what only they may read."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

LENGTH = 12

# H. M. Damm (2004), the quasigroup of order 10: finds every wrong digit and every swap of two neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

# What people and phones put between digits: spaces of every width, dots, slashes and dashes of every length.
_BETWEEN = re.compile(r"[\s.,:/_()·•\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\u2010-\u2015\u2212-]{0,3}")
_DIGITS = re.compile(r"[0-9]+")
_MOST_TEXT = 5_000


@dataclass(frozen=True)
class Found:
    """The reference in a text or, when there is none, what was wrong with it."""

    reference: str | None
    problem: Literal["", "check", "length", "none"] = ""


def new_reference(randbelow: Callable[[int], int] = secrets.randbelow) -> str:
    """Eleven random digits, the first not 0, and their check digit; never sequential, so volume does not leak."""
    body = str(10 ** (LENGTH - 2) + randbelow(9 * 10 ** (LENGTH - 2)))
    return body + check_digit(body)


def is_valid(reference: str) -> bool:
    """Whether these are exactly twelve plain digits that can have been given out."""
    return (
        len(reference) == LENGTH
        and reference.isascii()
        and reference.isdigit()
        and reference[0] != "0"
        and check_digit(reference) == "0"
    )


def check_digit(digits: str) -> str:
    """The Damm digit that belongs after these; "0" for a number that already carries it."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def grouped(reference: str) -> str:
    """The number as people read it to each other: 4831-0975-2262."""
    return "-".join(reference[start : start + 4] for start in range(0, LENGTH, 4))


def find_reference(text: str) -> Found:
    """Reads a reference in any spelling, also from a pasted sentence with phone numbers and dates in it."""
    plain = _plain(text[:_MOST_TEXT])
    readings = sorted(_readings(plain), key=lambda reading: reading.rank)
    for reading in readings:
        if is_valid(reading.digits):
            return Found(reading.digits)
    if readings:
        return Found(None, "check")
    return Found(None, "length" if _DIGITS.search(plain) else "none")


def new_nonce() -> str:
    """Random salt kept beside a submission, so that its key can be changed without changing its number."""
    return secrets.token_urlsafe(12)


def derive_key(secret: bytes, reference: str, nonce: str) -> str:
    """The 128-bit access key of one submission, 22 characters for a link; derived again for every letter."""
    digest = hmac.digest(secret, f"access-key|{reference}|{nonce}".encode(), "sha256")
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def key_hash(key: str) -> str:
    """What is stored of a key. It holds 128 random bits, so a plain fast hash cannot be searched."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def matches(key: str, stored_hash: str) -> bool:
    """Whether the key belongs to the stored hash, in a time that tells nothing."""
    return hmac.compare_digest(key_hash(key), stored_hash)


@dataclass(frozen=True)
class _Reading:
    digits: str
    rank: tuple[bool, int, int]


def _readings(plain: str) -> Iterator[_Reading]:
    """Every way to read twelve digits out of neighbouring groups of digits, with how likely it is meant."""
    runs = list(_DIGITS.finditer(plain))
    for first in range(len(runs)):
        digits = ""
        for last in range(first, min(first + LENGTH, len(runs))):
            if last > first and not _BETWEEN.fullmatch(plain, runs[last - 1].end(), runs[last].start()):
                break
            digits += runs[last].group()
            if len(digits) >= LENGTH:
                break
        if len(digits) != LENGTH or digits[0] == "0":
            continue
        start = runs[first].start()
        # "+90 532 …" also has twelve digits, and one such number in ten passes the check.
        if plain[:start].rstrip().endswith("+"):
            continue
        shape = [len(run.group()) for run in runs[first : last + 1]]
        looks_like_phone = digits.startswith("90") and shape != [4, 4, 4]
        yield _Reading(digits, rank=(looks_like_phone, _unlikeliness(shape), start))


def _unlikeliness(shape: list[int]) -> int:
    if shape == [4, 4, 4]:
        return 0
    return 1 if len(shape) == 1 else 2


def _plain(text: str) -> str:
    """The text with every script's digits as ASCII: full-width, Arabic-Indic and the rest."""
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in unicodedata.normalize("NFKC", text)
    )

"""Numbers that say who somebody is: what a right one looks like, and how much of it a screen may show.

A right checksum proves nothing about a person; it only finds slips of the pen.
"""

import re

_ELEVEN = re.compile(r"[1-9][0-9]{10}")
_TEN = re.compile(r"[0-9]{10}")
_DOCUMENT = re.compile(r"[A-Z0-9]{5,20}")
_HIDDEN = "******"


def plain_number(text: str) -> str:
    """The number without the spaces, dots and dashes people put between digits, in capitals."""
    return re.sub(r"[\s.\-/]", "", text).upper()


def is_national_id(number: str) -> bool:
    """Whether eleven digits carry their two check digits: of a citizen, or of a foreigner (99…)."""
    if not _ELEVEN.fullmatch(number):
        return False
    digits = [int(digit) for digit in number]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def is_foreigner_number(number: str) -> bool:
    """Whether a national id was given to a foreigner who lives in Turkey."""
    return number.startswith("99") and is_national_id(number)


def is_tax_number(number: str) -> bool:
    """Whether these are the ten digits of a legal person's tax number."""
    return bool(_TEN.fullmatch(number))


def is_document_number(number: str) -> bool:
    """Whether it may be the number of a passport or a foreign identity card."""
    return bool(_DOCUMENT.fullmatch(number)) and any(letter.isdigit() for letter in number)


def mask(number: str) -> str:
    """Enough of a number for its owner to know it: 123******46; of a short one its end only."""
    return f"{number[:3]}{_HIDDEN}{number[-2:]}" if len(number) > 9 else f"{_HIDDEN}{number[-2:]}"

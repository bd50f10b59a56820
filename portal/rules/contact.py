"""What an address looks like, and how much of it a stranger may see."""

import re

_EMAIL = re.compile(
    r"(?P<name>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?P<host>([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9]))"
)
_LONGEST_EMAIL = 254
_LONGEST_NAME = 64


def is_email(text: str) -> bool:
    """Whether a letter can be sent there: plain ASCII of the usual shape, nothing that could break a header."""
    found = _EMAIL.fullmatch(text)
    return found is not None and len(text) <= _LONGEST_EMAIL and len(found["name"]) <= _LONGEST_NAME


def mask_email(email: str) -> str:
    """Enough of an address for its owner to know it: a***@ornek.com."""
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}"


def mask_phone(number: str) -> str:
    """Enough of a stored number for its owner to know it: 0532 *** ** 67."""
    if number.startswith("+90"):
        return f"0{number[3:6]} *** ** {number[-2:]}"
    return f"{number[:3]} *** ** {number[-2:]}"


def last4(number: str) -> str:
    """The last four digits, with which a caller shows that a case is theirs."""
    return "".join(letter for letter in number if letter.isdecimal())[-4:]

"""What every form shares: what was typed, what was wrong with it, and what may be chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.rules.refusal import Refused

Problem = str | Refused


class Errors(dict[str, Problem]):
    """What is wrong, by field; a field without a problem answers with an empty word."""

    def __missing__(self, field: str) -> str:
        return ""

    def __getattr__(self, field: str) -> Problem:
        if field.startswith("__"):
            raise AttributeError(field)
        return self[field]

    def plus(self, *refusals: Refused) -> "Errors":
        """These errors and what was refused; the first problem of a field is the one shown."""
        found = Errors(self)
        for refusal in refusals:
            found.setdefault(refusal.field, refusal)
        return found


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    hint: str = ""
    keywords: str = ""
    is_disabled: bool = False


@dataclass(frozen=True)
class OptionGroup:
    """Choices under one heading."""

    label: str
    options: tuple[Option, ...]


def word(fields: Mapping[str, object], name: str, limit: int = 200) -> str:
    """One line as it was typed, without the spaces around it; nothing when it is absent or not text."""
    # Cut last: a space where the limit lies must not hide that more was typed.
    return " ".join(text(fields, name).split())[: limit + 1]


def text(fields: Mapping[str, object], name: str, limit: int = 4000) -> str:
    """Several lines as they were typed, without control characters; one past the limit still tells it is too long."""
    typed = fields.get(name)
    if not isinstance(typed, str):
        return ""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    found = "".join(filter(_is_writing, lines)).strip()[: limit + 1]
    # Letters nobody can see are parts of others; alone they are nothing.
    return found if any(letter.isprintable() and not letter.isspace() for letter in found) else ""


def ticked(fields: Mapping[str, object], name: str) -> bool:
    """Whether a box was ticked."""
    return bool(fields.get(name))


def labels_of(options: Iterable[Option | OptionGroup]) -> dict[str, str]:
    """The label of every value that may be chosen, groups opened."""
    found: dict[str, str] = {}
    for each in options:
        found |= {one.value: one.label for one in (each.options if isinstance(each, OptionGroup) else (each,))}
    return found


# Direction marks can make a sentence read as another one on the clerk's screen.
_UNSEEN = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0x7F)))


def _is_writing(letter: str) -> bool:
    return letter == "\n" or letter == "\t" or (letter >= " " and letter not in _UNSEEN)

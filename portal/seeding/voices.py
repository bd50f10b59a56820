"""How the people of an invented town are called, where they live and how they write."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from db.models import Category

_First = TypeVar("_First")

# The kinds of category in which people say how bad it is.
_COMPLAINTS = frozenset({"ariza", "sikayet"})
_ASCII = str.maketrans("ıİğĞüÜşŞöÖçÇâî", "iIgGuUsSoOcCai")
_UPPER = str.maketrans("iı", "İI")
_LOWER = str.maketrans("İI", "iı")
_HURRIED = {"whatsapp": 0.55, "social": 0.5, "app": 0.35, "web": 0.15}


@dataclass(frozen=True)
class Texts:
    """What is asked and answered about one category, and how often."""

    asks: Sequence[str]
    done: Sequence[str]
    weight: float
    season: Sequence[int] = ()
    off_season: float = 0.8
    planned: float = 0.0
    also: Sequence[str] = ()
    more: Sequence[str] = ()
    declines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Street:
    """A street's name, and how one says "in" it."""

    name: str
    inside: str


@dataclass(frozen=True)
class People:
    """Names and turns of speech."""

    first_names: Sequence[str]
    surnames: Sequence[str]
    streets: Sequence[str]
    avenues: Sequence[str]
    boulevards: Sequence[str]
    since: Sequence[str]
    greetings: Sequence[str]
    wishes: Sequence[str]
    remarks: Sequence[str]
    landmarks: Sequence[str]


@cache
def people() -> People:
    """The town's people, from their file."""
    told = _read("people.toml")
    return People(**{key: some.split() if isinstance(some, str) else some for key, some in told.items()})


@cache
def texts() -> Mapping[str, Texts]:
    """Every category's words, by its code."""
    return {code: Texts(**words) for code, words in _read("texts.toml").items()}


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / file).read_text("utf-8"))


def pick(rng: Random, some: Sequence[_First]) -> _First:
    """One of them; always costs one number, so that the rest of the year stays the same."""
    return some[int(rng.random() * len(some))]


def name(rng: Random) -> str:
    return f"{pick(rng, people().first_names)} {pick(rng, people().surnames)}"


def phone(rng: Random) -> str:
    """A mobile number of the usual shape, as it is stored."""
    return f"+905{pick(rng, ('30', '32', '35', '41', '42', '44', '46', '53', '55'))}{int(rng.random() * 10**7):07}"


def email(rng: Random, called: str) -> str:
    """An address that no post ever reaches: the domain is reserved for examples."""
    plain = called.translate(_ASCII).lower().replace(" ", ".")
    return f"{plain}{int(rng.random() * 90) + 10}@posta.example"


def street(rng: Random, quarter: int) -> Street:
    """A street that this quarter has: most bear numbers, some have names."""
    kind = rng.random()
    if kind < 0.62:
        numbered = f"{quarter * 100 + int(rng.random() * 60) + 1}. Sokak"
        return Street(numbered, f"{numbered}’ta")
    if kind < 0.88:
        named = f"{people().streets[(quarter * 5 + int(rng.random() * 6)) % len(people().streets)]} Sokak"
        return Street(named, f"{named}’ta")
    if kind < 0.96:
        avenue = pick(rng, people().avenues)
        return Street(avenue, f"{avenue}’nde")
    boulevard = pick(rng, people().boulevards)
    return Street(boulevard, f"{boulevard}’nda")


def words(rng: Random, category: Category, *, quarter: str, where: Street, channel: str) -> str:
    """What one person says about a category, in the manner of the channel."""
    about = texts()[category.code]
    ask = pick(rng, about.asks)
    said = ask.format(
        yer=f"{quarter} Mahallesi {where.inside}",
        sokak=where.name,
        mahalle=f"{quarter} Mahallesi",
        gun=pick(rng, people().since),
        no=int(rng.random() * 140) + 1,
    )
    said = said[0].translate(_UPPER).upper() + said[1:]
    if rng.random() < 0.5 and about.more:
        said += f" {pick(rng, about.more)}"
    if rng.random() < 0.3 and category.kind in _COMPLAINTS:
        said += pick(rng, people().remarks)
    said = _polite(rng, said, begins_with_name=ask.startswith(("{yer}", "{mahalle}", "{sokak}")))
    return _hurried(rng, said) if rng.random() < _HURRIED.get(channel, 0.0) else said


def _polite(rng: Random, said: str, *, begins_with_name: bool) -> str:
    manners, greeting, wish = rng.random(), pick(rng, people().greetings), pick(rng, people().wishes)
    if manners < 0.4:
        said += wish
    if manners < 0.15 or 0.4 <= manners < 0.5:
        said = greeting + (said if begins_with_name else said[0].translate(_LOWER).lower() + said[1:])
    return said


def _hurried(rng: Random, said: str) -> str:
    manner = rng.random()
    if manner < 0.5:
        return said.translate(_ASCII).lower()
    if manner < 0.6:
        return said.translate(_UPPER).upper().rstrip(".") + "!!!"
    if manner < 0.75:
        return said.split(". ")[0].rstrip(".")
    return _mistyped(rng, said)


def _mistyped(rng: Random, said: str) -> str:
    for _ in range(3):
        place = int(rng.random() * (len(said) - 2)) + 1
        if said[place].isalpha() and said[place + 1].isalpha():
            swapped = rng.random() < 0.4
            said = said[:place] + (said[place + 1] + said[place] if swapped else said[place + 1]) + said[place + 2 :]
    return said.replace(".", "").translate(_LOWER).lower()

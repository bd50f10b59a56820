"""The languages of the screens. Turkish is the source; another language is a folder of .po catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALES = Path(__file__).parent / "locales"
COOKIE = "dil"


class Asked(Protocol):
    """As much of a request as tells which language is wanted."""

    @property
    def query_params(self) -> Mapping[str, str]: ...

    @property
    def cookies(self) -> Mapping[str, str]: ...


class Sentence(Protocol):
    """A sentence with parts to fill in, such as a refusal."""

    message: str
    values: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Language:
    """One language: its code, its own name, and what each Turkish sentence is called in it."""

    code: str
    name: str

    @cached_property
    def sentences(self) -> Mapping[str, str | tuple[str, ...]]:
        """Read when the first one is asked for."""
        return _read(self.code)

    def gettext(self, text: str) -> str:
        """The sentence in this language; in Turkish where nobody has translated it."""
        said = self.sentences.get(text)
        return said if isinstance(said, str) else text

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The sentence that fits the count."""
        said = self.sentences.get(one)
        forms = said if isinstance(said, tuple) else (one, many)
        return forms[0] if count == 1 else forms[1]

    def say(self, sentence: str | Sentence) -> str:
        """A plain sentence, or one that carries its own values, in this language."""
        if isinstance(sentence, str):
            return self.gettext(sentence) if sentence else ""
        said = self.gettext(sentence.message)
        # A value may be a word of ours, such as the name of a status.
        values = {name: self.gettext(each) if isinstance(each, str) else each for name, each in sentence.values.items()}
        return said % values if values else said


def chosen(request: Asked) -> Language:
    """What the address asks for, else what was chosen before, else Turkish."""
    for code in (request.query_params.get(COOKIE), request.cookies.get(COOKIE)):
        if code in LANGUAGES:
            return LANGUAGES[code]
    return TURKISH


def _read(code: str) -> dict[str, str | tuple[str, ...]]:
    from babel.messages.pofile import read_po

    sentences: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((LOCALES / code / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            sentences |= _translated(read_po(file, locale=code))
    return sentences


def _translated(catalogue: "Catalog") -> dict[str, str | tuple[str, ...]]:
    sentences: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or not message.string or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        sentences[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return sentences


TURKISH = Language("tr", "Türkçe")
ENGLISH = Language("en", "English")
LANGUAGES = {language.code: language for language in (TURKISH, ENGLISH)}

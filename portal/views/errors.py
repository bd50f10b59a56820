"""What a page says when there is no page."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.views._frame import Town


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A text that was typed into a form that could not be taken."""

    name: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """Why there is no page, what to do next, and what had been typed."""

    town: Town
    typed: tuple[Typed, ...] = ()
    back: str = "/"
    problem: object = ""
    request_id: str = ""
    refused: bool = False


def typed_texts(fields: Mapping[str, object]) -> tuple[Typed, ...]:
    """The texts worth copying out again: no hidden marks, no choices of one word."""
    kept = []
    for name, words in fields.items():
        if isinstance(words, str) and len(words) > 15 and not name.startswith("_") and "password" not in name:
            kept.append(Typed(name=name, words=words[:20_000]))
    return tuple(kept[:8])

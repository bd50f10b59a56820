"""Which topics a citizen's own words may be about."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from db import search
from db.models import Category
from portal.rules.routing import Router
from portal.services.townbook import Town


def suggest(town: Town, words: str, *, most: int = 3) -> list[Category]:
    """The likeliest categories, the likeliest first; none rather than a guess."""
    active = {each.code: each for each in town.categories.values() if each.is_active}
    router = _router(tuple(_Topic(each.code, each.name_tr, each.keywords) for each in active.values()))
    return [active[found.code] for found in router.suggest(words, most=most)]


@dataclass(frozen=True)
class _Topic:
    code: str
    name_tr: str
    keywords: str


# The town changes a few times a year; preparing its words takes longer than hearing a letter.
@lru_cache(maxsize=2)
def _router(topics: Sequence[_Topic]) -> Router:
    return Router(topics, search.fold)

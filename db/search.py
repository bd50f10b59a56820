"""Turkish search that meets every spelling, on both engines.

A case's words are stored twice over in `case_search.words`: each word folded to plain ASCII, and the
folded stem beside it. Stemming comes first, because the stemmer knows only Turkish letters
("ağaçları" → "ağaç" → "agac"); folding first leaves it helpless.
"""

import re
from functools import lru_cache

import snowballstemmer
from sqlalchemy import TextClause, text

_FOLD = str.maketrans("ıİIğĞüÜşŞöÖçÇâÂîÎûÛ", "iiigguussooccaaiiuu")
_LOWER = str.maketrans("Iİ", "ıi")
_WORD = re.compile(r"\w+")
_stemmer = snowballstemmer.stemmer("turkish")
MOST_TERMS = 8


def fold(words: str) -> str:
    """Plain lower ASCII letters, so that "IŞIK", "ışık" and "isik" are one."""
    return words.translate(_FOLD).lower().replace("\u0307", "")


def index_text(*parts: str) -> str:
    """What is stored for a case so that `matches` finds it: every word folded, and its folded stem."""
    seen: dict[str, None] = {}
    for word in _WORD.findall(" ".join(parts)):
        for form in _forms(word):
            seen[form] = None
    return " ".join(seen)


def terms(asked: str) -> list[tuple[str, ...]]:
    """The forms of each asked word; empty when nothing searchable was typed."""
    return [_forms(word) for word in _WORD.findall(asked)[:MOST_TERMS]]


@lru_cache(maxsize=200_000)
def _forms(word: str) -> tuple[str, ...]:
    word = word[:40]
    plain = fold(word)
    stem = fold(_stemmer.stemWord(word.translate(_LOWER).lower()))
    return (plain,) if stem == plain else (plain, stem)


_FOUND = {
    "sqlite": text('"case".id IN (SELECT rowid FROM case_fts WHERE case_fts MATCH :search)'),
    "postgresql": text(
        '"case".id IN (SELECT case_id FROM case_search'
        " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :search))"
    ),
}


def condition(dialect: str, asked: str) -> TextClause | None:
    """A condition on `"case".id` for the words asked, each as itself or its stem, the last one as a beginning.

    None when nothing searchable was asked.
    """
    groups = terms(asked)
    if not groups:
        return None
    group, both = (_fts_group, " AND ") if dialect == "sqlite" else (_ts_group, " & ")
    last = len(groups) - 1
    query = both.join(f"({group(forms, last=place == last)})" for place, forms in enumerate(groups))
    return _FOUND[dialect].bindparams(search=query)


def _fts_group(forms: tuple[str, ...], *, last: bool) -> str:
    return " OR ".join(f'"{form}"{"*" if last else ""}' for form in forms)


def _ts_group(forms: tuple[str, ...], *, last: bool) -> str:
    return " | ".join(f"'{form}'{':*' if last else ''}" for form in forms)

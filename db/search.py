"""Turkish search that meets every spelling, on both engines.

A case's words are stored twice over in `case_search.words`: each word folded to plain ASCII, and the
folded stem beside it. Stemming comes first, because the stemmer knows only Turkish letters
("ağaçları" → "ağaç" → "agac"); folding first leaves it helpless.
"""

import re
from functools import lru_cache

import snowballstemmer
from sqlalchemy import TextClause, text
from sqlmodel import Session

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
    # A number has no stem, and every case has numbers of its own: asking would only push words out of the cache.
    if word.isdecimal():
        return (plain,)
    stem = fold(_stemmer.stemWord(word.translate(_LOWER).lower()))
    return (plain,) if stem == plain else (plain, stem)


# Words that match more cases than this are common: reading along the list then finds a page sooner than the index.
COMMON = 8_000

_LISTED = {
    "sqlite": '"case".id IN (SELECT rowid FROM case_fts WHERE case_fts MATCH :search)',
    "postgresql": '"case".id IN (SELECT case_id FROM case_search'
    " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :search))",
}
_FIND = {"sqlite": "instr", "postgresql": "strpos"}
_MATCHES = {
    "sqlite": text(
        "SELECT count(*) FROM (SELECT rowid FROM case_fts WHERE case_fts MATCH :search LIMIT :most) AS matches"
    ),
    "postgresql": text(
        "SELECT count(*) FROM (SELECT case_id FROM case_search"
        " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :search) LIMIT :most) AS matches"
    ),
}


def listed(dialect: str) -> TextClause:
    """A condition on `"case".id` through the index; its parameter `search` is what `query` answers."""
    return text(_LISTED[dialect])


def read_along(dialect: str, forms: tuple[int, ...]) -> TextClause:
    """The same condition, read from each case's own words; `forms` counts the forms of each asked word.

    Its parameters are what `beginnings` answers.
    """
    find = _FIND[dialect]
    groups = (
        " OR ".join(f"{find}(' ' || words || ' ', :word_{place}_{form}) > 0" for form in range(number))
        for place, number in enumerate(forms)
    )
    every = " AND ".join(f"({group})" for group in groups)
    return text(f'EXISTS (SELECT 1 FROM case_search WHERE case_id = "case".id AND {every})')  # noqa: S608


def beginnings(asked: str) -> dict[str, str]:
    """The parameters of `read_along`: whole words between spaces, the last one as a beginning."""
    groups = terms(asked)
    last = len(groups) - 1
    return {
        f"word_{place}_{form}": f" {word}" if place == last else f" {word} "
        for place, forms in enumerate(groups)
        for form, word in enumerate(forms)
    }


def query(dialect: str, asked: str) -> str:
    """The words asked, in the engine's own language: each as itself or its stem, the last one as a beginning.

    Empty when nothing searchable was asked.
    """
    group, both = (_fts_group, " AND ") if dialect == "sqlite" else (_ts_group, " & ")
    groups = terms(asked)
    last = len(groups) - 1
    return both.join(f"({group(forms, last=place == last)})" for place, forms in enumerate(groups))


def is_common(tx: Session, asked: str) -> bool:
    """Whether so many cases hold these words that nobody would read the list to its end."""
    dialect = tx.get_bind().dialect.name
    search = query(dialect, asked)
    if not search:
        return False
    return tx.connection().execute(_MATCHES[dialect], {"search": search, "most": COMMON + 1}).scalar_one() > COMMON


def _fts_group(forms: tuple[str, ...], *, last: bool) -> str:
    return " OR ".join(f'"{form}"{"*" if last else ""}' for form in forms)


def _ts_group(forms: tuple[str, ...], *, last: bool) -> str:
    return " | ".join(f"'{form}'{':*' if last else ''}" for form in forms)

"""Turkish search that meets every spelling, on both engines.

A case's words are stored twice over in `case_search.words`: each word folded to plain ASCII, and the
folded stem beside it. Stemming comes first, because the stemmer knows only Turkish letters
("ağaçları" → "ağaç" → "agac"); folding first leaves it helpless.
"""

import re
import sys
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

_FOLD = str.maketrans("ıİIğĞüÜşŞöÖçÇâÂîÎûÛ", "iiigguussooccaaiiuu")
_LOWER = str.maketrans("Iİ", "ıi")
_WORD = re.compile(r"\w+")
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
    stem = fold(_stemmer().stemWord(word.translate(_LOWER).lower()))
    return (plain,) if stem == plain else (plain, stem)


@cache
def _stemmer() -> Any:
    """Turkish alone: the library by itself loads all its thirty languages, four megabytes for each of our processes."""
    name = "snowballstemmer"
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(name=name)
    # An empty package, so that only the module we name is read.
    sys.modules.setdefault(name, module_from_spec(spec))
    try:
        from snowballstemmer.turkish_stemmer import TurkishStemmer
    finally:
        sys.modules.pop(name, None)
    return TurkishStemmer()


# Words that match more cases than this are common: reading along the list then finds a page sooner than the index.
COMMON = 8_000
# How many of the newest cases tell how common a word is, and how many of all, evenly spread.
SAMPLE = 300

_LISTED = {
    "sqlite": '"case".id IN (SELECT rowid FROM case_fts WHERE case_fts MATCH :search)',
    "postgresql": '"case".id IN (SELECT case_id FROM case_search'
    " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :search))",
}
_FIND = {"sqlite": "instr", "postgresql": "strpos"}


def listed(dialect: str) -> TextClause:
    """A condition on `"case".id` through the index; its parameter `search` is what `query` answers."""
    return text(_LISTED[dialect])


def read_along(dialect: str, forms: tuple[int, ...]) -> TextClause:
    """The same condition, read from each case's own words; `forms` counts the forms of each asked word.

    Its parameters are what `beginnings` answers.
    """
    words = _in_words(dialect, forms)
    return text(f'EXISTS (SELECT 1 FROM case_search WHERE case_id = "case".id AND {words})')  # noqa: S608


def _in_words(dialect: str, forms: tuple[int, ...]) -> str:
    find = _FIND[dialect]
    groups = (
        " OR ".join(f"{find}(' ' || words || ' ', :word_{place}_{form}) > 0" for form in range(number))
        for place, number in enumerate(forms)
    )
    return " AND ".join(f"({group})" for group in groups)


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
    """Whether so many cases hold these words that nobody would read the list to its end.

    Judged by the newest ones and by some of all times: on the day of a storm the newest are all about the same.
    """
    forms = tuple(len(each) for each in terms(asked))
    if not forms:
        return False
    hold = _in_words(tx.get_bind().dialect.name, forms)
    newest, spread, cases = (
        tx.connection().execute(text(_SAMPLED.format(hold=hold)), {"sample": SAMPLE, **beginnings(asked)}).one()
    )
    return max(newest, spread) / SAMPLE * (cases or 0) > COMMON


_SAMPLED = """
WITH RECURSIVE
  edges AS (SELECT (SELECT min(case_id) FROM case_search) AS low, (SELECT max(case_id) FROM case_search) AS high),
  places AS (SELECT 0 AS place UNION ALL SELECT place + 1 FROM places WHERE place < :sample - 1),
  newest AS (SELECT words FROM case_search ORDER BY case_id DESC LIMIT :sample),
  spread AS (
    SELECT (
      SELECT words FROM case_search WHERE case_id >= low + place * (high - low) / :sample ORDER BY case_id LIMIT 1
    ) AS words FROM places, edges
  )
SELECT
  (SELECT count(*) FROM newest WHERE {hold}),
  (SELECT count(*) FROM spread WHERE {hold}),
  (SELECT high FROM edges)
"""


def _fts_group(forms: tuple[str, ...], *, last: bool) -> str:
    return " OR ".join(f'"{form}"{"*" if last else ""}' for form in forms)


def _ts_group(forms: tuple[str, ...], *, last: bool) -> str:
    return " | ".join(f"'{form}'{':*' if last else ''}" for form in forms)

"""Answers made small for the line: packed where they are drawn, so that nobody else waits for it."""

import gzip
from collections.abc import Iterator

import brotli

# Below this the head of an answer is most of it.
WORTH_IT = 800
# As small as gzip at 4, in six tenths of its time.
_BROTLI_QUALITY, _GZIP_LEVEL = 3, 4


def packed(words: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """The words in the smallest coding a browser takes, and the headers that say so."""
    headers = {"Vary": "Accept-Encoding"}
    coding = next(wanted(accepted), "") if len(words) >= WORTH_IT else ""
    if coding == "br":
        words = brotli.compress(words, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY)
    elif coding == "gzip":
        words = gzip.compress(words, _GZIP_LEVEL, mtime=0)
    return words, {**headers, "Content-Encoding": coding} if coding else headers


def wanted(accepted: str) -> Iterator[str]:
    """The codings a browser takes, the smaller first; one with the weight 0 it does not take."""
    said = {}
    for each in accepted.split(","):
        coding, _, weight = each.replace(" ", "").lower().partition(";q=")
        said[coding] = weight.strip("0.") != "" if weight else True
    yield from (coding for coding in ("br", "gzip") if said.get(coding))

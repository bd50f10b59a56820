"""Makes the pages of a letter: tagged PDF (PDF/UA-1), the same bytes for the same words."""

import json
import threading
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).parent.parent / "templates" / "letters" / "letter.typ"

# What the fonts in the library can draw; a letter with a sign they lack would not be made at all.
_DRAWN = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x218, 0x21B),
    (0x300, 0x304),
    (0x370, 0x377),
    (0x384, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x621, 0x63A),
    (0x640, 0x655),
    (0x660, 0x66C),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x20A0, 0x20B5),
    (0x20BA, 0x20BA),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x25A0, 0x25FF),
)
_MISSING = "\N{WHITE SQUARE}"
_one_at_a_time = threading.Lock()


def pdf(letter: Mapping[str, Any], *, made_on: date, is_draft: bool = False) -> bytes:
    """The pages of a letter. Its words go in as JSON, so none of them is ever read as a command to the typesetter."""
    words = json.dumps({**_drawable(dict(letter)), "is_draft": is_draft}, ensure_ascii=False)
    with _one_at_a_time:
        made = _compiler().compile(
            _template(),
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"letter": words},
            timestamp=datetime.combine(made_on, time(), UTC),
        )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter made no PDF")
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False)
    return typst.Compiler(root=TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _drawable(words: Any) -> Any:
    """The same words in composed letters, with an empty square for every sign that has no picture."""
    if isinstance(words, str):
        return "".join(_sign(each) for each in unicodedata.normalize("NFC", words))
    if isinstance(words, Mapping):
        return {name: _drawable(each) for name, each in words.items()}
    return [_drawable(each) for each in words] if isinstance(words, list | tuple) else words


def _sign(letter: str) -> str:
    if letter == "\n" or any(first <= ord(letter) <= last for first, last in _DRAWN):
        return letter
    if letter == "\t" or unicodedata.category(letter) == "Zs":
        return " "
    return "" if unicodedata.category(letter).startswith("C") or unicodedata.combining(letter) else _MISSING

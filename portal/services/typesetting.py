"""Makes the pages of a letter: tagged PDF (PDF/UA-1), the same bytes for the same words."""

import json
import threading
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parent.parent / "templates" / "letters" / "letter.typ"

# What the fonts in the library can draw; a letter with a sign they lack would not be made at all.
_DRAWN = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x377),
    (0x384, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x484),
    (0x487, 0x4FF),
    (0x5D0, 0x5EA),
    (0x606, 0x60C),
    (0x621, 0x63A),
    (0x640, 0x64A),
    (0x660, 0x66D),
    (0x679, 0x67B),
    (0x67E, 0x680),
    (0x6F0, 0x6F9),
    (0x1E00, 0x1F15),
    (0x2010, 0x2027),
    (0x202F, 0x2040),
    (0x2044, 0x2052),
    (0x2074, 0x208E),
    (0x20A0, 0x20C0),
    (0x2100, 0x211E),
    (0x2126, 0x2151),
    (0x2153, 0x2184),
    (0x2190, 0x22FF),
    (0x2500, 0x2606),
    (0x270C, 0x2714),
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
def _compiler() -> Any:
    # Twenty megabytes, which only a letter is worth.
    import typst

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

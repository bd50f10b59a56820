"""Tables that leave us as files for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet would take for a formula and calculate.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(lines: Iterable[Sequence[str | int]]) -> bytes:
    """The lines as CSV that opens right in a Turkish spreadsheet: semicolons, UTF-8 with its mark, no formulas."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([cell(each) for each in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def cell(value: str | int) -> str:
    """The value as it may stand in a cell; words that begin like a formula stay words."""
    text = str(value)
    return f"'{text}" if not isinstance(value, int) and text.lstrip(" ").startswith(_FORMULA) else text

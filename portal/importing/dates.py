"""Dates in the formats of `strptime`, read fast where a format has nothing but numbers."""

import re
from datetime import datetime

_NUMBERS = {
    "%Y": r"(?P<year>\d{4})",
    "%m": r"(?P<month>\d{1,2})",
    "%d": r"(?P<day>\d{1,2})",
    "%H": r"(?P<hour>\d{1,2})",
    "%M": r"(?P<minute>\d{1,2})",
    "%S": r"(?P<second>\d{1,2})",
}
_DIRECTIVE = re.compile(r"%.")


class Dates:
    """Reads dates of one format."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._numbers = _plain_numbers(pattern)

    def read(self, text: str) -> datetime:
        """The date as it is written, with a zone only if the format names one; ValueError when it is another format."""
        if self._numbers is None:
            return datetime.strptime(text, self._pattern)  # noqa: DTZ007
        found = self._numbers.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return datetime(**{name: int(digits) for name, digits in found.groupdict().items()})  # noqa: DTZ001


def _plain_numbers(pattern: str) -> re.Pattern[str] | None:
    # Half a million calls of strptime take longer than everything else an import does.
    directives = _DIRECTIVE.findall(pattern)
    if not {"%Y", "%m", "%d"} <= set(directives) <= _NUMBERS.keys() or len(directives) != len(set(directives)):
        return None
    expression = re.escape(pattern)
    for directive in directives:
        expression = expression.replace(re.escape(directive), _NUMBERS[directive])
    return re.compile(expression, re.ASCII)

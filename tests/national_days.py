"""Turkey's official holidays as the library `holidays` knows them, for the file that the product reads.

After an upgrade of the library, or for years further on:

    .venv/bin/python -m tests.national_days > portal/data/national-days.csv
"""

import csv
import sys
from collections.abc import Iterator

from holidays.countries.turkey import Turkey

from portal.rules.deadlines import KNOWN_YEARS


def rows() -> Iterator[tuple[str, str, str]]:
    """Each day with its kind and its name; where a half day meets a whole one, the whole one holds."""
    half = Turkey(years=KNOWN_YEARS, categories=("half_day",), language="tr")
    full = Turkey(years=KNOWN_YEARS, categories=("public",), language="tr")
    days = {on: ("half", name) for on, name in half.items()}
    days.update({on: ("full", name) for on, name in full.items()})
    for on, (kind, name) in sorted(days.items()):
        yield on.isoformat(), kind, name


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows([("on", "kind", "name"), *rows()])

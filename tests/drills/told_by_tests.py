"""The lines whose tables are short enough to be tried on every run of the tests: each test is one try.

.venv/bin/python -m tests.drills.told_by_tests --folder /tmp/told-by-tests
"""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tests.drills.score import Line, finish, parser

ROOT = Path(__file__).parents[2]
LINES = {
    ("A7", "guessing passwords and codes, flooding with letters, shutting somebody out"): (
        "tests/services/test_accounts.py",
        "tests/services/test_passwords.py",
        "tests/services/test_resets.py",
        "tests/routes/test_account.py",
        "tests/routes/test_sign_in.py",
    ),
    ("A9", "no cell of an export is a formula, and no row is of others"): ("tests/routes/test_department_report.py",),
    ("A11", "nobody's name, number, words or key stands in the log"): ("tests/test_logs.py",),
    ("R10", "clocks that jump, year ends and leap days keep numbers in order"): ("tests/services/test_odd_days.py",),
}


class Tally:
    """Counts the tests that ran, but for those of some engines, and the ones that passed."""

    def __init__(self, others: Collection[str]) -> None:
        self._others = [f"[{name}" for name in others] + [f"{name}]" for name in others]
        self.tried = self.held = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not any(other in item.nodeid for other in self._others)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tried += report.when == "call" or report.failed
        self.held += report.when == "call" and report.passed


def main() -> int:
    """Run the tests behind each line."""
    asked = parser(__doc__).parse_args()
    return finish(_lines(asked.engines), asked)


def _lines(engines: Collection[str]) -> Iterator[Line]:
    others = {"sqlite", "postgresql"} - set(engines)
    for (name, what), files in LINES.items():
        tally = Tally(others)
        pytest.main(["-q", "--show-capture=no", *(str(ROOT / file) for file in files)], plugins=[tally])
        yield Line(name, what, tally.tried, tally.held, f"tests, on {' and '.join(engines)}")


if __name__ == "__main__":
    sys.exit(main())

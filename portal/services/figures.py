"""What a report answers with: figures that can be opened to the very records they count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from db.queries.register import Sought
from portal.rules.lifecycle import Status


@dataclass(frozen=True)
class Figure:
    """One line of the report: what is counted, how many there are, and which entries of the register they are."""

    label: str
    count: int
    sought: Sought
    # A line that breaks the one above it down.
    is_part: bool = False


@dataclass(frozen=True)
class Report:
    """A year's figures, section by section."""

    year: int
    sections: tuple[tuple[str, tuple[Figure, ...]], ...]


# How many requests, by what became of them: a status, or one of the words that put several together.
Tally = Mapping[str, int]


@dataclass(frozen=True)
class Months:
    """What each month of a year brought each department; who brought nothing is not there."""

    year: int
    tallies: Mapping[tuple[int, int], Tally]

    def by_department(self) -> dict[int, Tally]:
        """The whole year of each department."""
        return _together((department, tally) for (department, _month), tally in self.tallies.items())

    def by_month(self) -> dict[int, Tally]:
        """Each month of all departments, in its order."""
        return dict(sorted(_together((month, tally) for (_department, month), tally in self.tallies.items()).items()))

    def all(self) -> Tally:
        """The whole year of all departments."""
        return _together((0, tally) for tally in self.tallies.values()).get(0, {})


def _together(tallies: Iterable[tuple[int, Tally]]) -> dict[int, Tally]:
    found: dict[int, dict[str, int]] = {}
    for key, tally in tallies:
        sums = found.setdefault(key, {})
        for name, number in tally.items():
            sums[name] = sums.get(name, 0) + number
    return dict(found)


def share_resolved(tally: Tally) -> float | None:
    """The share of the received requests that were resolved; none of nothing."""
    received = tally.get("received", 0)
    return tally.get(Status.RESOLVED, 0) / received if received else None

"""What a report answers with: figures that can be opened to the very records they count."""

from collections.abc import Mapping
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

    @property
    def department_ids(self) -> list[int]:
        return sorted({department_id for department_id, _ in self.tallies})

    def of(self, department_id: int | None = None, month: int | None = None) -> Tally:
        """All of a department, of a month, of both, or of the whole year."""
        found: dict[str, int] = {}
        for (department, each_month), tally in self.tallies.items():
            if department_id in (None, department) and month in (None, each_month):
                for name, number in tally.items():
                    found[name] = found.get(name, 0) + number
        return found


def share_resolved(tally: Tally) -> float | None:
    """The share of the received requests that were resolved; none of nothing."""
    received = tally.get("received", 0)
    return tally.get(Status.RESOLVED, 0) / received if received else None

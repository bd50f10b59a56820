"""What a report answers with: figures that can be opened to the very records they count."""

from dataclasses import dataclass

from db.queries.register import Sought


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

"""What each month brought each department and what became of it, from the sums kept with every change."""

from sqlmodel import Session

from db.queries import sums
from portal.rules import lifecycle
from portal.services.figures import Months

_WORDS = ("received", "open", "answered", "late", "in_time")


def of_year(tx: Session, year: int, departments: frozenset[int] | None) -> Months:
    """The figures of a year of receipt, exact at this moment."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for month, department_id, status, cases, answered, late in sums.of_months(
        tx, year * 100 + 1, year * 100 + 12, departments
    ):
        key = (department_id, month % 100)
        if (tally := found.get(key)) is None:
            tally = found[key] = dict.fromkeys(_WORDS, 0)
        tally["received"] += cases
        tally[status] = cases
        if status in lifecycle.OPEN:
            tally["open"] += cases
        else:
            tally["answered"] += answered
            tally["late"] += late
            tally["in_time"] += cases - late
    return Months(year, found)

"""What each month brought each department and what became of it, from the sums kept with every change."""

from collections import Counter

from sqlmodel import Session

from db.queries import sums
from portal.rules import lifecycle
from portal.services.figures import Months


def of_year(tx: Session, year: int, departments: frozenset[int] | None) -> Months:
    """The figures of a year of receipt, exact at this moment."""
    found: dict[tuple[int, int], Counter[str]] = {}
    for month, department_id, status, cases, answered, late in sums.of_months(
        tx, year * 100 + 1, year * 100 + 12, departments
    ):
        tally = found.setdefault((department_id, month % 100), Counter())
        tally["received"] += cases
        tally[status] += cases
        if lifecycle.is_open(status):
            tally["open"] += cases
        else:
            tally["answered"] += answered
            tally["late"] += late
            tally["in_time"] += cases - late
    return Months(year, found)

"""How many cases: per department and status, and per month of receipt, kept in the transaction that changes a case.

What a transaction changes is put together and written at its very end, in one order everywhere: nobody waits long
for a number that everybody changes, and never in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from db import short
from db.engine import at_end
from db.models import Case, CaseCount, CaseSum, DeskVersion, LateClosing

# A month is what the town's calendar says it is, whatever the machine's clock is set to.
TOWN_TIME = ZoneInfo("Europe/Istanbul")


class Place(NamedTuple):
    """Where a case is counted."""

    month: int
    department_id: int
    status: str


class Figures(NamedTuple):
    """What is counted there; also what a change adds to it."""

    cases: int = 0
    answered: int = 0
    late: int = 0

    def plus(self, other: "Figures") -> "Figures":
        return Figures(self.cases + other.cases, self.answered + other.answered, self.late + other.late)

    def negative(self) -> "Figures":
        return Figures(-self.cases, -self.answered, -self.late)


class Difference(NamedTuple):
    """A number that is not what counting by hand finds; the month is 0 where all months are counted together."""

    place: Place
    kept: Figures
    counted: Figures


def month_of(received_at: datetime) -> int:
    """The month of receipt in the town, as 202611."""
    here = received_at.astimezone(TOWN_TIME)
    return here.year * 100 + here.month


def add(tx: Session, place: Place, figures: Figures) -> None:
    """Count cases at a place, or fewer where the figures are negative."""
    pending = at_end(tx, _Pending)
    pending.sums[place] = pending.sums[place].plus(figures)
    pending.counts[place.department_id, place.status] += figures.cases


def touch(tx: Session, department_ids: Iterable[int]) -> None:
    """Tell every open list of these departments that something changed."""
    at_end(tx, _Pending).touched.update(department_ids)


class _Pending:
    """What a transaction has changed so far."""

    def __init__(self) -> None:
        self.sums: dict[Place, Figures] = defaultdict(Figures)
        self.counts: dict[tuple[int, str], int] = defaultdict(int)
        self.touched: set[int] = set()

    def write(self, tx: Session) -> None:
        """Write it, each table in the order of its keys."""
        statements = _statements(tx.get_bind().dialect.name)
        rows: tuple[list[dict[str, Any]], ...] = (
            [{"department_id": key[0], "status": key[1], "cases": by} for key, by in sorted(self.counts.items()) if by],
            [{**place._asdict(), **each._asdict()} for place, each in sorted(self.sums.items()) if any(each)],
            [{"department_id": each, "version": 1} for each in sorted(self.touched)],
        )
        for statement, values in zip(statements, rows, strict=True):
            if values:
                tx.connection().execute(statement, values)


@lru_cache(maxsize=2)
def _statements(dialect: str) -> tuple[Any, Any, Any]:
    kind: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert

    def adding(table: Any, keys: list[str], numbers: list[str]) -> Any:
        statement = kind(table)
        added = {name: getattr(table, name) + getattr(statement.excluded, name) for name in numbers}
        return statement.on_conflict_do_update(index_elements=keys, set_=added)

    return (
        adding(CaseCount, ["department_id", "status"], ["cases"]),
        adding(CaseSum, ["month", "department_id", "status"], ["cases", "answered", "late"]),
        adding(DeskVersion, ["department_id"], ["version"]),
    )


def of_months(tx: Session, first: int, last: int, departments: frozenset[int] | None) -> Sequence[Sequence[Any]]:
    """The sums (month, department, status, cases, answered, late) of the months from first to last."""
    values: dict[str, Any] = {"first": first, "last": last}
    if departments is None:
        return short.ask_within(tx, _OF_ALL, values)
    return tx.connection().execute(_OF_SOME, {**values, "departments": sorted(departments)}).all()


_OF_ALL = select(
    col(CaseSum.month),
    col(CaseSum.department_id),
    col(CaseSum.status),
    col(CaseSum.cases),
    col(CaseSum.answered),
    col(CaseSum.late),
).where(col(CaseSum.month).between(bindparam("first"), bindparam("last")), col(CaseSum.cases) > 0)
_OF_SOME = _OF_ALL.where(col(CaseSum.department_id).in_(bindparam("departments", expanding=True)))


def years(tx: Session) -> list[int]:
    """The years that brought cases, from the first to the last."""
    # Each alone is one step along the key.
    first, last = tx.execute(
        select(select(func.min(CaseSum.month)).scalar_subquery(), select(func.max(CaseSum.month)).scalar_subquery())
    ).one()
    return list(range(first // 100, last // 100 + 1)) if first else []


def how_many(tx: Session) -> int:
    """How many sums are kept."""
    rows = (select(func.count()).select_from(table).scalar_subquery() for table in (CaseCount, CaseSum))
    return sum(tx.execute(select(*rows)).one())


def differences(tx: Session) -> list[Difference]:
    """Every sum that is not what counting the cases one by one finds. `tx` looks at one moment."""
    counted = _by_hand(tx)
    kept = {
        Place(row.month, row.department_id, row.status): Figures(row.cases, row.answered, row.late)
        for row in tx.execute(select(*CaseSum.__table__.columns))  # type: ignore[attr-defined]
    }
    totals: dict[Place, Figures] = defaultdict(Figures)
    for place, each in counted.items():
        totals[place._replace(month=0)] = totals[place._replace(month=0)].plus(Figures(each.cases))
    for row in tx.execute(select(CaseCount.department_id, CaseCount.status, CaseCount.cases)):  # type: ignore[call-overload]
        kept[Place(0, row.department_id, row.status)] = Figures(row.cases)
    return list(_compared(kept, {**counted, **totals}))


def correct(tx: Session, found: Iterable[Difference]) -> None:
    """Move each sum by what it was found wrong by, however long ago that was looked at.

    Whoever keeps the sums changes what is kept as much as what counting finds: what is wrong stays wrong by the same.
    """
    pending = at_end(tx, _Pending)
    for place, kept, counted in found:
        by = counted.plus(kept.negative())
        if place.month:
            pending.sums[place] = pending.sums[place].plus(by)
        else:
            pending.counts[place.department_id, place.status] += by.cases
        touch(tx, {place.department_id})


def _compared(kept: Mapping[Place, Figures], counted: Mapping[Place, Figures]) -> Iterator[Difference]:
    for place in sorted({*kept, *counted}):
        ours, found = kept.get(place, Figures()), counted.get(place, Figures())
        if ours != found:
            yield Difference(place, ours, found)


def _by_hand(tx: Session) -> dict[Place, Figures]:
    """Every case counted where it stands, month by month along the index of the days of receipt."""
    found: dict[Place, Figures] = {}
    first, last = tx.execute(select(func.min(Case.received_at), func.max(Case.received_at))).one()
    month = month_of(first) if first else 1
    while first and month <= month_of(last):
        following = month + 1 if month % 100 < 12 else month + 89
        values = {"since": _start_of(month), "until": _start_of(following)}
        for row in tx.execute(_OF_A_MONTH, values):
            found[Place(month, row.department_id, row.status)] = Figures(row.cases, row.answered, row.late)
        month = following
    return found


_OF_A_MONTH = (
    select(
        col(Case.department_id),
        col(Case.status),
        func.count().label("cases"),
        func.count(col(Case.answered_at)).label("answered"),
        func.count(col(LateClosing.case_id)).label("late"),
    )
    .outerjoin(LateClosing, col(LateClosing.case_id) == col(Case.id))
    .where(col(Case.received_at) >= bindparam("since"), col(Case.received_at) < bindparam("until"))
    .group_by(col(Case.department_id), col(Case.status))
)


def _start_of(month: int) -> datetime:
    return datetime(month // 100, month % 100, 1, tzinfo=TOWN_TIME).astimezone(UTC)


def note_late(tx: Session, case_id: int, *, is_late: bool) -> None:
    """Write down that a case was closed after its day, or that this holds no more."""
    tx.execute(_LATE if is_late else _NOT_LATE, {"key": case_id})


_LATE = insert(LateClosing).values(case_id=bindparam("key"))
_NOT_LATE = delete(LateClosing).where(col(LateClosing.case_id) == bindparam("key"))


def wrongly_late(tx: Session) -> list[int]:
    """The cases that are marked late, or are not, against what their clocks' ledgers say."""
    return list(tx.execute(_WRONGLY_LATE).scalars())


def mark_again(tx: Session, case_ids: Sequence[int]) -> None:
    """Set the marks of these cases right where they are still wrong, and the sums with them."""
    rows = select(Case).where(col(Case.id).in_(case_ids)).order_by(col(Case.id)).with_for_update()
    held = {case.id or 0: case for case in tx.execute(rows).scalars()}
    for key in tx.execute(_STILL_WRONGLY_LATE, {"keys": list(held)}).scalars().all():
        case, is_late = held[key], tx.get(LateClosing, key) is None
        note_late(tx, key, is_late=is_late)
        add(tx, Place(month_of(case.received_at), case.department_id, case.status), Figures(late=1 if is_late else -1))
        touch(tx, {case.department_id})


_WRONGLY_LATE_SQL = """
SELECT closed.id FROM "case" AS closed LEFT JOIN late_closing ON late_closing.case_id = closed.id
WHERE (late_closing.case_id IS NOT NULL) <> (closed.closed_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM clock WHERE clock.case_id = closed.id AND clock.kind <> 'objection' AND clock.due_at < (
    SELECT max(clock_entry.at) FROM clock_entry WHERE clock_entry.clock_id = clock.id AND clock_entry.act = 'stopped')))
"""
_WRONGLY_LATE = text(_WRONGLY_LATE_SQL)
_STILL_WRONGLY_LATE = text(f"{_WRONGLY_LATE_SQL} AND closed.id IN :keys").bindparams(bindparam("keys", expanding=True))

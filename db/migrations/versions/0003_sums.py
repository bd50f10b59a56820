"""Sums per department and month of receipt, and which cases were closed after their day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from db import online
from db.types import Key, Moment

revision = "0003"
down_revision = "0002"

_TOWN_TIME = ZoneInfo("Europe/Istanbul")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _count_beside_writers()
        return
    _create_tables()
    # Whoever changes a case need not wait for a minute of counting: the new tables refer to the cases and hold them.
    with online.unlocked():
        for table in ("late_closing", "case_sum"):
            op.execute(f"DELETE FROM {table}")  # noqa: S608
        op.execute(_LATE)
        _sum_up()


def downgrade() -> None:
    op.drop_table("case_sum")
    op.drop_table("late_closing")


def _create_tables() -> None:
    # Tables of their own: a new column would lock the cases against readers while it is filled.
    op.create_table(
        "late_closing",
        sa.Column("case_id", Key, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.PrimaryKeyConstraint("case_id"),
        if_not_exists=True,
    )
    op.create_table(
        "case_sum",
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department_id", Key, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"]),
        sa.PrimaryKeyConstraint("month", "department_id", "status"),
        if_not_exists=True,
    )


_LATE = """
INSERT INTO late_closing (case_id)
SELECT closed.id FROM "case" AS closed
WHERE closed.closed_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM clock WHERE clock.case_id = closed.id AND clock.kind <> 'objection' AND clock.due_at < (
    SELECT max(clock_entry.at) FROM clock_entry WHERE clock_entry.clock_id = clock.id AND clock_entry.act = 'stopped'))
"""
_OF_A_MONTH = sa.text(
    """
INSERT INTO case_sum (month, department_id, status, cases, answered, late)
SELECT :month, department_id, status, count(*), count(answered_at), count(late_closing.case_id)
FROM "case" LEFT JOIN late_closing ON late_closing.case_id = "case".id
WHERE received_at >= :since AND received_at < :until
GROUP BY department_id, status
"""
).bindparams(
    sa.bindparam("month", type_=sa.Integer()),
    sa.bindparam("since", type_=Moment()),
    sa.bindparam("until", type_=Moment()),
)


def _sum_up() -> None:
    """Month by month, as the calendar of the town has them; its summer time is older than some cases."""
    cases = sa.table("case", sa.column("received_at", Moment()))
    found = sa.select(sa.func.min(cases.c.received_at), sa.func.max(cases.c.received_at))
    first, last = op.get_bind().execute(found).one()
    month = _month_of(first) if first else 1
    while first and month <= _month_of(last):
        following = month + 1 if month % 100 < 12 else month + 89
        values = {"month": month, "since": _start_of(month), "until": _start_of(following)}
        op.get_bind().execute(_OF_A_MONTH, values)
        month = following


def _month_of(received_at: datetime) -> int:
    here = received_at.astimezone(_TOWN_TIME)
    return here.year * 100 + here.month


def _start_of(month: int) -> datetime:
    return datetime(month // 100, month % 100, 1, tzinfo=_TOWN_TIME).astimezone(UTC)


# SQLite has no lock but the one over everything. So all is counted as it was at one moment, into tables that only this
# connection sees, while triggers note every case that an older release writes on, with what it was counted for. What is
# noted is taken out and counted again: once while others still write, then, for the few that are left, in a short last
# step that is a transaction. Until that is kept, nothing is there but notes.
def _count_beside_writers() -> None:
    _take_notes()
    with online.beside_writers():
        op.execute("CREATE TEMP TABLE late_closing (case_id INTEGER PRIMARY KEY)")
        op.execute("CREATE TEMP TABLE case_sum (month, department_id, status, cases, answered, late)")
        # A temporary table stands before one of the same name.
        op.execute(_LATE)
        _sum_up()
        counted = _last_note()
    with online.beside_writers():
        counted = _count_again(after=counted)
    _count_again(after=counted)
    _take_no_more_notes()
    _create_tables()
    op.execute("INSERT INTO main.late_closing SELECT case_id FROM temp.late_closing")
    op.execute(
        "INSERT INTO main.case_sum SELECT month, department_id, status, sum(cases), sum(answered), sum(late)"
        " FROM temp.case_sum GROUP BY month, department_id, status HAVING sum(cases) > 0"
    )
    for table in ("late_closing", "case_sum"):
        op.execute(f"DROP TABLE temp.{table}")


# What a case counts for stands in its row, its clocks and their ledgers.
_COLUMNS = ("received_at", "department_id", "status", "answered_at")
_NAMED = ", ".join(_COLUMNS)
_NOTED = {
    "case": f"(case_id, {_NAMED}) VALUES ({{row}}.id, {', '.join(f'{{row}}.{each}' for each in _COLUMNS)})",
    "clock": f'(case_id, {_NAMED}) SELECT id, {_NAMED} FROM "case" WHERE id = {{row}}.case_id',  # noqa: S608
    "clock_entry": f'(case_id, {_NAMED}) SELECT id, {_NAMED} FROM "case"'  # noqa: S608
    " WHERE id = (SELECT case_id FROM clock WHERE clock.id = {row}.clock_id)",
}
_ACTS = {"INSERT": "NEW", "UPDATE": "OLD", "DELETE": "OLD"}


def _take_notes() -> None:
    """From here on every case that anybody writes on is noted, first of all as it was; a new one was nothing yet."""
    # Notes may be there already, of a call that was stopped half way.
    op.execute(f"CREATE TABLE IF NOT EXISTS case_noted (id INTEGER PRIMARY KEY, case_id INTEGER, {_NAMED})")
    for table, noted in _NOTED.items():
        for act, row in _ACTS.items():
            is_new = (table, act) == ("case", "INSERT")
            note = "(case_id) VALUES (NEW.id)" if is_new else noted.format(row=row)
            op.execute(
                f'CREATE TRIGGER IF NOT EXISTS note_{table}_{act} AFTER {act} ON "{table}"'
                f" BEGIN INSERT INTO case_noted {note}; END"
            )


def _last_note() -> int:
    return int(op.get_bind().execute(sa.text("SELECT coalesce(max(id), 0) FROM case_noted")).scalar_one())


def _count_again(*, after: int) -> int:
    """Count what was noted after a note as it is now; answers the last note that is counted."""
    here = op.get_bind()
    before = here.execute(_AS_COUNTED, {"after": after}).all()
    noted = f"IN (SELECT case_id FROM case_noted WHERE id > {after:d})"  # noqa: S608
    op.execute(f"DELETE FROM late_closing WHERE case_id {noted}")  # noqa: S608
    op.execute(f"{_LATE} AND closed.id {noted}")
    now = here.execute(_AS_IT_IS, {"after": after}).all()
    for cases, rows in ((-1, before), (1, now)):
        for received_at, department_id, status, answered, late in rows:
            values = (_month_of(received_at), department_id, status, cases, cases * answered, cases * late)
            here.exec_driver_sql("INSERT INTO case_sum VALUES (?, ?, ?, ?, ?, ?)", values)
    return _last_note()


_FIGURES = "received_at, department_id, status, answered_at IS NOT NULL, late_closing.case_id IS NOT NULL"
_AS_COUNTED = sa.text(
    f"""
SELECT {_FIGURES} FROM case_noted LEFT JOIN late_closing ON late_closing.case_id = case_noted.case_id
WHERE received_at IS NOT NULL AND id IN (SELECT min(id) FROM case_noted WHERE id > :after GROUP BY case_id)
"""  # noqa: S608
).columns(received_at=Moment())
_AS_IT_IS = sa.text(
    f"""
SELECT {_FIGURES} FROM "case" LEFT JOIN late_closing ON late_closing.case_id = id
WHERE id IN (SELECT case_id FROM case_noted WHERE id > :after)
"""  # noqa: S608
).columns(received_at=Moment())


def _take_no_more_notes() -> None:
    for table in _NOTED:
        for act in _ACTS:
            op.execute(f"DROP TRIGGER note_{table}_{act}")
    op.execute("DROP TABLE case_noted")

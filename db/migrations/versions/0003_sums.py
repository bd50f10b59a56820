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
    # Whoever changes a case need not wait for a minute of counting: the new tables refer to the cases and hold them.
    with online.unlocked():
        for table in ("late_closing", "case_sum"):
            op.execute(f"DELETE FROM {table}")  # noqa: S608
        op.execute(_LATE)
        _sum_up()


def downgrade() -> None:
    op.drop_table("case_sum")
    op.drop_table("late_closing")


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
    if first is None:
        return
    here = first.astimezone(_TOWN_TIME)
    year, month = here.year, here.month
    while (since := _start_of(year, month)) <= last:
        following = (year, month + 1) if month < 12 else (year + 1, 1)
        op.get_bind().execute(
            _OF_A_MONTH, {"month": year * 100 + month, "since": since, "until": _start_of(*following)}
        )
        year, month = following


def _start_of(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=_TOWN_TIME).astimezone(UTC)

"""Clocks as ledgers: calendar editions, duties, applications under a law, enclosures, official letters."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db import online
from db.types import Document, Key, Moment

revision = "0002"
down_revision = "0001"

# Columns are added and dropped one by one: SQLite would otherwise copy the table, and rows refer to it.
_COLUMNS = {
    "case": [
        lambda: sa.Column("due_kind", sa.String(20), nullable=False, server_default=""),
        lambda: sa.Column("legal_type", sa.String(16), nullable=False, server_default="service"),
        lambda: sa.Column("escalated_at", Moment(), nullable=True),
    ],
    "clock": [
        lambda: sa.Column("law", sa.String(12), nullable=False, server_default=""),
        lambda: sa.Column("round_the_clock", sa.Boolean(), nullable=False, server_default=sa.false()),
        lambda: sa.Column("edition_id", Key, nullable=True),
    ],
    "clock_entry": [
        lambda: sa.Column("noted_at", Moment(), nullable=True),
        lambda: sa.Column("value", sa.Integer(), nullable=True),
        lambda: sa.Column("basis", sa.String(160), nullable=False, server_default=""),
        lambda: sa.Column("told_on", sa.Date(), nullable=True),
        lambda: sa.Column("edition_id", Key, nullable=True),
    ],
}
_INDEXES = {
    "ix_case_open_changed": ("case", ["department_id", "changed_at", "id", "status"], "{open}"),
    "ix_case_all_open_changed": ("case", ["changed_at", "id", "status"], "{open}"),
    "ix_case_escalated": ("case", ["department_id", "due_order", "id"], "{open} AND escalated_at IS NOT NULL"),
    "ix_case_to_escalate": ("case", ["due_order", "id"], "{open} AND escalated_at IS NULL"),
    "ix_clock_to_recount": ("clock", ["edition_id", "id"], "state <> 'stopped' AND unit <> 'fixed'"),
    "ix_clock_objection": ("clock", ["case_id"], "kind = 'objection' AND state <> 'stopped'"),
}

# Counted per status from the index alone: the status joins two indexes that are there already.
_WIDENED = {
    "ix_case_open_due": ("case", ["department_id", "due_order", "id"], "{open}"),
    "ix_case_all_open_due": ("case", ["due_order", "id"], "{open}"),
}


def upgrade() -> None:
    _create_table(
        "series",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    _create_table(
        "calendar_edition",
        sa.Column("id", Key, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("by_id", Key, nullable=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("half_day_counts", sa.Boolean(), nullable=False),
        sa.Column("week", Document, nullable=False),
        sa.Column("days", Document, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["clerk.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _create_table(
        "application",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("submission_id", Key, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_legal_person", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("national_id", sa.String(200), nullable=False),
        sa.Column("national_id_hash", sa.String(64), nullable=False),
        sa.Column("nationality", sa.String(60), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("signature", sa.String(16), nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("articles", Document, nullable=False),
        sa.Column("outcome_words", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("forwarded_to", sa.String(240), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("fee_kurus", sa.Integer(), nullable=True),
        sa.Column("fee_told_on", sa.Date(), nullable=True),
        sa.Column("fee_paid_on", sa.Date(), nullable=True),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal_number", sa.String(40), nullable=False),
        sa.Column("appeal_result", sa.String(16), nullable=False),
        sa.Column("appeal_decided_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
        sa.UniqueConstraint("kind", "year", "number"),
    )
    _create_index(op.f("ix_application_national_id_hash"), "application", ["national_id_hash"])
    _create_index(op.f("ix_application_submission_id"), "application", ["submission_id"])
    _create_table(
        "duty",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("clock_id", Key, nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by_id", Key, nullable=True),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("edition_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"]),
        sa.ForeignKeyConstraint(["done_by_id"], ["clerk.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _create_index(op.f("ix_duty_case_id"), "duty", ["case_id"])
    _create_index(
        "ix_duty_owed",
        "duty",
        ["kind", "due_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    _create_index(
        "ix_duty_to_recount",
        "duty",
        ["edition_id", "id"],
        sqlite_where=sa.text("done_at IS NULL AND value IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NULL AND value IS NOT NULL"),
    )
    _create_table(
        "enclosure",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("draft_id", Key, nullable=True),
        sa.Column("case_id", Key, nullable=True),
        sa.Column("submission_id", Key, nullable=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("original_name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    _create_index(op.f("ix_enclosure_case_id"), "enclosure", ["case_id"])
    _create_index(op.f("ix_enclosure_draft_id"), "enclosure", ["draft_id"])
    _create_table(
        "letter",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("submission_id", Key, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("content", Document, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["clerk.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("number"),
    )
    _create_index(op.f("ix_letter_case_id"), "letter", ["case_id"])
    for table, columns in _COLUMNS.items():
        for column in columns:
            _add_column(table, column())
    with online.unlocked():
        for name, (table, names, where) in _INDEXES.items():
            online.create_index(name, table, names, where)
        for name, (table, names, where) in _WIDENED.items():
            online.replace_index(name, table, [*names, "status"], where)
    _name_the_law()


def downgrade() -> None:
    with online.unlocked():
        for name, (table, columns, where) in _WIDENED.items():
            online.replace_index(name, table, columns, where)
        for name, (table, _columns, _where) in _INDEXES.items():
            online.drop_index(name, table)
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.drop_column(table, column().name)
    for table in ("letter", "enclosure", "duty", "application", "calendar_edition", "series"):
        op.drop_table(table)


# Stopped half way on PostgreSQL, the revision is simply called again; on SQLite it is one transaction.
def _create_table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, if_not_exists=True)


def _create_index(name: str, table: str, columns: list[str], **where: sa.TextClause) -> None:
    op.create_index(name, table, columns, if_not_exists=True, **where)


def _add_column(table: str, column: sa.Column[Any]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(table, column, if_not_exists=True)
    else:
        op.add_column(table, column)


def _name_the_law() -> None:
    """What older clocks said in words, said in the new columns."""
    op.execute("UPDATE clock SET unit = 'fixed', value = 0 WHERE basis = 'source'")
    for law in ("3071", "4982", "6698", "3194"):
        named = sa.text("UPDATE clock SET law = :law WHERE kind = 'legal' AND basis LIKE :beginning")
        op.execute(named.bindparams(law=law, beginning=f"{law}%"))
    op.execute(
        "UPDATE clock SET round_the_clock = (1 = 1) WHERE kind = 'service' AND unit = 'hours' AND case_id IN"
        " (SELECT c.id FROM \"case\" c JOIN category t ON t.id = c.category_id WHERE t.priority = 'urgent')"
    )

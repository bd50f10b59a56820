"""Sign-in: a second factor with recovery codes, half sessions, letters to colleagues, what happened to an account."""

import sqlalchemy as sa
from alembic import op

from db.types import Key, Moment

revision = "0004"
down_revision = "0003"

# Columns are added and dropped one by one: SQLite would otherwise copy the table, and rows refer to it.
_CLERK = [
    lambda: sa.Column("password_changed_at", Moment(), nullable=True),
    lambda: sa.Column("totp_secret", sa.String(200), nullable=False, server_default=""),
    lambda: sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"),
    lambda: sa.Column("factor_changed_at", Moment(), nullable=True),
]


def upgrade() -> None:
    for column in _CLERK:
        op.add_column("clerk", column())
    op.create_table(
        "half_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("clerk_id", Key, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clerk_id"], ["clerk.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_half_session_clerk_id"), "half_session", ["clerk_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", Key, nullable=False),
        sa.Column("clerk_id", Key, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["clerk_id"], ["clerk.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clerk_id", "code_hash"),
    )
    op.create_table(
        "account_event",
        sa.Column("id", Key, nullable=False),
        sa.Column("clerk_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("by_id", Key, nullable=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["clerk.id"]),
        sa.ForeignKeyConstraint(["clerk_id"], ["clerk.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_account_event_clerk", "account_event", ["clerk_id", "id"], unique=False)
    op.create_index(op.f("ix_account_event_at"), "account_event", ["at"], unique=False)
    op.create_table(
        "staff_letter",
        sa.Column("id", Key, nullable=False),
        sa.Column("clerk_id", Key, nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("message_id", sa.String(120), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["clerk_id"], ["clerk.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index(op.f("ix_staff_letter_clerk_id"), "staff_letter", ["clerk_id"], unique=False)
    op.create_index("ix_staff_letter_waiting", "staff_letter", ["state", "next_try_at"], unique=False)
    # Administrators now need a second factor, and are led to it at the door.
    op.execute(
        "UPDATE staff_session SET ended_at = seen_at WHERE ended_at IS NULL"
        " AND clerk_id IN (SELECT id FROM clerk WHERE role = 'administrator')"
    )


def downgrade() -> None:
    for table in ("staff_letter", "account_event", "recovery_code", "half_session"):
        op.drop_table(table)
    for column in _CLERK:
        op.drop_column("clerk", column().name)

"""The worker leaves a trace: when it was last seen at work."""

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("heartbeat")

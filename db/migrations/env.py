"""Runs the revisions on the connection that db.engine.Database hands over."""

from alembic import context
from sqlmodel import SQLModel

import db.models  # noqa: F401  (declares the tables)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    include_name=lambda name, kind, _parents: not (kind == "table" and name.startswith(("case_fts", "case_search"))),
)
with context.begin_transaction():
    context.run_migrations()

"""What is done while everybody reads and writes; for revisions in db/migrations.

What was done before it in a revision is kept first, so that its locks go: a revision that uses this must bear being
called again after it was stopped half way.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


@contextmanager
def unlocked() -> Iterator[None]:
    """Inside, no lock of this revision stops anybody. SQLite, whose readers never wait, goes on as it was."""
    if not _is_postgresql():
        yield
        return
    with op.get_context().autocommit_block():
        patience = op.get_bind().exec_driver_sql("SHOW lock_timeout").scalar_one()
        # An index waits for those who began before it, be it a backup of minutes; nobody waits for the index.
        op.execute("SET lock_timeout = 0")
        yield
        op.execute(f"SET lock_timeout = '{patience}'")


@contextmanager
def beside_writers() -> Iterator[None]:
    """Inside, on SQLite, one moment is looked at and only temporary tables are written, so that writers go on."""
    here = op.get_bind()
    here.commit()
    here.execution_options(writes=False)
    yield
    here.commit()
    here.execution_options(writes=True)


def create_index(name: str, table: str, columns: Sequence[str], where: str) -> None:
    """An index over the rows for which `where` holds; `{open}` in it says "is open" as the engine spells it."""
    drop_index(name, table)
    op.create_index(
        name,
        table,
        list(columns),
        sqlite_where=sa.text(where.format(open="is_open = 1")),
        postgresql_where=sa.text(where.format(open="is_open")),
        postgresql_concurrently=True,
    )


def drop_index(name: str, table: str) -> None:
    """No index of this name, not even one that was left half made."""
    op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)


def replace_index(name: str, table: str, columns: Sequence[str], where: str) -> None:
    """Another index under a name; the old one serves until the new one is ready."""
    if not _is_postgresql():
        create_index(name, table, columns, where)
        return
    create_index(f"{name}_new", table, columns, where)
    drop_index(name, table)
    op.execute(f"ALTER INDEX {name}_new RENAME TO {name}")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

"""One database, two engines: SQLite in a file, or PostgreSQL through psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session

BUSY_SECONDS = 15
_AT_END = "at_end"


class AtEnd(Protocol):
    """What is gathered while a transaction goes on, and written just before it is kept."""

    def write(self, tx: Session) -> None: ...


_Kind = TypeVar("_Kind", bound=AtEnd)


def at_end(tx: Session, kind: type[_Kind]) -> _Kind:
    """The one thing of this kind that the transaction writes last."""
    waiting: dict[type[Any], Any] = tx.info.setdefault(_AT_END, {})
    if kind not in waiting:
        waiting[kind] = kind()
    found: _Kind = waiting[kind]
    return found


class Database:
    """Opens transactions; knows nothing of what is stored."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url)
        self.dialect = self.engine.dialect.name
        self._writer = self.engine.execution_options(writes=True)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All that is done inside is kept together, or none of it."""
        with Session(self._writer, expire_on_commit=False) as tx, tx.begin():
            yield tx
            for each in tx.info.get(_AT_END, {}).values():
                each.write(tx)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look; nothing is kept."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A look at one single moment, however many questions are asked and whatever is written meanwhile."""
        with self.reading() as tx:
            if self.dialect == "postgresql":
                tx.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield tx

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to a revision of db/migrations."""
        _migrate(self._writer, "upgrade", revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to an earlier revision."""
        _migrate(self._writer, "downgrade", revision)

    def close(self) -> None:
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=10)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver would begin by itself, and deferred: a reader that turns writer then meets SQLITE_BUSY.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -32000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(connection: Any) -> None:
    # Asking first keeps a read-only file readable.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _postgresql(url: str) -> Engine:
    # A prepared statement belongs to one server connection; behind PgBouncer the next call meets another.
    return create_engine(
        url, connect_args={"prepare_threshold": None}, pool_size=10, max_overflow=10, pool_pre_ping=True
    )


def _migrate(engine: Engine, way: str, revision: str) -> None:
    # Ten megabytes that only the start of an installation needs.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)

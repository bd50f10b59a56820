"""One database, two engines: SQLite in a file, or PostgreSQL through psycopg."""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Select, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlmodel import Session

from db.short import Short

BUSY_SECONDS = 15
LOCK_SECONDS = 1
LOCK_TRIES = 10
TRUSTED_SECONDS = 1.0
LOCK_NOT_AVAILABLE = "55P03"
MIGRATIONS = Path(__file__).parent / "migrations"
_AT_END, _BACK_AT = "at_end", "back_at"
_STORED = "PRAGMA data_version"
# Which transactions have ended ("Transaction ID and Snapshot Information Functions" in PostgreSQL's manual): any that
# ends later makes it another answer.
_ENDED = "SELECT pg_current_snapshot()"


class AtEnd(Protocol):
    """What is gathered while a transaction goes on, and written just before it is kept."""

    def write(self, tx: Session) -> None: ...


_Kind = TypeVar("_Kind", bound=AtEnd)
_Answer = TypeVar("_Answer")


def at_end(tx: Session, kind: type[_Kind]) -> _Kind:
    """The one thing of this kind that the transaction writes last."""
    waiting: dict[type[Any], Any] = tx.info.setdefault(_AT_END, {})
    if kind not in waiting:
        waiting[kind] = kind()
    found: _Kind = waiting[kind]
    return found


class _Look(Session):
    """Reads. What nothing would take back afterwards cannot be stored by mistake."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Nothing is ever stored here."""
        raise RuntimeError("a look stores nothing: open a transaction")


class Database:
    """Opens transactions; knows nothing of what is stored."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url)
        self.dialect = self.engine.dialect.name
        self._writer = self.engine.execution_options(writes=True)
        self._turn = threading.Lock()
        # On PostgreSQL each statement looks at its own moment, in a transaction or not; without one there is no BEGIN
        # and no ROLLBACK to wait for.
        looks = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reader = looks if self.dialect == "postgresql" else self.engine
        self._short: dict[Select[Any], Short] = {}
        self._at_hand: list[Any] = []
        self._lookout: Any = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All that is done inside is kept together, or none of it."""
        with self._in_turn(), Session(self._writer, expire_on_commit=False) as tx, tx.begin():
            yield tx
            for each in tx.info.get(_AT_END, {}).values():
                each.write(tx)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer after another, on SQLite; it has no line of its own, and who only tries again may try for long."""
        if self.dialect != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at what is stored; nothing is kept."""
        with _Look(self._reader, expire_on_commit=False, autoflush=False) as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A look at one single moment, however many questions are asked and whatever is written meanwhile."""
        with self.reading() as tx:
            if self.dialect == "postgresql":
                tx.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield tx

    @property
    def is_at_hand(self) -> bool:
        """Whether an answer comes out of a file of this machine's, sooner than another thread would take over."""
        return self.dialect == "sqlite"

    def moment(self) -> Hashable:
        """What stays equal for as long as nobody stores anything: what was read after it is still what there is."""
        if self.dialect == "postgresql":
            self._tell(_ENDED, ())
            return self._over_own(_ended)
        # SQLite counts for each connection what all others stored (sqlite.org/pragma.html#pragma_data_version).
        if self._lookout is None:
            self._lookout = self._own_connection()
        looking = self._lookout
        self._tell(_STORED, ())
        try:
            return looking, looking.execute(_STORED).fetchone()[0]
        except sqlite3.Error as no:
            self._lookout = None
            looking.close()
            raise DBAPIError.instance(_STORED, None, no, sqlite3.Error) from no

    def ask(self, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows of one statement that reads, without a transaction around it; built once, for it is remembered."""
        short = self._short.get(statement)
        if short is None:
            short = self._short[statement] = Short(statement, self.engine.dialect)
        asked = short.values(values)
        self._tell(short.words, asked)
        return self._over_own(lambda connection: short.rows(connection, asked))

    def _over_own(self, ask: Callable[[Any], _Answer]) -> _Answer:
        """Ask over a connection beside the pool; one that was cut meanwhile is replaced."""
        while True:
            # Looking first whether there is one would be answered differently when another thread comes in between.
            try:
                connection, is_new = self._at_hand.pop(), False
            except IndexError:
                connection, is_new = self._own_connection(), True
            try:
                answer = ask(connection)
            except DBAPIError:
                connection.close()
                # The database may have been started anew since this connection answered last.
                if is_new:
                    raise
                continue
            self._at_hand.append(connection)
            return answer

    def _tell(self, words: str, values: Any) -> None:
        """Whoever listens to what the engine is asked hears also of what goes past it."""
        self.engine.dispatch.before_cursor_execute(None, None, words, values, None, False)

    def _own_connection(self) -> Any:
        """One more connection beside the pool, whose lending and taking back would cost as much as the answer."""
        wrong = self.engine.dialect.loaded_dbapi.Error
        try:
            lent = self.engine.raw_connection()
        except wrong as no:
            raise DBAPIError.instance(None, None, no, wrong) from no
        own: Any = lent.driver_connection
        lent.detach()
        if self.dialect == "postgresql":
            own.autocommit = True
        return own

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to a revision of db/migrations."""
        _migrate(self._writer, "upgrade", revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to an earlier revision."""
        _migrate(self._writer, "downgrade", revision)

    def is_up_to_date(self) -> bool:
        """Whether the tables are as this release needs them; one release further serves it too."""
        return self.revision() not in ("", *revisions()[:-1])

    def revision(self) -> str:
        """The revision the tables are at; nothing where there are none."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")

    def close(self) -> None:
        self.engine.dispose()
        while self._at_hand:
            self._at_hand.pop().close()
        if self._lookout is not None:
            self._lookout.close()
            self._lookout = None


@cache
def revisions() -> tuple[str, ...]:
    """The revisions this release knows, oldest first."""
    # Asking the library that runs them would cost every process ten megabytes.
    after: dict[str, str] = {}
    for file in (MIGRATIONS / "versions").glob("*.py"):
        words = file.read_text("utf-8")
        [name], [before] = _REVISION.findall(words), _BEFORE.findall(words)
        after[before] = name
    chain: list[str] = []
    step = after.get("")
    while step:
        chain.append(step)
        step = after.get(step)
    return tuple(chain)


_REVISION = re.compile(r'^revision\b[^=\n]*= "(\w+)"', re.M)
_BEFORE = re.compile(r'^down_revision\b[^=\n]*= (?:None|"(\w+)")', re.M)


@contextmanager
def driver_errors() -> Iterator[None]:
    """What the driver complains of when it is called by itself, as the error everybody knows how to tell."""
    # Who keeps everything in SQLite need not load the other.
    import psycopg

    try:
        yield
    except (sqlite3.Error, psycopg.Error) as no:
        raise DBAPIError.instance(None, None, no, type(no)) from no


def _ended(connection: Any) -> bytes:
    # Without a cursor: making one costs five times what is asked.
    import psycopg

    with driver_errors():
        answer = connection.pgconn.exec_(_ENDED.encode())
        if answer.status != psycopg.pq.ExecStatus.TUPLES_OK:
            raise psycopg.OperationalError(answer.get_error_message())
        found: bytes = answer.get_value(0, 0)
    return found


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=10)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver would begin by itself, and deferred: a reader that turns writer then meets SQLITE_BUSY.
        connection.isolation_level = None
        # The cache is each connection's own, there are up to twenty, and whoever writes empties those of all others;
        # the machine keeps the file at hand for all.
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -500", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(connection: Any) -> None:
    # Asking first keeps a read-only file readable.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")


def _postgresql(url: str) -> Engine:
    # A prepared statement belongs to one server connection; behind PgBouncer the next call meets another.
    engine = create_engine(url, connect_args={"prepare_threshold": None}, pool_size=10, max_overflow=10)

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[_BACK_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def try_it(connection: Any, record: Any, _lent: Any) -> None:
        # The database may have been started anew since. Trying before each page would be a question more for each.
        if time.monotonic() - record.info.get(_BACK_AT, 0.0) > TRUSTED_SECONDS and not _answers(engine, connection):
            raise DisconnectionError

    return engine


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _migrate(engine: Engine, way: str, revision: str) -> None:
    # Ten megabytes that only the start of an installation needs.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def run(connection: Connection) -> None:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)

    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            # What we begin, we keep: all is one transaction, but for a revision that lets writers in between.
            connection.begin()
            try:
                run(connection)
                connection.commit()
            finally:
                # A revision may have left temporary tables.
                connection.invalidate()
    else:
        _patiently(engine, run)


def _patiently(engine: Engine, run: Callable[[Connection], None]) -> None:
    """One transaction a revision, and no lock is waited for so long that others queue up behind the waiting."""
    for attempt in range(1, LOCK_TRIES + 1):
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
                connection.commit()
                try:
                    run(connection)
                finally:
                    # The pool lends this connection again.
                    connection.invalidate()
                return
        except OperationalError as no:
            if getattr(no.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE or attempt == LOCK_TRIES:
                raise
            time.sleep(attempt)

"""Rows of a dump into empty tables: indexes and references are put aside first and made again at the end."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from db.dump import Row, Table, count, quoted, tables
from db.engine import Database, driver_errors


class DoesNotFit(Exception):
    """The rows do not belong into these tables, or not all of them came."""


class Loader(Protocol):
    """Where rows go; nobody sees them before the whole is kept."""

    def add(self, table: str, columns: Sequence[str], rows: list[Row]) -> None: ...

    def finish(self, counts: Mapping[str, int]) -> None:
        """Make indexes and references again and see that each table holds what it should."""


@contextmanager
def loading(db: Database) -> Iterator[Loader]:
    """Fill a migrated, empty database. On PostgreSQL all or nothing; a SQLite file that failed is thrown away."""
    with db.engine.connect() as connection:
        here = {each.name: each for each in tables(connection)}
    if db.dialect == "postgresql":
        with db.engine.begin() as connection, driver_errors():
            yield _Postgresql(connection, here)
    else:
        db.close()
        with driver_errors(), closing(_Sqlite(Path(make_url(db.url).database or ""), here)) as loader:
            yield loader


class _Tables:
    def __init__(self, here: Mapping[str, Table]) -> None:
        self._here = here

    def _statement(self, table: str, columns: Sequence[str]) -> tuple[str, str]:
        """The table and its columns as SQL takes them; whatever is not there is refused."""
        if table not in self._here or set(columns) != set(self._here[table].names):
            raise DoesNotFit(table)
        return quoted(table), ", ".join(quoted(name) for name in columns)

    def _check(self, counts: Mapping[str, int], found: Mapping[str, int]) -> None:
        for table, number in found.items():
            if number != counts.get(table, 0):
                raise DoesNotFit(f"{table}: {number} != {counts.get(table, 0)}")


class _Sqlite(_Tables):
    """Writes without a journal: the file is nobody's yet, and a torn one is never used."""

    def __init__(self, file: Path, here: Mapping[str, Table]) -> None:
        super().__init__(here)
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
            self._connection.execute(f"PRAGMA {pragma}")
        # Taken twice: for the pages, and for the rows that an index puts in order.
        self._connection.execute("PRAGMA cache_size = -64000")
        self._aside = self._put_aside()
        self._connection.execute("BEGIN")

    def add(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        name, names = self._statement(table, columns)
        places = ", ".join("?" for _ in columns)
        self._connection.executemany(f"INSERT INTO {name} ({names}) VALUES ({places})", rows)  # noqa: S608

    def finish(self, counts: Mapping[str, int]) -> None:
        for sql in self._aside:
            self._connection.execute(sql)
        self._connection.execute("INSERT INTO case_fts (case_fts) VALUES ('rebuild')")
        self._connection.execute("COMMIT")
        self._check(counts, {name: self._number(name) for name in self._here})
        if broken := self._connection.execute("PRAGMA foreign_key_check").fetchone():
            raise DoesNotFit(f"{broken[0]} {broken[1]} -> {broken[2]}")
        self._connection.execute("ANALYZE")

    def close(self) -> None:
        self._connection.close()

    def _number(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])  # noqa: S608

    def _put_aside(self) -> list[str]:
        found = self._connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        for kind, name, _sql in found:
            self._connection.execute(f"DROP {kind} {quoted(name)}")
        return [sql for _kind, _name, sql in found]


class _Postgresql(_Tables):
    """One transaction, tables and all; COPY takes the rows."""

    def __init__(self, connection: Connection, here: Mapping[str, Table]) -> None:
        super().__init__(here)
        self._connection = connection
        for setting in ("timezone = 'UTC'", "maintenance_work_mem = '256MB'"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        self._indexes, self._references = self._put_aside()
        # Into a table emptied in this very transaction rows are written as if they had been there for ever: what is
        # counted along an index need not look at each of them, and no clean-up comes after us.
        connection.exec_driver_sql(f"TRUNCATE {', '.join(quoted(name) for name in here)}")

    def add(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        name, names = self._statement(table, columns)
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({names}) FROM STDIN (FREEZE)") as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self, counts: Mapping[str, int]) -> None:
        for sql in self._indexes:
            self._connection.exec_driver_sql(sql)
        # What is known of the rows decides how quickly references are compared.
        for table in self._here.values():
            self._connection.exec_driver_sql(f"ANALYZE {quoted(table.name)}")
            self._number_on(table)
        for sql in self._references:
            self._connection.exec_driver_sql(sql)
        self._check(counts, {name: count(self._connection, name) for name in self._here})

    def _number_on(self, table: Table) -> None:
        """The next new row gets a key after the last one."""
        if "id" in table.names:
            self._connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {quoted(table.name)}"  # noqa: S608
                " HAVING max(id) IS NOT NULL",
                (quoted(table.name),),
            )

    def _put_aside(self) -> tuple[list[str], list[str]]:
        indexes = self._connection.exec_driver_sql(_INDEXES).all()
        references = self._connection.exec_driver_sql(_REFERENCES).all()
        for table, name, _sql in references:
            self._connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
        for name, _sql in indexes:
            self._connection.exec_driver_sql(f"DROP INDEX {name}")
        return [sql for _name, sql in indexes], [
            f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {sql}" for table, name, sql in references
        ]


# Primary keys and unique columns stay: each guards its rows while they come.
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u'))
"""
_REFERENCES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""

"""Every row of every table in one consistent look, said the same way by both engines.

Moments are UTC text, documents sorted JSON text, truths 0 and 1; rows come in the order of their keys and always as
many at a time. So the same rows give the same octets, whichever engine held them.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Float, Integer, String, inspect

from db.engine import Database, driver_errors

ROWS_AT_ONCE = 10_000
# The revision is told by itself; the index of the search is made again from `case_search`; notes are of a moment.
NOT_CARRIED = ("alembic_version", "case_fts", "case_noted")

Row = Sequence[Any]

_KINDS = (
    (Boolean, "truth"),
    (Integer, "number"),
    (Float, "fraction"),
    (DateTime, "moment"),
    (Date, "day"),
    (JSON, "document"),
    (String, "text"),
)
_AS_TEXT = {
    "truth": "CAST({} AS integer)",
    "moment": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "day": "to_char({}, 'YYYY-MM-DD')",
    "document": "CAST({} AS text)",
}


@dataclass(frozen=True)
class Column:
    """A column and what kind of value it holds."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """A table as it stands in the database, whatever the models say."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


class Snapshot:
    """One moment of a database; what is written meanwhile is not in it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"
        # The first question asked is the moment that everything else is seen at.
        self.revision: str = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        self.tables = tables(connection)
        if self._is_postgresql:
            # Nobody may change a table half way through; everybody may go on writing into it.
            names = ", ".join(quoted(each.name) for each in self.tables)
            connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS SHARE MODE")

    def count(self, table: Table) -> int:
        return count(self._connection, table.name)

    def rows(self, table: Table) -> Iterator[list[Row]]:
        """The rows, `ROWS_AT_ONCE` at a time and fewer only at the end."""
        columns = ", ".join(self._expression(column) for column in table.columns)
        order = ", ".join(self._order(column) for column in table.columns if column.name in table.key)
        documents = [place for place, column in enumerate(table.columns) if column.kind == "document"]
        for rows in self._select(f"SELECT {columns} FROM {quoted(table.name)} ORDER BY {order}"):  # noqa: S608
            yield [_with_sorted(row, documents) for row in rows] if documents else rows

    def column(self, table: str, *names: str) -> Iterator[list[Row]]:
        """Some columns of a table as they are; nothing where there is no such table."""
        found = next((each for each in self.tables if each.name == table), None)
        if found is not None:
            columns = ", ".join(quoted(name) for name in names)
            yield from self._select(f"SELECT {columns} FROM {quoted(table)} ORDER BY {quoted(found.key[0])}")  # noqa: S608

    def _select(self, sql: str) -> Iterator[list[Row]]:
        driver: Any = self._connection.connection.driver_connection
        # A cursor with a name stays on the server and hands out what is asked for.
        cursor = driver.cursor("dump") if self._is_postgresql else driver.cursor()
        with driver_errors(), closing(cursor):
            cursor.execute(sql)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield rows

    def _expression(self, column: Column) -> str:
        name = quoted(column.name)
        return _AS_TEXT.get(column.kind, "{}").format(name) if self._is_postgresql else name

    def _order(self, column: Column) -> str:
        # Octet by octet, as SQLite does.
        is_text = self._is_postgresql and column.kind == "text"
        return f'{quoted(column.name)} COLLATE "C"' if is_text else quoted(column.name)


@contextmanager
def snapshot(db: Database) -> Iterator[Snapshot]:
    """Open one moment of the database for reading; writers are neither stopped nor seen."""
    with db.engine.connect() as connection:
        if db.dialect == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield Snapshot(connection)


def encoded(rows: list[Row]) -> bytes:
    """The rows as JSON: what is kept, and what a table's hash is made of."""
    # Nineteen million rows at a million cases: the standard library takes longer, each way.
    return msgspec.json.encode(rows)


def decoded(content: bytes) -> list[Row]:
    """The rows of which `encoded` made this."""
    rows: list[Row] = msgspec.json.decode(content)
    return rows


def tables(connection: Connection) -> list[Table]:
    """The tables that hold something of ours, by name."""
    found = inspect(connection)
    return [
        Table(
            name,
            tuple(Column(each["name"], _kind(name, each)) for each in found.get_columns(name)),
            tuple(found.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in sorted(found.get_table_names())
        if not name.startswith(NOT_CARRIED)
    ]


def count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {quoted(table)}").scalar_one())  # noqa: S608


def is_empty(db: Database) -> bool:
    """Whether no table of ours holds a row, or there is none."""
    with db.engine.connect() as connection:
        return not any(
            connection.exec_driver_sql(f"SELECT 1 FROM {quoted(each.name)} LIMIT 1").first()  # noqa: S608
            for each in tables(connection)
        )


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def _kind(table: str, column: Any) -> str:
    for kind, word in _KINDS:
        if isinstance(column["type"], kind):
            return word
    raise TypeError(f"{table}.{column['name']} is {column['type']!r}: say in db/dump.py how both engines write it")


def _with_sorted(row: Row, documents: list[int]) -> Row:
    told = list(row)
    for place in documents:
        if told[place] is not None:
            told[place] = _sorted(told[place])
    return told


@lru_cache(maxsize=10_000)
def _sorted(document: str) -> str:
    return json.dumps(json.loads(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

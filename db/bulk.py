"""Many rows at once: keys given out beforehand, then COPY on PostgreSQL and one executemany on SQLite."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import ARRAY, BigInteger, Column, Dialect, func, literal, text
from sqlmodel import Session, SQLModel

from db.types import Moment

Row = Mapping[str, Any]
_Bind = Callable[[Any], Any] | None


def reserve(tx: Session, table: type[SQLModel], count: int) -> Iterator[int]:
    """Keys for new rows of a table, given out in rising order; nobody else gets them."""
    name = _quoted(table)
    if tx.get_bind().dialect.name == "postgresql":
        # ONE statement on the sequence: colleagues may open cases at the same time.
        keys = tx.execute(
            text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"),
            {"name": name, "count": count},
        )
        return iter(sorted(keys.scalars()))
    # A write transaction is the only writer SQLite has.
    last = tx.execute(text(f"SELECT coalesce(max(id), 0) FROM {name}")).scalar_one()  # noqa: S608
    return itertools.islice(itertools.count(last + 1), count)


def insert(tx: Session, table: type[SQLModel], rows: Iterable[Row]) -> None:
    """Add rows given as column names and values; what a row leaves out gets the table's default."""
    dialect = tx.get_bind().dialect
    columns = _columns(table, dialect)
    _write(tx, dialect, _quoted(table), tuple(column.name for column in columns), _bound(columns, rows))


def update(tx: Session, table: type[SQLModel], rows: Iterable[Row]) -> None:
    """Give rows, named by their `id`, other values; every row names the same columns."""
    rows = list(rows)
    if not rows:
        return
    dialect = tx.get_bind().dialect
    columns = [column for column in table.__table__.columns if column.name in rows[0] and column.name != "id"]  # type: ignore[attr-defined]
    binds = {column.name: _bind(column, dialect) or _as_it_is for column in columns}
    values = {name: [None if row[name] is None else bind(row[name]) for row in rows] for name, bind in binds.items()}
    keys = [row["id"] for row in rows]
    if dialect.name == "postgresql":
        # One statement however many rows: the lists become a table.
        types = {column.name: column.type.compile(dialect) for column in columns}
        lists = ", ".join(["CAST(:id AS bigint[])", *(f"CAST(:{name} AS {types[name]}[])" for name in values)])
        changes = ", ".join(f"{name} = changed.{name}" for name in values)
        tx.connection().execute(
            text(
                f"UPDATE {_quoted(table)} AS here SET {changes} "  # noqa: S608
                f"FROM unnest({lists}) AS changed(id, {', '.join(values)}) WHERE here.id = changed.id"
            ),
            {"id": keys, **values},
        )
        return
    changes = ", ".join(f"{name} = ?" for name in values)
    tx.connection().exec_driver_sql(
        f"UPDATE {_quoted(table)} SET {changes} WHERE id = ?",  # noqa: S608
        list(zip(*values.values(), keys, strict=True)),
    )


def among(tx: Session, column: Any, keys: Sequence[int]) -> Any:
    """The condition that a column holds one of these keys; on PostgreSQL one value, however many they are."""
    if tx.get_bind().dialect.name == "postgresql":
        return column == func.any(literal(list(keys), ARRAY(BigInteger)))
    return column.in_(keys)


def insert_search(tx: Session, rows: Iterable[tuple[int, str]]) -> None:
    """Let cases be found by their (already indexed) words."""
    _write(tx, tx.get_bind().dialect, "case_search", ("case_id", "words"), list(rows))


def _as_it_is(value: Any) -> Any:
    return value


class _Column:
    """How one column's values reach the driver."""

    def __init__(self, name: str, default: Any, bind: _Bind) -> None:
        self.name = name
        self.bind = bind
        self.default = default if bind is None or default is None else bind(default)


@lru_cache(maxsize=64)
def _columns(table: type[SQLModel], dialect: Dialect) -> tuple[_Column, ...]:
    return tuple(
        _Column(column.name, _default(table, column), _bind(column, dialect))
        for column in table.__table__.columns  # type: ignore[attr-defined]
    )


def _bind(column: "Column[Any]", dialect: Dialect) -> _Bind:
    if isinstance(column.type, Moment) and dialect.name == "sqlite":
        return _moment_as_text
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _moment_as_text(moment: datetime) -> str:
    # The text that SQLAlchemy writes for a Moment, seven times as fast; a case has forty.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _default(table: type[SQLModel], column: "Column[Any]") -> Any:
    default = table.model_fields[column.name].get_default(call_default_factory=True)
    return None if default is PydanticUndefined else default


def _bound(columns: tuple[_Column, ...], rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    rows = list(rows)
    return list(zip(*(_values(column, rows) for column in columns), strict=True))


def _values(column: _Column, rows: list[Row]) -> list[Any]:
    name, bind, default = column.name, column.bind, column.default
    if bind is None:
        return [row.get(name, default) for row in rows]
    values = (row.get(name, _LEFT_OUT) for row in rows)
    return [default if value is _LEFT_OUT else None if value is None else bind(value) for value in values]


_LEFT_OUT = object()


def _write(tx: Session, dialect: Dialect, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    connection = tx.connection()
    names = ", ".join(columns)
    if dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join("?" for _ in columns)
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


def _quoted(table: type[SQLModel]) -> str:
    # "case" is a word of SQL.
    return f'"{table.__tablename__}"'

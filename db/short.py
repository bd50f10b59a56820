"""One statement the short way: compiled once, and put to the database's own driver at a tenth of the cost.

For the few statements that are asked for every page or have many rows; everything else goes through SQLAlchemy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CompoundSelect, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

_Read = Callable[[Any], Any]
Values = tuple[Any, ...] | Mapping[str, Any]
Statement = Select[Any] | CompoundSelect[Any]


class Short:
    """A statement as the driver takes it, and its rows as the columns' types give them."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
        self.words = compiled.string
        self._names = compiled.positiontup
        self._constants = compiled.params
        self._driver_error = dialect.loaded_dbapi.Error
        self._types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._dialect = dialect
        self._readers: list[tuple[int, _Read]] | None = None

    def values(self, given: Mapping[str, Any]) -> Values:
        """What stands at the marks of the statement: in their order, or by their names, as the driver wants them."""
        known = {**self._constants, **given}
        return known if self._names is None else tuple(known[name] for name in self._names)

    def rows(self, connection: Any, values: Values) -> Sequence[Sequence[Any]]:
        """Ask, and read the answer; what the driver complains of is the error everybody knows how to tell."""
        try:
            cursor = connection.execute(self.words, values)
            found = [list(row) for row in cursor]
        except self._driver_error as no:
            raise DBAPIError.instance(self.words, None, no, self._driver_error) from no
        if self._readers is None:
            self._readers = list(self._reading(cursor.description))
        for row in found:
            for place, reader in self._readers:
                row[place] = reader(row[place])
        return found

    def _reading(self, columns: Sequence[Any]) -> Iterator[tuple[int, _Read]]:
        """How the columns are read that the driver does not give as they are wanted; some depend on what it gives."""
        for place, (kind, column) in enumerate(zip(self._types, columns, strict=True)):
            reader = cast("_Read | None", kind.result_processor(self._dialect, column[1]))
            if reader:
                yield place, reader


def ask_within(tx: Session, statement: Statement, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """The rows of a statement that reads, in the transaction that goes on; built once, for it is remembered."""
    connection = tx.connection()
    short = _remembered(statement, connection.dialect)
    asked = short.values(values)
    # Whoever listens to what the engine is asked hears of this too.
    connection.engine.dispatch.before_cursor_execute(None, None, short.words, asked, None, False)
    try:
        return short.rows(connection.connection.driver_connection, asked)
    except DBAPIError:
        # Nobody is lent a connection that may be broken.
        connection.invalidate()
        raise


@lru_cache(maxsize=64)
def _remembered(statement: Statement, dialect: Dialect) -> Short:
    return Short(statement, dialect)

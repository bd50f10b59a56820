"""One statement the short way: compiled once, and put to SQLite's own driver at a tenth of the cost.

For the few statements that are asked before every page and have plain values; everything else goes through SQLAlchemy.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

_Read = Callable[[Any], Any]


class Short:
    """A statement as the driver takes it, and its rows as the columns' types give them."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
        self.words = compiled.string
        self._names = tuple(compiled.positiontup or ())
        self._constants = compiled.params
        self._readers = [
            (place, reader)
            for place, column in enumerate(statement.selected_columns)
            if (reader := _reader(column.type, dialect))
        ]

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """What stands at the marks of the statement, in their order."""
        known = {**self._constants, **given}
        return tuple(known[name] for name in self._names)

    def rows(self, connection: sqlite3.Connection, values: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
        """Ask, and read the answer; what the driver complains of is the error everybody knows how to tell."""
        try:
            found = [list(row) for row in connection.execute(self.words, values)]
        except sqlite3.Error as no:
            raise DBAPIError.instance(self.words, None, no, sqlite3.Error) from no
        for row in found:
            for place, reader in self._readers:
                row[place] = reader(row[place])
        return found


def _reader(kind: Any, dialect: Dialect) -> _Read | None:
    reader: _Read | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return reader

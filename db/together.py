"""Several short lists in one statement: a page that needs nine of them asks the database once."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, cast, literal_column, null, union_all
from sqlmodel import Session

from db import short

Row = Any


class Together:
    """Lists that are read at once. Each is a select whose first column is its key; its rows keep the column names.

    Underneath it is one UNION ALL. Columns of one type share a place in it, so a row is no wider than it must be.
    """

    def __init__(self, **lists: Select[Any]) -> None:
        places: dict[tuple[type, int], int] = {}
        types: list[Any] = []
        self._columns: dict[str, list[tuple[str, int]]] = {}
        for name, wanted in lists.items():
            used: dict[type, int] = {}
            self._columns[name] = []
            for column in wanted.selected_columns:
                kind = type(column.type)
                used[kind] = used.get(kind, 0) + 1
                place = places.setdefault((kind, used[kind]), len(places))
                types[place:] = types[place:] or [column.type]
                self._columns[name].append((column.key or "", place))
        self._statement = union_all(*(self._padded(name, wanted, types) for name, wanted in lists.items()))
        self._rows = {name: _maker(name, columns) for name, columns in self._columns.items()}

    def read(self, tx: Session, values: Mapping[str, Any]) -> dict[str, list[Row]]:
        """Every list by its name, each in the order of its keys."""
        found: dict[str, list[Row]] = {name: [] for name in self._rows}
        for row in short.ask_within(tx, self._statement, values):
            found[row[0]].append(self._rows[row[0]](row))
        for rows in found.values():
            rows.sort(key=itemgetter(0))
        return found

    def _padded(self, name: str, wanted: Select[Any], types: Sequence[Any]) -> Select[Any]:
        by_place = {
            place: column for (_, place), column in zip(self._columns[name], wanted.selected_columns, strict=True)
        }
        # An empty place is given its type, because PostgreSQL would take it for text.
        columns = (by_place[place] if place in by_place else cast(null(), kind) for place, kind in enumerate(types))
        return wanted.with_only_columns(
            literal_column(f"'{name}'").label("list"),
            *(column.label(f"c{place}") for place, column in enumerate(columns)),
            maintain_column_froms=True,
        )


def _maker(name: str, columns: Sequence[tuple[str, int]]) -> Callable[[Any], Row]:
    made = namedtuple(name, [column for column, _ in columns])  # type: ignore[misc]
    # The first place of a row is the name of its list.
    values = itemgetter(*(place + 1 for _, place in columns))
    return lambda row: made._make(values(row))

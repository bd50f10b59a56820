"""A year made large: its cases written again and again, until there are as many as wanted. SQLite only.

Rows of `case`, `submission`, `case_event` and `clock` get keys of their own; a copy's numbers are ones nobody could
have been given. Days, departments, streets and words are those of the year, the kept counts follow. Persons, letters
and searchable words are not repeated. So it is the size of the tables that is measured, not the life of a larger town.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.settings import Settings

_TABLES = ("case", "submission", "case_event", "clock")
_KEYS = {"case_id": "case", "submission_id": "submission"}


@contextmanager
def repeated(settings: Settings, wanted: int) -> Iterator[Settings]:
    """The installation beside the year's that holds so many cases, made at the first call."""
    home = settings.data_dir.with_name(f"{settings.data_dir.name}-to-{wanted}")
    file = home / "portal.sqlite3"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.data_dir / "secret", home / "secret")
        draft = home / "draft.sqlite3"
        draft.unlink(missing_ok=True)
        _write(settings.data_dir / "portal.sqlite3", draft, wanted)
        draft.rename(file)
    yield Settings.read({"PORTAL_DATA": str(home)})


def _write(year: Path, file: Path, wanted: int) -> None:
    with sqlite3.connect(year) as source:
        source.execute("VACUUM INTO ?", (str(file),))
    tables = sqlite3.connect(file, isolation_level=None)
    tables.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
    cases = tables.execute('SELECT count(*) FROM "case"').fetchone()[0]
    keys = {name: tables.execute(f'SELECT max(id) FROM "{name}"').fetchone()[0] for name in _TABLES}
    whole, rest = divmod(wanted - cases, cases)
    tables.execute("BEGIN")
    for copy in range(1, whole + 2):
        last = keys["case"] if copy <= whole else rest
        for name in _TABLES:
            tables.execute(_again(tables, name, keys, copy), (last,))
    tables.execute("DELETE FROM case_count")
    tables.execute(
        'INSERT INTO case_count SELECT department_id, status, count(*) FROM "case" GROUP BY department_id, status'
    )
    tables.execute("COMMIT")
    tables.execute("ANALYZE")
    tables.execute("PRAGMA journal_mode = WAL")
    tables.close()


def _again(tables: sqlite3.Connection, name: str, keys: dict[str, int], copy: int) -> str:
    columns = [row[1] for row in tables.execute(f'PRAGMA table_info("{name}")')]
    values = ", ".join(_value(name, column, keys, copy) for column in columns)
    of = "id" if name == "case" else "case_id"
    return (
        f'INSERT INTO "{name}" ({", ".join(columns)}) SELECT {values} FROM "{name}" '
        f"WHERE id <= {keys[name]} AND {of} <= ?"
    )


def _value(name: str, column: str, keys: dict[str, int], copy: int) -> str:
    if column == "id":
        return f"id + {copy * keys[name]}"
    if column in _KEYS:
        return f"{column} + {copy * keys[_KEYS[column]]}"
    if column == "reference":
        return f"'{chr(64 + copy)}' || printf('%011d', id)"
    return "NULL" if column == "form_id" else column

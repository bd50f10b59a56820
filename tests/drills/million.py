"""A million cases in minutes: the cases of a written year repeated under other keys and references.

    python -m tests.drills.million --from YEAR.sqlite3 --to BIG.sqlite3 [--times 14]

Rows of people and cases are repeated, the town is not. Everything that must be one of a kind gets the number of the
round behind it; counts and lists grow with the cases, so pages and reports are as heavy as at a real million.
"""

import argparse
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import Inspector

from db.dump import NOT_CARRIED, quoted
from db.engine import Database
from portal.rules import references

FREE = 9 * 10**10
MOST_TIMES = 100
# One distance for all tables, so that a reference moves as far as what it refers to.
SPAN = 10_000_000
_ROOTS = {"person", "case"}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--from", dest="source", type=Path, required=True)
    words.add_argument("--to", type=Path, required=True)
    words.add_argument("--times", type=int, default=14)
    asked = words.parse_args()
    print(f"{repeat(asked.source, asked.to, asked.times):,} cases")


def repeat(source: Path, target: Path, times: int) -> int:
    """Write a database that holds a source's cases so many times; answers how many cases there are."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as year:
        year.execute("VACUUM INTO ?", (str(target),))
    with closing(Database(f"sqlite:///{target}")) as db:
        statements = _statements(inspect(db.engine))
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
            connection.execute(f"PRAGMA {pragma}")
        taken = {reference for (reference,) in connection.execute("SELECT reference FROM submission")}
        connection.create_function("unlike", 2, _Unlike(taken), deterministic=True)
        aside = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        connection.execute("BEGIN")
        for kind, name, _sql in aside:
            connection.execute(f"DROP {kind} {quoted(name)}")
        for sql, last in statements:
            until = connection.execute(last).fetchone()[0] or 0
            for number in range(1, times):
                connection.execute(sql, {"round": number, "until": until})
        connection.execute(f"UPDATE case_count SET cases = cases * {times:d}")
        connection.execute(
            f"UPDATE case_sum SET cases = cases * {times:d}, answered = answered * {times:d}, late = late * {times:d}"
        )
        for _kind, _name, sql in aside:
            connection.execute(sql)
        connection.execute("INSERT INTO case_fts (case_fts) VALUES ('rebuild')")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        return int(connection.execute('SELECT count(*) FROM "case"').fetchone()[0])


def _statements(found: Inspector) -> list[tuple[str, str]]:
    """For each repeated table the statement of one round, and the question what its first rows are."""
    references_of = {
        name: {each["constrained_columns"][0]: each["referred_table"] for each in found.get_foreign_keys(name)}
        for name in found.get_table_names()
        if not name.startswith(NOT_CARRIED)
    }
    repeated = set(_ROOTS)
    while more := {name for name, to in references_of.items() if set(to.values()) & repeated} - repeated:
        repeated |= more
    return [_statement(found, name, references_of[name], repeated) for name in sorted(repeated)]


def _statement(found: Inspector, table: str, refers: dict[str, str], repeated: set[str]) -> tuple[str, str]:
    unique = {column for each in found.get_unique_constraints(table) for column in each["column_names"]}
    key = found.get_pk_constraint(table)["constrained_columns"]
    values = {}
    for column in found.get_columns(table):
        name = quoted(column["name"])
        is_moved = refers.get(column["name"]) in repeated or column["name"] == "id"
        is_alone = column["name"] in unique or column["name"] in key
        if is_moved or (is_alone and column["type"].python_type is int):
            values[name] = f"{name} + :round * {SPAN}"
        else:
            values[name] = f"unlike({name}, :round)" if is_alone else name
    return (
        f"INSERT INTO {quoted(table)} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {quoted(table)} WHERE rowid <= :until",
        f"SELECT max(rowid) FROM {quoted(table)}",
    )


class _Unlike:
    """Another value of the same kind; a reference becomes another reference, the same wherever it stands."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._places: dict[str, int] = {}

    def __call__(self, value: str | None, number: int) -> str | None:
        if value is None:
            return None
        if len(value) != 12 or not value.isdigit():
            return f"{value}~{number}"
        place = self._places.setdefault(value, len(self._places)) * MOST_TIMES + number
        while (reference := _reference(place)) in self._taken:
            place += 10**9
        return reference


def _reference(place: int) -> str:
    # A step that shares no factor with the space visits every number before it repeats one.
    return references.new_reference(lambda _space: place * 60_000_000_331 % FREE)


if __name__ == "__main__":
    main()

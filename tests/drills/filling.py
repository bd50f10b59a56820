"""An installation with as many cases as a drill wants, filled once and found again.

Few cases are written by `portal seed year`. A year of 75,000 is written into the folder `year` beside the
installations and kept (`tests.bench.pages` and `tests.bench.throughput` find it there with --folder); a million is that
year made large (`tests.drills.million`). Both are then poured into the engine that is wanted.
"""

import shutil
import sqlite3
from contextlib import closing

from db import dump, load
from db.engine import Database
from portal.settings import Settings
from tests.bench import pages, repeat
from tests.drills.stage import Installation

YEAR = 75_000


def fill(place: Installation, cases: int) -> None:
    """Bring so many cases into an installation in which nothing runs yet."""
    done = place.folder / "filled"
    if done.exists():
        return
    if cases < YEAR:
        place.command("seed", "year", "--cases", str(cases))
    else:
        with pages.installation(place.folder.parent / "year", "sqlite", YEAR) as year:
            if cases == YEAR:
                pour(year, place)
            else:
                with repeat.repeated(year, cases) as larger:
                    pour(larger, place)
    done.touch()


def pour(source: Settings, place: Installation) -> None:
    """Every row of an installation on SQLite, and what its keys are made with, into another."""
    with closing(Database(source.database_url)) as rows:
        if place.engine == "sqlite":
            # What stands beside the file goes into it.
            with closing(sqlite3.connect(source.data_dir / "portal.sqlite3")) as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(source.data_dir / "portal.sqlite3", place.settings.data_dir / "portal.sqlite3")
        else:
            with closing(Database(place.settings.database_url)) as tables:
                tables.downgrade("base")
                tables.upgrade()
                _move(rows, tables)
    shutil.copyfile(source.secret_file, place.settings.secret_file)


def _move(source: Database, target: Database) -> None:
    with dump.snapshot(source) as snapshot, load.loading(target) as loader:
        counts = {each.name: snapshot.count(each) for each in snapshot.tables}
        for table in snapshot.tables:
            for rows in snapshot.rows(table):
                loader.add(table.name, table.names, rows)
        loader.finish(counts)

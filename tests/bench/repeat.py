"""A year made large beside itself, and kept for the next call. SQLite only."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from portal.settings import Settings
from tests.drills import million


@contextmanager
def repeated(settings: Settings, wanted: int) -> Iterator[Settings]:
    """The installation beside the year's that holds at least so many cases, made at the first call."""
    home = settings.data_dir.with_name(f"{settings.data_dir.name}-to-{wanted}")
    file = home / "portal.sqlite3"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.data_dir / "secret", home / "secret")
        draft, year = home / "draft.sqlite3", settings.data_dir / "portal.sqlite3"
        with closing(sqlite3.connect(year)) as tables:
            (cases,) = tables.execute('SELECT count(*) FROM "case"').fetchone()
        million.repeat(year, draft, -(-wanted // cases))
        draft.rename(file)
    yield Settings.read({"PORTAL_DATA": str(home)})

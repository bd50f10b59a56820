"""Every test that touches storage runs twice: on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from db.engine import Database
from tests import databases
from tests.cast import City

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def sqlite_store() -> Iterator[databases.Sqlite]:
    with databases.sqlite() as store:
        yield store


@pytest.fixture(scope="session")
def postgresql_store() -> Iterator[databases.Postgresql]:
    with databases.postgresql() as store:
        yield store


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A clean database with the town in it, on each engine."""
    with request.getfixturevalue(f"{request.param}_store").fresh() as database:
        yield database


@pytest.fixture(params=ENGINES)
def empty_db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without a single table, on each engine."""
    with request.getfixturevalue(f"{request.param}_store").empty() as database:
        yield database


@pytest.fixture
def city(db: Database) -> City:
    """A town at work, on each engine."""
    return City(db)

"""The portal as a browser meets it, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from tests.cast import City
from tests.desk import Office
from tests.web import open_portal


@pytest.fixture
def office(city: City, tmp_path: Path) -> Iterator[Office]:
    """The desk, at this very moment: what happens in the city happens now."""
    city.now = clock.now()
    with open_portal(city.db, tmp_path) as client:
        yield Office(city, client, tmp_path)

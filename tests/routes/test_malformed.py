"""Nothing that can be sent breaks anything; the drill of the same name sends thirty times as much."""

import pytest

from tests.drills import malformed
from tests.world import opened


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_malformed_requests_are_answered_and_tell_nothing(request, tmp_path, engine):
    store = request.getfixturevalue(f"{engine}_store")
    with store.fresh() as db, opened(db, tmp_path) as world:
        found = malformed.fuzz(world, 300, described=0)

    assert found.tried >= 300
    assert (found.broken, found.told) == ([], [])

"""What every answer carries, and where none leads; the drill of the same name asks as everybody, and much more."""

import pytest

from tests.drills import surface
from tests.probe import HOST
from tests.world import opened


@pytest.fixture(scope="module")
def world(sqlite_store, tmp_path_factory):
    with sqlite_store.fresh() as db, opened(db, tmp_path_factory.mktemp("world")) as world:
        yield world


def test_every_answer_carries_every_header(world):
    assert surface.headers(world, people=surface.DOORS).note == ""


def test_behind_https_every_cookie_is_kept_close(sqlite_store, tmp_path):
    with sqlite_store.fresh() as db, opened(db, tmp_path, base_url=f"https://{HOST}") as world:
        assert surface.cookies(world).note == ""


def test_no_answer_leads_to_another_site(world):
    assert surface.redirects(world, one_in=8).note == ""


def test_a_forged_host_is_believed_nowhere(world):
    assert surface.hosts(world).note == ""


@pytest.mark.parametrize("host", ["a:b", "a:99999", "[::1", "12:34:45", "a b", "\xff", "@", ""])
def test_a_host_that_is_none_breaks_nothing(world, host):
    answer = world.probe.get("/bildir", host=host)

    assert answer.status == 200
    assert not host or f"//{host}" not in answer.text

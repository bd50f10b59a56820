"""Whose word is taken for where a visitor stands; the drill of the same name asks on both engines."""

import pytest

from tests.drills import forwarded
from tests.world import opened


@pytest.fixture(scope="module")
def world(sqlite_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    with sqlite_store.fresh() as db, opened(db, folder, trusted_proxies=forwarded.PROXIES) as world:
        yield world


def test_the_visitor_is_who_the_trusted_proxy_saw_last(world):
    assert forwarded.chains(world).note == ""


def test_a_limit_is_used_up_by_who_tries_and_by_nobody_else(world):
    line = forwarded.limits(world)

    assert line.held == line.tried


def test_a_claimed_host_scheme_or_address_changes_nothing(world):
    assert forwarded.claims(world).note == ""

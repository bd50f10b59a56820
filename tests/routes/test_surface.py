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


@pytest.mark.parametrize(
    "there", ["/", "/takip", "/saglik", "/takip/100000000001", "/masa/kuyruk", "/yok", "/static/yok.css"]
)
def test_a_head_is_what_the_page_would_carry_and_no_body(world, there):
    page, head = world.probe.get(there), world.probe.ask("HEAD", there)

    assert (head.status, head.body) == (page.status, b"")
    assert lasting(head) == lasting(page)


def test_a_head_changes_nothing_that_only_a_form_may_change(world):
    assert world.probe.ask("HEAD", "/cikis").status == 404


@pytest.mark.parametrize(
    ("accepted", "packing"),
    [("gzip, br", "br"), ("br;q=0, gzip", "gzip"), ("br;q=0, gzip;q=0", ""), ("br;q=0.5", "br"), ("identity", "")],
)
def test_a_page_is_packed_as_its_reader_wants_it(world, accepted, packing):
    page = world.probe.get("/takip", accept_encoding=accepted)

    assert page.header("content-encoding") == packing


def lasting(answer):
    """The headers but for what is another each time."""
    return sorted(each for each in answer.headers if each[0] not in ("set-cookie", "x-request-id"))

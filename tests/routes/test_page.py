"""One address answers with a page, a part of it, or the news that nothing changed."""

from dataclasses import dataclass

import pytest
from litestar import Litestar, get, post
from litestar.testing import TestClient

from portal import languages
from portal.routes import _page
from portal.routes._page import Answer, Asked
from portal.views._frame import Town
from portal.views.pages import HomeView

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(frozen=True)
class Tried:
    town: Town
    refused: bool


def home_view() -> HomeView:
    return HomeView(town=Town(name="Aksaray <Belediyesi>"))


@get(["/", "/takip/{number:str}"], sync_to_thread=False)
def whole(request: Asked) -> Answer:
    return _page.page(request, "home.html", home_view(), part="live.html")


@get("/nobet", sync_to_thread=False)
def watched(request: Asked) -> Answer:
    same = _page.not_modified(request, '"7"')
    return same or _page.page(request, "home.html", home_view(), headers=_page.tagged('"7"'))


@post("/degis/{how:str}", sync_to_thread=False)
def tried(request: Asked, how: str) -> Answer:
    view = Tried(town=Town(name="Aksaray"), refused=how == "olmaz")
    return _page.changed(request, view, page="home.html", swap="live.html", back="/geri")


@pytest.fixture(scope="module")
def browser():
    with TestClient(Litestar([whole, watched, tried])) as client:
        yield client


@pytest.fixture(autouse=True)
def _forgets(browser):
    browser.cookies.clear()


@pytest.mark.parametrize("path", ["//baska.example", "/\\baska.example", "//\\/baska.example", "/\\/baska.example"])
def test_the_way_to_the_other_language_never_leads_to_another_site(path):
    there = _page.Here(path, {}).speaking(languages.ENGLISH)

    assert there.startswith("/baska.example?")


def test_a_reader_gets_the_whole_page_in_turkish(browser):
    answer = browser.get("/")

    assert answer.text.startswith("<!doctype html>")
    assert '<html lang="tr">' in answer.text
    assert "<h1>Belediyeye bildirin, sonucu takip edin</h1>" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_part_is_answered_only_to_who_asks_for_a_part(browser):
    assert "<html" not in browser.get("/", headers=PART).text
    assert "<html" in browser.get("/", headers={"HX-Request": "true", "HX-Request-Type": "full"}).text
    assert "<html" in browser.get("/", headers={"HX-Request-Type": "partial"}).text
    assert "HX-Request" in browser.get("/").headers["vary"]


def test_the_choice_of_a_language_is_remembered(browser):
    chosen = browser.get("/?dil=en")
    later = browser.get("/")

    assert "Tell the municipality, follow what happens" in chosen.text
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert '<html lang="en">' in later.text
    assert "set-cookie" not in later.headers


def test_the_other_language_is_one_link_away_from_the_same_page(browser):
    answer = browser.get("/takip/483109752264?sira=yeni")

    assert 'href="/takip/483109752264?sira=yeni&amp;dil=en"' in answer.text


def test_the_link_to_the_other_language_never_leads_to_another_site():
    assert _page.Here("//kotu.example/x", {}).speaking(_page.languages.ENGLISH) == "/kotu.example/x?dil=en"


def test_the_menu_says_where_the_reader_is(browser):
    answer = browser.get("/takip/483109752264")

    assert '<a class="nav__link" href="/takip" aria-current="true">' in answer.text


def test_text_is_escaped(browser):
    answer = browser.get("/")

    assert "Aksaray &lt;Belediyesi&gt;" in answer.text
    assert "<Belediyesi>" not in answer.text


@pytest.mark.parametrize("header", ["HX-PTag", "If-None-Match"])
def test_who_has_the_newest_gets_nothing(browser, header):
    first = browser.get("/nobet")
    again = browser.get("/nobet", headers={header: first.headers[header.replace("If-None-Match", "ETag")]})
    other = browser.get("/nobet", headers={header: '"6"'})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


def test_after_a_change_a_plain_browser_is_led_on(browser):
    answer = browser.post("/degis/olur", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/geri")


def test_after_a_change_a_part_is_redrawn(browser):
    answer = browser.post("/degis/olur", headers=PART)

    assert answer.status_code == 200
    assert "<html" not in answer.text


def test_a_refusal_shows_the_form_again_and_says_so_in_the_title(browser):
    plain = browser.post("/degis/olmaz", follow_redirects=False)
    part = browser.post("/degis/olmaz", headers=PART)

    assert plain.status_code == part.status_code == 422
    assert "<title>Hata: Belediyeye" in plain.text
    assert "<html" not in part.text

"""A form that is not ours, or no longer: refused, without spoiling the forms that are."""

import pytest

from tests.drills import forged
from tests.probe import HOST
from tests.web import Browser, open_portal
from tests.world import opened

WORDS = "Okulun önündeki yolda derin bir çukur var."


@pytest.fixture
def browser(db, tmp_path):
    with open_portal(db, tmp_path) as client:
        browser = Browser(client)
        browser.get("/bildir")
        yield browser


def test_a_form_without_its_token_gives_the_typed_words_back(browser):
    page = browser.post("/bildir", {"words": WORDS})

    assert (page.status, page.heading) == (403, "Bu form gönderilemedi")
    assert WORDS in page.html


def test_what_another_site_sends_is_refused_and_given_nothing_back(browser):
    page = browser.post("/bildir", {"words": WORDS}, Origin="https://baska.example", **{"Sec-Fetch-Site": "cross-site"})

    assert page.status == 403
    assert WORDS not in page.html


def test_a_refused_form_leaves_the_other_open_forms_alone(browser):
    form = browser.page.form(["words"])
    browser.post("/bildir", {"words": WORDS}, Origin="https://baska.example")

    page = browser.submit(form, words="kısa")

    assert page.status == 422


def test_a_token_made_with_another_secret_is_replaced(browser):
    browser.cookies["form"] = "0" * 128
    browser.get("/bildir")
    assert browser.send(words=WORDS).status == 403

    browser.get("/bildir")

    assert browser.send(words=WORDS).status == 422


@pytest.mark.parametrize(
    "part", [b'; name="words"\r\n\r\n\xa7', b'; name="words"\r\nContent-Type: text/plain; charset=yok\r\n\r\na']
)
@pytest.mark.parametrize("in_header", [True, False])
def test_a_form_in_letters_nobody_can_read_is_told_so(sqlite_store, tmp_path, part, in_header):
    with sqlite_store.fresh() as db, opened(db, tmp_path) as world:
        visitor = world.probe.visitor()
        token = f'--x\r\nContent-Disposition: form-data; name="_csrf_token"\r\n\r\n{visitor.token}\r\n'.encode()
        body = token + b"--x\r\nContent-Disposition: form-data" + part + b"\r\n--x--\r\n"
        headers = {"content-type": "multipart/form-data; boundary=x", "origin": f"http://{HOST}"}
        headers |= {"x-csrf-token": visitor.token} if in_header else {}
        answer = world.probe.ask("POST", "/bildir", visitor, body, headers)

    assert answer.status == 400


def test_no_way_to_forge_a_form_changes_anything_anywhere(sqlite_store, tmp_path):
    """The token is checked before anything is read, so one engine is enough; the drill asks as everybody on both."""
    with sqlite_store.fresh() as db, opened(db, tmp_path) as world:
        lines = forged.attack(world, ("administrator",), one_in=5)

    assert [line for line in lines if not line.is_kept] == []

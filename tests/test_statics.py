"""Files a browser keeps for ever, and never the wrong ones."""

import gzip

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from portal import statics


@pytest.fixture(scope="module")
def browser():
    with TestClient(Litestar([statics.serve])) as client:
        yield client


def test_a_file_may_be_kept_for_a_year(browser):
    answer = browser.get(statics.url("css/citizen.all.css"))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_browser_that_unpacks_gets_it_packed(browser):
    name = "css/citizen.all.css"

    packed = browser.get(statics.url(name), headers={"Accept-Encoding": "gzip"})
    plain = browser.get(statics.url(name), headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == gzip.decompress(statics.FILES[name].packed)


def test_a_browser_that_has_it_is_told_so(browser):
    file = statics.FILES["js/citizen.js"]

    assert browser.get(file.address, headers={"If-None-Match": file.tag}).status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/static/css/citizen.css",
        "/static/css/citizen.all.000000000000.css",
        "/static/../statics.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/vendor/VENDOR.md",
        "/static/",
        "/static//etc/passwd",
    ],
)
def test_anything_else_is_not_there(browser, address):
    assert browser.get(address).status_code == 404


def test_a_module_names_the_others_by_their_checksum():
    desk = statics.FILES["js/desk.js"].plain.decode()

    assert f'import "{statics.url("js/citizen.js")}"' in desk
    assert "./" not in desk


def test_a_new_word_in_a_module_is_a_new_address_for_all_that_use_it(tmp_path):
    def addresses(words: str) -> list[str]:
        for name in ("tokens", "base", "components", "citizen", "staff", "print"):
            sheet = tmp_path / "css" / f"{name}.css"
            sheet.parent.mkdir(exist_ok=True)
            sheet.write_text("")
        scripts = tmp_path / "js"
        scripts.mkdir(exist_ok=True)
        (scripts / "inner.js").write_text(words)
        (scripts / "outer.js").write_text('import "./inner.js"')
        files = statics._read(tmp_path)
        return [files["js/inner.js"].address, files["js/outer.js"].address]

    before, after = addresses("one"), addresses("two")

    assert before[0] != after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip;q=0, br;q=0.000", None),
        ("deflate", None),
        ("", None),
    ],
)
def test_a_file_goes_out_as_small_as_the_browser_takes_it(browser, accepted, coding):
    statics.pack()
    answer = browser.get(statics.url("css/citizen.all.css"), headers={"Accept-Encoding": accepted})

    assert answer.headers.get("content-encoding") == coding
    assert answer.text == statics.FILES["css/citizen.all.css"].plain.decode()

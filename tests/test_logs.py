"""The log: one line a request, in UTC, and nobody's name, number, words or key in it."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from litestar import get
from litestar.testing import TestClient
from sqlalchemy import text
from sqlmodel import select

from db.engine import Database
from db.models import Attempt
from portal import clock, logs
from portal.app import create_app
from portal.routes import HANDLERS
from portal.settings import Settings
from tests.cast import SECRET, City
from tests.web import HOME, Browser

NAME, WORDS, EMAIL, PHONE = "Kanarya Şakrakoğlu", "Zümrüdüanka kuşu bahçede", "kanarya@ornek.com.tr", "0532 765 43 21"
NATIONAL_ID, PASSWORD = "10000000146", "kanarya-parolasi-1907"


@get("/hata/{ref:str}", sync_to_thread=True)
def fail(ref: str) -> None:
    raise ValueError(f"{NAME} {WORDS}")


@get("/veri-hatasi/{ref:str}", sync_to_thread=True)
def fail_in_the_database(db: Database, ref: str) -> None:
    with db.transaction() as tx:
        tx.execute(text("INSERT INTO town_fact (name, words) VALUES (:name, NULL)"), {"name": f"{NAME} {WORDS}"})


@pytest.fixture
def browser(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser at a portal with two pages that fail, behind a proxy at 10.0.0.1."""
    monkeypatch.setattr("portal.app.HANDLERS", [*HANDLERS, fail, fail_in_the_database])
    city.now = clock.now()
    with _client(city, tmp_path, "10.0.0.1") as client:
        yield Browser(client)


def _client(city: City, folder: Path, address: str) -> TestClient:
    settings = Settings(
        data_dir=folder,
        database_url=city.db.url,
        host="127.0.0.1",
        port=8000,
        smtp_url=None,
        base_url=HOME,
        secret=SECRET,
        trusted_proxies=("10.0.0.1",),
    )
    return TestClient(_Calling(create_app(settings), address), base_url=HOME, raise_server_exceptions=False)


class _Calling:
    """An app that is called from an address."""

    def __init__(self, app: Any, address: str) -> None:
        self._app, self._address = app, address

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["client"] = (self._address, 50000)
        await self._app(scope, receive, send)


def lines(capsys: pytest.CaptureFixture[str], route: str) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if f"route={route}" in line]


def test_a_request_is_one_line_with_its_route_and_not_its_address(
    browser: Browser, city: City, capsys: pytest.CaptureFixture[str]
):
    receipt = city.report()
    capsys.readouterr()

    browser.get(f"/takip/{receipt.reference}?k={receipt.key}")
    told = capsys.readouterr().err

    assert "event=request" in told
    assert "method=GET route=/takip/{reference} status=200 ms=" in told
    assert receipt.reference not in told
    assert receipt.key not in told


def test_the_moment_of_a_line_is_utc_while_the_page_shows_istanbul(
    browser: Browser, city: City, capsys: pytest.CaptureFixture[str]
):
    city.now = datetime(2026, 11, 16, 22, 30, tzinfo=UTC)
    receipt = city.report()
    capsys.readouterr()

    page = browser.get(f"/takip/{receipt.reference}")
    [line] = lines(capsys, "/takip/{reference}")

    assert "17 Kasım 2026" in page.words
    written = datetime.fromisoformat(line.removeprefix("timestamp=").split()[0])
    assert written.utcoffset() == UTC.utcoffset(None)
    assert abs((clock.now() - written).total_seconds()) < 60


def test_nobody_is_found_in_the_log(browser: Browser, city: City, capsys: pytest.CaptureFixture[str]):
    receipt = city.report(words=f"{WORDS}, çok derin bir çukur var.", name=NAME, email=EMAIL, phone=PHONE)

    browser.get(f"/takip/{receipt.reference}?k={receipt.key}")
    browser.get(f"/takip?no={receipt.reference}&ad={NAME}")
    browser.get(f"/takip/{receipt.reference}?k=kanaryaanahtari")
    browser.get(f"/bulunmayan/{NAME}/{NATIONAL_ID}")
    browser.get(f"/hata/{receipt.reference}?tc={NATIONAL_ID}")
    browser.get(f"/veri-hatasi/{receipt.reference}")
    browser.get("/giris")
    browser.send(email=EMAIL, password=PASSWORD)
    browser.get("/bilgi-edinme")
    browser.send(name=NAME, words=WORDS, national_id=NATIONAL_ID, button="")
    browser.post("/bildir/konu", {"words": WORDS, "_csrf_token": "x"})
    browser.get(f"/masa/kuyruk?q={WORDS}", **{"User-Agent": "Sakrak-Tarayici/1.0"})
    told = capsys.readouterr().err

    assert told.count("event=request") >= 11
    for canary in (
        *NAME.split(),
        *WORDS.split(),
        EMAIL,
        "0532",
        "5327654321",
        "765 43 21",
        NATIONAL_ID,
        PASSWORD,
        receipt.reference,
        receipt.key,
        "kanaryaanahtari",
        "10.0.0.1",
        "Sakrak-Tarayici",
    ):
        assert canary.lower() not in told.lower(), canary


def test_an_error_tells_its_kind_and_its_place(browser: Browser, capsys: pytest.CaptureFixture[str]):
    browser.get("/hata/1")
    [failure, _request] = lines(capsys, "/hata/{ref}")

    assert "event=failure" in failure
    assert re.search(r'error="ValueError at .*tests/test_logs\.py:\d+ fail"', failure)


def test_an_error_of_the_database_tells_its_code(browser: Browser, city: City, capsys: pytest.CaptureFixture[str]):
    browser.get("/veri-hatasi/1")
    told = capsys.readouterr().err

    assert ("NotNullViolation(23502)" if city.db.dialect == "postgresql" else "SQLITE_CONSTRAINT_NOTNULL") in told


def test_the_number_on_the_page_is_the_number_in_the_log(browser: Browser, capsys: pytest.CaptureFixture[str]):
    page = browser.get("/hata/1")
    told = lines(capsys, "/hata/{ref}")

    number = page.headers["x-request-id"]
    assert page.status == 500
    assert number in page.words
    assert len(told) == 2
    assert all(f"request={number}" in line for line in told)


def test_a_number_is_taken_from_the_proxy(browser: Browser):
    page = browser.get("/", **{"X-Request-ID": "0a1b2c3d-caddy-17"})

    assert page.headers["x-request-id"] == "0a1b2c3d-caddy-17"


@pytest.mark.parametrize("said", ["kisa", "a" * 65, "a=b level=error", "12345678\t90", "<b>1234567</b>"])
def test_a_number_that_is_none_is_not_taken(browser: Browser, said: str):
    assert browser.get("/", **{"X-Request-ID": said}).headers["x-request-id"] != said


def test_a_number_is_not_taken_from_a_stranger(city: City, tmp_path: Path):
    with _client(city, tmp_path, "192.0.2.7") as client:
        page = Browser(client).get("/", **{"X-Request-ID": "0a1b2c3d-caddy-17"})

    assert page.headers["x-request-id"] != "0a1b2c3d-caddy-17"


def test_a_failed_sign_in_is_counted_against_the_visitor_the_proxy_names(browser: Browser, city: City):
    browser.get("/giris")
    form = browser.page.form(["email", "password"])

    browser.submit(form, email=EMAIL, password=PASSWORD, headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})

    with city.db.reading() as tx:
        counted = {each.key for each in tx.exec(select(Attempt))}
    # Whatever stands before the last address was written by the visitor.
    assert "203.0.113.9" in counted
    assert not counted & {"198.51.100.7", "10.0.0.1"}


def test_health_and_pictures_of_the_page_leave_no_line(browser: Browser, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()

    browser.get("/saglik")
    browser.get("/saglik/hazir")

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", "\x85", "\u2028", "\x1b[2K", "\x00"])
def test_a_line_cannot_be_forged(ending: str, capsys: pytest.CaptureFixture[str]):
    logs.prepare()

    forged = f"no{ending}timestamp=2026 level=info event=forged"
    structlog.get_logger().info("refused", why=forged, values=ValueError(forged))
    told = capsys.readouterr().err

    assert len(told.splitlines()) == 1
    assert told.rstrip("\n").isprintable()
    assert told.startswith("timestamp=")


def test_what_libraries_say_goes_through_the_same_pipe(capsys: pytest.CaptureFixture[str]):
    pipe = logs.Foreign()
    try:
        raise ValueError(NAME)
    except ValueError as no:
        error = (type(no), no, no.__traceback__)
    said = logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, f"Trouble with %s\n{WORDS}", (EMAIL,), error)

    told = pipe.format(said)

    assert "logger=uvicorn.error" in told
    assert "Trouble with %s" in told
    assert "ValueError at " in told
    assert not any(canary in told for canary in (NAME, WORDS, EMAIL))


def test_an_error_that_a_library_says_as_if_it_were_words_stays_unsaid():
    said = logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, ValueError(NAME), (), None)

    told = logs.Foreign().format(said)

    assert "event=ValueError" in told
    assert NAME not in told

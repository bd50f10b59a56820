"""What was sent is sent again while nothing has changed, and never to whom or when it may not be."""

import time
from datetime import timedelta

import pytest
from sqlmodel import col, delete, update

from db.models import Clerk, ClerkDepartment, Clock, StaffSession
from db.queries import staff
from portal import clock
from portal.services.accounts import ABSOLUTE, token_hash
from tests.desk import PART, Office, early_in_the_minute, listed, statements, tag_of
from tests.web import Browser


@pytest.fixture
def browser(office: Office) -> Browser:
    """Kemal's browser, which has been given the list before in the same words."""
    early_in_the_minute()
    office.city.report()
    browser = office.browser(office.city.kemal)
    for _ in range(3):
        browser.get("/masa/kuyruk")
    with statements(office) as said:
        assert browser.get("/masa/kuyruk").status == 200
    assert len(said) == 1, said
    return browser


def test_each_answer_has_a_number_of_its_own_and_is_told_in_the_log(browser: Browser, capsys: pytest.CaptureFixture):
    capsys.readouterr()
    numbers = {browser.get("/masa/kuyruk").headers["x-request-id"] for _ in range(3)}

    told = [line for line in capsys.readouterr().err.splitlines() if "route=/masa/kuyruk status=200" in line]
    assert len(numbers) == len(told) == 3
    assert all(any(f"request={number} " in line for line in told) for number in numbers)


def test_it_carries_the_same_headers_as_the_first(office: Office, browser: Browser):
    again = browser.get("/masa/kuyruk")
    first = browser.get("/masa/kuyruk?")
    for each in (again, first):
        assert each.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in each.headers["content-security-policy"]
    assert again.headers.keys() == first.headers.keys()
    assert again.words == first.words


def test_nobody_gets_it_whose_session_has_ended(office: Office, browser: Browser):
    with office.city.db.transaction() as tx:
        staff.end_session(tx, token_hash(browser.cookies["masa"]), now=clock.now())

    assert browser.get("/masa/kuyruk").path == "/giris"


def test_nobody_gets_it_whose_session_ends_by_time_alone(office: Office, browser: Browser):
    last = timedelta(seconds=2)
    with office.city.db.transaction() as tx:
        tx.execute(update(StaffSession).values(created_at=clock.now() - ABSOLUTE + last))
    assert [browser.get("/masa/kuyruk").path for _ in range(3)] == ["/masa/kuyruk"] * 3

    time.sleep(last.total_seconds())

    assert browser.get("/masa/kuyruk").path == "/giris"


def test_nobody_gets_it_who_works_here_no_longer(office: Office, browser: Browser):
    with office.city.db.transaction() as tx:
        tx.execute(update(Clerk).where(col(Clerk.id) == office.city.kemal.id).values(is_active=False))

    assert browser.get("/masa/kuyruk").path == "/giris"


def test_whoever_left_the_department_sees_its_cases_no_longer(office: Office, browser: Browser):
    assert listed(browser.page)
    with office.city.db.transaction() as tx:
        tx.execute(delete(ClerkDepartment).where(col(ClerkDepartment.clerk_id) == office.city.kemal.id))

    assert not listed(browser.get("/masa/kuyruk"))


def test_that_nothing_has_changed_is_said_again_until_something_has(office: Office, browser: Browser):
    known = {**PART, "HX-PTag": tag_of(browser.page)}
    assert [browser.get("/masa/kuyruk", **known).status for _ in range(3)] == [304, 304, 304]

    new = office.city.report().reference
    page = browser.get("/masa/kuyruk", **known)
    assert page.status == 200
    assert new in listed(page)


def test_the_head_alone_is_the_same_without_a_body(office: Office, browser: Browser):
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    page, head = (office.client.request(each, "/masa/kuyruk", headers=headers) for each in ("GET", "HEAD"))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == page.headers["content-length"]


def test_who_follows_a_report_hears_news_at_once(office: Office):
    early_in_the_minute()
    receipt = office.city.report()
    page = f"/takip/{receipt.reference}"
    stranger = office.stranger()
    for _ in range(3):
        stranger.get(page)
    assert "iletilmeyi bekliyor" in stranger.page.words

    office.city.move(receipt.reference, "assigned")

    assert "İlgili birim başvurunuzu aldı" in stranger.get(page).words


def test_who_follows_a_report_hears_at_once_that_its_day_has_moved(office: Office):
    early_in_the_minute()
    receipt = office.city.report()
    ayse = office.stranger()
    ayse.get(f"/takip/{receipt.reference}?k={receipt.key}")
    known = {**PART, "HX-PTag": ayse.page.headers["hx-ptag"]}
    page = f"/takip/{receipt.reference}"
    assert [ayse.get(page, **known).status for _ in range(3)] == [304, 304, 304]

    with office.city.db.transaction() as tx:
        tx.execute(update(Clock).values(due_at=office.city.now + timedelta(days=99)))

    assert ayse.get(page, **known).status == 200


def test_a_page_with_a_form_is_a_new_one_each_time(office: Office):
    """Two windows with one form would send two things as one."""
    receipt = office.city.report()
    ayse = office.stranger()
    ayse.get(f"/takip/{receipt.reference}?k={receipt.key}")

    forms = {ayse.get(f"/takip/{receipt.reference}").form(["form_id"]).values["form_id"] for _ in range(3)}

    assert len(forms) == 3


def test_whoever_closed_the_report_on_this_device_gets_its_public_side(office: Office):
    early_in_the_minute()
    receipt = office.city.report()
    ayse = office.stranger()
    ayse.get(f"/takip/{receipt.reference}?k={receipt.key}")
    for _ in range(3):
        assert "derin bir çukur" in ayse.get(f"/takip/{receipt.reference}").words

    ayse.send(button="Bu cihazda kapat")

    assert "derin bir çukur" not in ayse.get(f"/takip/{receipt.reference}").words

"""In at the door, and out again."""

import pytest

from db.queries import access
from portal.services import accounts, throttle
from tests.cast import PASSWORD
from tests.desk import Office


def test_the_right_password_opens_the_desk(office: Office):
    browser = office.browser(office.city.kemal)

    assert browser.page.heading == "Kuyruk"
    assert "Kemal Şahin" in browser.page.html


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(office: Office):
    browser = office.stranger()
    said = []
    for email in (office.city.kemal.email, "kimse@aksaray.example"):
        browser.get("/giris")
        page = browser.send(email=email, password="yanlış-parola")
        said.append((page.status, page.title, page.problems))
        assert page.form(["email"]).values["email"] == email
        assert page.form(["password"]).values["password"] == ""

    assert said[0] == said[1]
    assert said[0] == (
        422,
        "Hata: Personel girişi · Çözüm Merkezi",
        {"password": "E-posta adresi veya parola yanlış."},
    )


def test_after_many_failures_even_the_right_password_waits(office: Office):
    city = office.city
    with city.db.transaction() as tx:
        for _ in range(accounts.TRIES_PER_ACCOUNT):
            access.note_tries(tx, [("sign-in", throttle.hidden(city.kemal.email))], now=city.now)
    browser = office.stranger()
    browser.get("/giris")

    page = browser.send(email=city.kemal.email, password=PASSWORD)

    assert page.status == 429
    assert page.problems == {"email": "Çok sayıda hatalı deneme yapıldı. On beş dakika sonra yeniden deneyin."}


def test_who_is_not_signed_in_is_led_back_to_where_they_were_going(office: Office):
    address = f"/masa/basvuru/{office.city.report().reference}"

    browser = office.browser(office.city.kemal, address)

    assert browser.page.path == address


@pytest.mark.parametrize(
    "other", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]
)
def test_nobody_is_led_to_another_site(office: Office, other: str):
    browser = office.stranger()
    browser.get("/giris")

    page = browser.send(email=office.city.kemal.email, password=PASSWORD, sonra=other)

    assert page.url.startswith("http://testserver.local/masa/kuyruk")


def test_signing_out_ends_the_session_on_the_server(office: Office):
    browser = office.browser(office.city.kemal)
    stolen = dict(browser.cookies)

    browser.send(form="/cikis", button="Çıkış yap")

    assert browser.page.path == "/giris"
    browser.cookies = stolen
    assert browser.get("/masa/kuyruk").path == "/giris"


def test_a_planted_cookie_never_becomes_a_session(office: Office):
    browser = office.stranger()
    browser.cookies["masa"] = "planted-by-somebody-else"
    browser.get("/giris")

    browser.send(email=office.city.kemal.email, password=PASSWORD)

    assert browser.page.path == "/masa/kuyruk"
    assert browser.cookies["masa"] != "planted-by-somebody-else"


def test_signing_in_again_ends_the_earlier_session_of_that_browser(office: Office):
    browser = office.browser(office.city.kemal)
    earlier, form = dict(browser.cookies), office.stranger()
    form.get("/giris")

    browser.cookies |= {name: value for name, value in form.cookies.items() if name != "masa"}
    browser.submit(form.page.form(["password"]), email=office.city.nur.email, password=PASSWORD)

    assert "Nur Aydın" in browser.page.html
    browser.cookies = earlier
    assert browser.get("/masa/kuyruk").path == "/giris"


def test_who_is_signed_in_need_not_sign_in_again(office: Office):
    browser = office.browser(office.city.kemal)

    assert browser.get("/giris").path == "/masa/kuyruk"
    assert browser.get("/masa").path == "/masa/kuyruk"

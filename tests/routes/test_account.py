"""The door with its second step, one's own account, and the administration of colleagues, as a browser meets them."""

import re
from urllib.parse import quote

import pyotp
import pytest

from db.models import Clerk
from db.queries import access
from portal import clock
from portal.services import accounts, second_factor, staff_letters
from tests import crowd
from tests.cast import APP_SECRET, PASSWORD, SECRET
from tests.desk import Office
from tests.postman import Postman
from tests.web import Browser, Page

NEW = "çorap bulut 7 leylek"


def give_password(office: Office, clerk) -> Browser:
    browser = office.stranger()
    browser.get("/giris?sonra=/masa/kayit-defteri")
    browser.send(email=clerk.email, password=PASSWORD)
    return browser


def codes_on(page: Page) -> list[str]:
    return re.findall(r'<li class="recovery__code">(.+?)</li>', page.html)


def shown_secret(page: Page) -> str:
    found = re.search(r'<strong class="offer__key">(.+?)</strong>', page.html)
    assert found
    return found[1].replace(" ", "")


def code_of(office: Office, plain: str = APP_SECRET) -> str:
    return pyotp.TOTP(plain).at(int(office.city.now.timestamp()))


def test_the_second_step_leads_to_where_one_was_going(office: Office):
    browser = give_password(office, office.city.selin)
    assert browser.page.heading == "Girişin ikinci adımı"
    assert browser.get("/masa/kuyruk").path == "/giris"
    browser.get("/giris/kod?sonra=/masa/kayit-defteri")

    wrong = browser.send(code="000000")
    assert (wrong.status, list(wrong.problems)) == (422, ["code"])
    page = browser.send(code=code_of(office))

    assert page.path == "/masa/kayit-defteri"
    assert "yarim" not in browser.cookies


def test_a_half_way_cookie_opens_nothing_as_a_session(office: Office):
    browser = give_password(office, office.city.selin)

    browser.cookies["masa"] = browser.cookies["yarim"]

    assert browser.get("/masa/kuyruk").path == "/giris"
    assert browser.get("/yonetim").path == "/giris"


def test_an_administrator_without_a_second_factor_sets_one_up_first(office: Office):
    with office.city.db.transaction() as tx:
        second_factor.turn_off(tx, office.city.selin.id, now=office.city.now)
    browser = give_password(office, office.city.selin)
    assert browser.page.heading == "İki adımlı girişi kurun"
    assert browser.get("/yonetim").path == "/giris"
    browser.get("/giris/iki-adim?sonra=/masa/kayit-defteri")
    plain = shown_secret(browser.page)

    wrong = browser.send(code="000000")
    assert (wrong.status, shown_secret(wrong)) == (422, plain)
    page = browser.send(code=code_of(office, plain))

    assert page.status == 200
    assert len(set(codes_on(page))) == 10
    assert page.headers["cache-control"] == "no-store"
    assert browser.click("masaya geç").path == "/masa/kayit-defteri"


def test_after_too_long_a_pause_one_begins_again(office: Office):
    browser = give_password(office, office.city.selin)
    form = browser.page.form(["code"])
    with office.city.db.transaction() as tx:
        access.end_sessions(tx, office.city.selin.id, now=office.city.now)

    page = browser.submit(form, code=code_of(office))

    assert page.status == 422
    assert page.form(["password"]).values["sonra"] == "/masa/kayit-defteri"


def test_when_everybody_signs_in_at_once_the_address_is_kept(office: Office):
    with crowd.at_the_door():
        browser = give_password(office, office.city.kemal)

    assert browser.page.status == 503
    assert browser.page.headers["retry-after"] == "5"
    assert browser.page.form(["email"]).values["email"] == office.city.kemal.email


def test_a_browser_that_was_in_before_stays_in_whatever_strangers_guess(office: Office):
    kemal = office.city.kemal
    browser = give_password(office, kemal)
    browser.send(form="/cikis", button="Çıkış yap")
    stranger = office.stranger()
    for _ in range(accounts.TRIES_PER_ACCOUNT):
        stranger.get("/giris")
        stranger.send(email=kemal.email, password="kırmızı-balina-27")

    stranger.get("/giris")
    assert stranger.send(email=kemal.email, password=PASSWORD).status == 429
    browser.get("/giris")
    assert browser.send(email=kemal.email, password=PASSWORD).path == "/masa/kuyruk"


def test_a_password_is_changed_on_ones_own_page(office: Office):
    here, elsewhere = office.browser(office.city.kemal, "/masa/hesap"), office.browser(office.city.kemal)

    wrong = here.send(old="kırmızı-balina-27", new=NEW, again=NEW)
    assert (wrong.status, list(wrong.problems)) == (422, ["old"])
    assert NEW not in wrong.html
    page = here.send(old=PASSWORD, new=NEW, again=NEW)

    assert "Parolanız değiştirildi" in page.words
    assert elsewhere.get("/masa/kuyruk").path == "/giris"
    assert elsewhere.send(email=office.city.kemal.email, password=NEW).path == "/masa/kuyruk"


def test_a_telephone_is_set_up_and_asked_for_from_then_on(office: Office):
    here, elsewhere = office.browser(office.city.nur, "/masa/hesap/iki-adim"), office.browser(office.city.nur)
    plain = shown_secret(here.page)

    wrong = here.send(code=code_of(office, plain), password="kırmızı-balina-27")
    assert list(wrong.problems) == ["password"]
    page = here.send(code=code_of(office, plain), password=PASSWORD)

    assert len(codes_on(page)) == 10
    assert elsewhere.get("/masa/kuyruk").path == "/giris"
    assert elsewhere.send(email=office.city.nur.email, password=PASSWORD).path == "/giris/kod"
    assert elsewhere.send(code=codes_on(page)[0]).path == "/masa/kuyruk"
    assert "Kullanılmamış kurtarma kodu: 9" in here.get("/masa/hesap").words
    assert here.send(off_password=PASSWORD).path == "/masa/hesap"
    assert "İki adımlı giriş kapatıldı" in here.page.words


def test_sessions_are_listed_and_ended(office: Office):
    elsewhere = office.browser(office.city.kemal)
    here = office.browser(office.city.kemal, "/masa/hesap")
    assert here.page.words.count("Son etkinlik:") == 2

    page = here.send(form="", button="Oturumu kapat")

    assert "Oturum kapatıldı." in page.words
    assert page.words.count("Son etkinlik:") == 1
    assert elsewhere.get("/masa/kuyruk").path == "/giris"


def test_somebody_elses_session_cannot_be_ended(office: Office):
    nur = office.browser(office.city.nur)
    other, here = office.browser(office.city.kemal), office.browser(office.city.kemal, "/masa/hesap")
    address = here.page.form(button="Oturumu kapat").action
    token = nur.get("/masa/hesap").form(action="/masa/hesap/parola").values["_csrf_token"]

    assert nur.post(address, {"_csrf_token": token}).status == 404
    assert other.get("/masa/kuyruk").status == 200


def test_a_forgotten_password_is_asked_for_in_the_same_words_by_everybody(office: Office):
    browser = office.stranger()
    said = []
    for email in (office.city.kemal.email, "kimse@aksaray.example"):
        browser.get("/giris")
        browser.click("Parolamı unuttum")
        page = browser.send(email=email)
        said.append((page.status, page.words))

    assert said[0] == said[1]
    assert said[0][0] == 200


@pytest.mark.parametrize("key", ["\u0130\u0131", "\u200b", "a;b", "a b", "x" * 300])
def test_a_link_with_a_key_that_is_none_of_ours_is_over(office: Office, key: str):
    browser = office.stranger()

    browser.get(f"/giris/parola/yeni?k={quote(key)}")

    assert browser.page.status == 422
    assert browser.page.path == "/giris/parola/yeni"


def test_the_letters_link_leaves_the_address_bar_and_sets_a_password(office: Office):
    city, browser, postman = office.city, office.stranger(), Postman()
    browser.get("/giris/parola")
    browser.send(email=city.kemal.email)
    staff_letters.deliver_one(city.db, postman, secret=SECRET, base_url="", town=city.town, now=clock.now())
    link = re.search(r"/giris/parola/yeni\?k=\S+", postman.letters[0].words)
    assert link

    page = browser.get(link[0])
    assert (page.path, "k=" in page.url) == ("/giris/parola/yeni", False)
    assert browser.get(link[0]).status == 200
    wrong = browser.send(new="galatasaray1905", again="galatasaray1905")
    assert list(wrong.problems) == ["new"]
    page = browser.send(new=NEW, again=NEW)

    assert (page.path, "Yeni parolanız kaydedildi" in page.words) == ("/giris", True)
    assert browser.send(email=city.kemal.email, password=NEW).path == "/masa/kuyruk"
    again = browser.get(link[0])
    assert (again.status, again.title) == (422, "Hata: Yeni parola belirleyin · Çözüm Merkezi")


def test_an_administrator_looks_after_colleagues(office: Office):
    city = office.city
    kemal, selin = office.browser(city.kemal), office.browser(city.selin, "/yonetim/personel")
    assert "Kemal Şahin" in selin.page.words
    selin.click("Kemal Şahin")
    assert "Firefox" not in selin.page.words

    selin.send(button="Bütün oturumlarını kapat")
    assert "Bütün oturumlar kapatıldı." in selin.page.words
    assert kemal.get("/masa/kuyruk").path == "/giris"
    selin.send(button="Hesabı kapat")
    assert "Hesap kapatıldı" in selin.page.words
    assert kemal.send(email=city.kemal.email, password=PASSWORD).status == 422
    selin.send(button="Hesabı aç")
    kemal.get("/giris")
    assert kemal.send(email=city.kemal.email, password=PASSWORD).path == "/masa/kuyruk"

    city.give_factor(city.kemal)
    selin.get(f"/yonetim/personel/{city.kemal.id}")
    selin.send(button="İki adımlı girişi sıfırla")
    assert "İki adımlı giriş sıfırlandı" in selin.page.words
    with city.db.reading() as tx:
        assert not second_factor.is_on(tx.get_one(Clerk, city.kemal.id))


def test_an_administrator_asks_everybody_for_a_second_step(office: Office):
    kemal, selin = office.browser(office.city.kemal), office.browser(office.city.selin, "/yonetim/personel")

    selin.send(policy="everybody")

    assert "Ayar kaydedildi." in selin.page.words
    assert kemal.get("/masa/kuyruk").path == "/giris"
    assert kemal.send(email=office.city.kemal.email, password=PASSWORD).path == "/giris/iki-adim"


def test_ones_own_account_is_not_administered(office: Office):
    selin = office.browser(office.city.selin, f"/yonetim/personel/{office.city.selin.id}")

    assert "Hesabı kapat" not in selin.page.html
    token = selin.get("/yonetim/personel").form(["policy"]).values["_csrf_token"]
    there = f"/yonetim/personel/{office.city.selin.id}/durum"

    assert selin.post(there, {"_csrf_token": token, "active": "hayir"}).status == 422
    assert selin.get("/yonetim").status == 200

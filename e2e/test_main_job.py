"""The main job: a citizen asks, a department answers, the citizen can see it."""

import re

import pytest
from playwright.sync_api import expect

from e2e import journeys
from e2e.conftest import Mailbox, Portal, Visit
from e2e.photos import photo

REPLY = "Çukur bugün Fen İşleri ekibimizce asfaltla kapatıldı."


def test_a_citizen_reports_by_phone_a_clerk_answers_and_the_citizen_sees_it(
    visit: Visit, portal: Portal, mailbox: Mailbox
):
    desk = visit("/giris")
    journeys.sign_in(desk, portal, "kemal@demo.example")
    phone = visit("/", device="phone")

    number = journeys.report_pothole(phone, email="ayse@ornek.com.tr", photo=photo(at=(38.3686, 34.0297)))

    # The open list shows it by itself, and says that it is new.
    row = desk.get_by_role("row").filter(has_text=number)
    expect(row).to_be_visible(timeout=10_000)
    expect(row).to_contain_text("Yeni")
    journeys.track(phone, number)
    expect(phone.get_by_role("main")).to_contain_text("Alındı")

    row.get_by_role("link").click()
    expect(desk.get_by_role("main")).to_contain_text(journeys.WORDS)
    expect(desk.get_by_role("region", name="Fotoğraflar").get_by_role("img")).to_have_js_property("complete", True)
    assert desk.evaluate("document.querySelector('.photos__picture').naturalWidth") > 0
    journeys.move_to(desk, "Birime iletildi")
    journeys.move_to(desk, "İşlemde")
    journeys.move_to(desk, "Çözüldü", reply=REPLY)

    # The page that was left open follows, and shows the answer to who reported.
    expect(phone.get_by_role("main")).to_contain_text("Çözüldü", timeout=20_000)
    expect(phone.get_by_role("main")).to_contain_text(REPLY)
    letter = _closing_letter(mailbox, "ayse@ornek.com.tr")
    assert number in letter["Subject"]
    assert REPLY in letter.get_content()

    # The link in the letter opens the case on any other device.
    link = re.search(r"http://\S+/takip/\S+", letter.get_content())
    assert link
    elsewhere = visit(link[0], device="phone")
    expect(elsewhere.get_by_role("main")).to_contain_text(REPLY)
    assert "k=" not in elsewhere.url


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_the_whole_path_without_javascript(visit: Visit, portal: Portal, mailbox: Mailbox, device: str):
    address = f"fatma-{device}@ornek.com.tr"
    citizen = visit("/", device=device, javascript=False)

    number = journeys.report_pothole(citizen, email=address, photo=photo())

    desk = visit("/giris", javascript=False)
    journeys.sign_in(desk, portal, "kemal@demo.example")
    desk.get_by_label("Ara", exact=True).fill(number)
    desk.get_by_role("button", name="Süz").click()
    desk.get_by_role("row").filter(has_text=number).get_by_role("link").click()
    journeys.move_to(desk, "Birime iletildi")
    journeys.move_to(desk, "Çözüldü", reply=REPLY)
    stranger = visit("/", device=device, javascript=False)
    journeys.track(stranger, number)
    expect(stranger.get_by_role("main")).to_contain_text("Çözüldü")
    expect(stranger.get_by_role("main")).not_to_contain_text(REPLY)
    journeys.open_with_phone(stranger, "4567")
    expect(stranger.get_by_role("main")).to_contain_text(REPLY)
    assert REPLY in _closing_letter(mailbox, address).get_content()


def test_two_clerks_on_one_case_lose_nothing(visit: Visit, portal: Portal):
    citizen = visit("/", device="phone", javascript=False)
    number = journeys.report_pothole(citizen, email="ali@ornek.com.tr")
    address = f"/masa/basvuru/{number.replace('-', '')}"
    kemal, zeynep = visit("/giris?sonra=" + address), visit("/giris?sonra=" + address)
    for page, email in ((kemal, "kemal@demo.example"), (zeynep, "zeynep@demo.example")):
        page.get_by_label("E-posta adresi").fill(email)
        page.get_by_label("Parola").fill(portal.passwords[email])
        page.get_by_role("button", name="Giriş yap").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    note = zeynep.get_by_role("region", name="İç not ekle")
    note.get_by_label("Not").fill("Ekip yarın sabah gidecek.")

    journeys.move_to(kemal, "Birime iletildi")
    note.get_by_role("button", name="Notu kaydet").click()

    expect(note.get_by_role("alert")).to_contain_text("değişti")
    expect(note.get_by_label("Not")).to_have_value("Ekip yarın sabah gidecek.")
    expect(note).to_contain_text("Birime iletildi")
    note.get_by_role("button", name="Notu kaydet").click()
    expect(zeynep.get_by_role("region", name="Geçmiş")).to_contain_text("Ekip yarın sabah gidecek.")


def test_a_filtered_list_keeps_its_address_and_back_works(visit: Visit, portal: Portal):
    desk = visit("/giris")
    journeys.sign_in(desk, portal, "nur@demo.example")

    desk.get_by_label("Konu").select_option(label="Yol çukuru, bozuk asfalt veya göçük")
    expect(desk).to_have_url(re.compile("konu=YOL-01"))
    desk.get_by_role("navigation", name="Başvuruların durumu").get_by_role("link", name="Çözüldü").click()
    expect(desk).to_have_url(re.compile("durum=resolved"))
    desk.go_back()

    expect(desk).to_have_url(re.compile(r"konu=YOL-01(?!.*durum=resolved)"))
    expect(desk.get_by_label("Konu")).to_have_value("YOL-01")


def _closing_letter(mailbox: Mailbox, address: str):
    """The letter that says how it ended; the receipt came before it."""
    return mailbox.wait_for_letter_to(address, saying=REPLY)

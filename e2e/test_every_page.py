"""Every page, on phone and desktop, light and dark: nothing a screen reader or a narrow screen trips over."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from e2e import journeys
from e2e.conftest import DEVICES, Portal, Visit

PUBLIC = (
    "/",
    "/bildir",
    "/bildir/foto",
    "/takip",
    "/takip?no=123",
    "/bilgi-edinme",
    "/bilgi-edinme?kim=tuzel",
    "/dilekce",
    "/kisisel-veri",
    "/aydinlatma",
    "/erisilebilirlik",
    "/giris",
    "/giris/parola",
    "/giris/parola/yeni",
    "/yok",
)
DESK = (
    "/masa/kuyruk",
    "/masa/kuyruk?durum=tumu&sira=sure",
    "/masa/kuyruk?ara=yokböylebirsöz",
    "/masa/kayit-defteri",
    "/masa/rapor/bilgi-edinme",
    "/masa/rapor/birimler",
    "/masa/rapor/birimler?birim=FEN",
)
ADMINISTRATION = (
    "/yonetim",
    "/yonetim/takvim",
    "/yonetim/sureler",
    "/yonetim/personel",
    "/yonetim/personel/1",
    "/masa/hesap",
    "/masa/hesap/iki-adim",
)
LOOKS = [(device, dark) for device in DEVICES for dark in (False, True)]


@pytest.mark.parametrize(("device", "dark"), LOOKS, ids=[f"{d}-{'dark' if k else 'light'}" for d, k in LOOKS])
def test_public_pages(visit: Visit, device: str, dark: bool):
    page = visit("/", device=device, dark=dark)

    found = {}
    for language in ("tr", "en"):
        for address in PUBLIC:
            page.goto(address + ("&" if "?" in address else "?") + f"dil={language}")
            found |= _violations(page)

    assert found == {}


@pytest.mark.parametrize(("device", "dark"), LOOKS, ids=[f"{d}-{'dark' if k else 'light'}" for d, k in LOOKS])
def test_the_steps_of_a_report(visit: Visit, device: str, dark: bool):
    page = visit("/bildir", device=device, dark=dark)

    found = {}
    journeys.next_step(page)
    found |= _violations(page)
    page.get_by_label("Olanı kendi sözlerinizle anlatın").fill(journeys.WORDS)
    journeys.choose_topic(page, "Su borusu patlağı veya kaçak")
    journeys.next_step(page)
    found |= _violations(page)
    journeys.next_step(page)
    found |= _violations(page)
    page.get_by_label("Mahalle", exact=True).select_option(label="Tacin")
    page.get_by_label("Cadde, sokak ve numara").fill("4516. Sokak")
    journeys.next_step(page)
    found |= _violations(page)
    journeys.next_step(page)
    found |= _violations(page)
    journeys.answer_questions(page)
    found |= _violations(page)
    page.get_by_label("Adınız ve soyadınız").fill("Ayşe Yılmaz")
    page.get_by_label("Telefon numaranız").fill("0532 123 45 67")
    journeys.next_step(page)
    found |= _violations(page)
    page.get_by_role("button", name="Başvuruyu gönder").click()
    found |= _violations(page)
    page.get_by_role("link", name="Başvuruyu takip edin").click()
    found |= _violations(page)

    assert found == {}


@pytest.mark.parametrize(("device", "dark"), LOOKS, ids=[f"{d}-{'dark' if k else 'light'}" for d, k in LOOKS])
def test_the_desk(visit: Visit, portal: Portal, device: str, dark: bool):
    page = visit("/giris", device=device, dark=dark)
    journeys.sign_in(page, portal, "nur@demo.example")

    found = {}
    for address in DESK:
        page.goto(address)
        found |= _violations(page)
    page.goto("/masa/kuyruk")
    page.locator("a[data-open]").first.click()
    found |= _violations(page)
    page.get_by_role("button", name="Durumu kaydet").click()
    page.get_by_role("alert").wait_for()
    found |= _violations(page)

    assert found == {}


@pytest.mark.parametrize(("device", "dark"), LOOKS, ids=[f"{d}-{'dark' if k else 'light'}" for d, k in LOOKS])
def test_an_official_letter(visit: Visit, portal: Portal, device: str, dark: bool):
    page = visit("/giris", device=device, dark=dark)
    journeys.sign_in(page, portal, "nur@demo.example")
    page.goto("/masa/kuyruk")
    page.locator("a[data-open]").first.click()

    found = {}
    page.get_by_role("link", name="Resmî yazı yaz").click()
    found |= _violations(page)
    page.get_by_role("button", name="Önizle").click()
    page.get_by_role("alert").wait_for()
    found |= _violations(page)
    page.get_by_label("Metin").fill("Sokağınızdaki yol çalışması pazartesi başlayacaktır.")
    page.get_by_role("button", name="Önizle").click()
    found |= _violations(page)
    page.get_by_role("button", name="İmzala ve gönder").click()
    page.get_by_role("link", name="PDF olarak açın").wait_for()
    found |= _violations(page)

    assert found == {}


@pytest.mark.parametrize(("device", "dark"), LOOKS, ids=[f"{d}-{'dark' if k else 'light'}" for d, k in LOOKS])
def test_acts_under_a_law(visit: Visit, portal: Portal, device: str, dark: bool):
    page = visit("/giris", device=device, dark=dark)
    journeys.sign_in(page, portal, "nur@demo.example")
    page.goto("/masa/kayit-defteri?sonuc=pending")
    address = page.locator("a.queue__subject").first.get_attribute("href") or ""

    found = {}
    for part in ("", "/sure", "/islem", "/islem/karar", "/islem/ucret", "/islem/gelis", "/cimer"):
        page.goto(address + part)
        found |= _violations(page)
    page.goto(address + "/islem/karar")
    page.get_by_role("button", name="Yazıyı önizle").click()
    page.get_by_role("alert").wait_for()
    found |= _violations(page)
    page.get_by_label("Böyle bir bilgi veya belge yok").check()
    page.get_by_label("Başvurana yanıt").fill("İstediğiniz belge kayıtlarımızda bulunmamaktadır.")
    page.get_by_role("button", name="Yazıyı önizle").click()
    found |= _violations(page)

    assert found == {}


@pytest.mark.parametrize(("device", "dark"), LOOKS, ids=[f"{d}-{'dark' if k else 'light'}" for d, k in LOOKS])
def test_the_administration(visit: Visit, portal: Portal, device: str, dark: bool):
    page = visit("/giris", device=device, dark=dark)
    journeys.sign_in(page, portal, "selin@demo.example")

    found = {}
    for address in ADMINISTRATION:
        page.goto(address)
        found |= _violations(page)

    assert found == {}


def _violations(page: Page) -> dict[str, list[str]]:
    """What axe finds on the page as it stands, and whether it is wider than the screen."""
    page.wait_for_load_state("networkidle")
    response = Axe().run(page).response
    found = [f"{each['id']}: {node['html'][:160]}" for each in response["violations"] for node in each["nodes"]]
    width = page.viewport_size["width"] if page.viewport_size else 0
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    return {page.url: found} if found else {}

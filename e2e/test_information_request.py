"""A request for information from the citizen's form to the letter that grants it in part, with more time in between."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import journeys
from e2e.conftest import Mailbox, Portal, Visit

ASKED = "2025 yılında parkların bakımına harcanan tutarların aylık dökümünü ve yüklenicilerini istiyorum."
WAITING = "Park ve Bahçeler Müdürlüğünün kayıtlarından derleniyor."
ANSWER = "Aylık döküm ektedir. Gerçek kişilerin adları gizlenmiştir."
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_form_to_a_partly_granted_letter(visit: Visit, portal: Portal, mailbox: Mailbox, javascript: bool):
    address = f"bilgi-{'js' if javascript else 'sade'}@ornek.com.tr"
    phone = visit("/", device="phone", javascript=javascript)
    number = apply_for_information(phone, email=address)
    expect(phone.get_by_role("main")).to_contain_text("15 iş günü")

    desk = visit("/giris", javascript=javascript)
    journeys.sign_in(desk, portal, "nur@demo.example")
    desk.goto(f"/masa/basvuru/{number.replace('-', '')}")
    desk.get_by_role("link", name="Yasal işlemleri açın").click()
    desk.get_by_role("link", name="Süreyi uzat").click()
    desk.get_by_label("Bilgi veya belge başka bir birimden sağlanacak").check()
    desk.get_by_label("Başvurana açıklama").fill(WAITING)
    send_letter(desk)
    expect(desk.get_by_role("region", name="Geçmiş")).to_contain_text("Süre uzatıldı")

    # The letter arrives; behind its link the applicant reads why, and sees the new day counted.
    told = mailbox.wait_for_letter_to(address, saying="Yanıt süresinin uzatılması")
    link = re.search(r"http://\S+/takip/\S+", told.get_content())
    assert link
    citizen = visit(link[0], device="phone", javascript=javascript)
    citizen.get_by_role("link", name="Yanıt süresinin uzatılması").first.click()
    expect(citizen.get_by_role("article")).to_contain_text(WAITING)
    citizen.goto(f"/takip/{number.replace('-', '')}/sure")
    expect(citizen.get_by_role("main")).to_contain_text("Süre uzatıldı: 15 iş günü eklendi")
    expect(citizen.get_by_role("main")).to_contain_text("30. gün")

    desk.get_by_role("link", name="Yasal işlemleri açın").click()
    desk.get_by_label("Belge", exact=True).set_input_files(
        {"name": "dokum.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    desk.get_by_role("button", name="Belgeyi ekle").click()
    desk.get_by_role("link", name="Karara bağla").click()
    desk.get_by_label("Kısmen verildi").check()
    desk.get_by_label("m. 21 (özel hayatın gizliliği)").check()
    desk.get_by_label("Başvurana yanıt").fill(ANSWER)
    send_letter(desk)
    expect(desk.get_by_role("region", name="Durum", exact=True)).to_contain_text("Çözüldü")

    mailbox.wait_for_letter_to(address, saying=ANSWER)
    citizen.goto(f"/takip/{number.replace('-', '')}")
    expect(citizen.get_by_role("main")).to_contain_text(ANSWER)
    assert citizen.request.get(citizen.get_by_role("link", name="dokum.pdf").get_attribute("href") or "").body() == PDF
    citizen.get_by_role("link", name="Bilgi edinme başvurunuzun sonucu").first.click()
    letter = citizen.get_by_role("article")
    expect(letter).to_contain_text("4982 sayılı Kanun m. 21 (özel hayatın gizliliği)")
    expect(letter).to_contain_text("Bilgi Edinme Değerlendirme Kuruluna")
    pages = citizen.request.get(citizen.url + ".pdf")
    assert pages.headers["content-type"] == "application/pdf"
    assert pages.body().startswith(b"%PDF")

    # The yearly report counts it, and the figure opens the very record.
    desk.goto("/masa/rapor/bilgi-edinme")
    desk.get_by_role("row").filter(has_text="Kısmen verildi").get_by_role("link").click()
    expect(desk.get_by_role("table")).to_contain_text(number)


def apply_for_information(page: Page, *, email: str) -> str:
    """From the front page to the receipt; answers with the number on it."""
    page.get_by_role("main").get_by_role("link", name="Bilgi edinme başvurusu").first.click()
    page.get_by_label("Adınız ve soyadınız").fill("Ayşe Yılmaz")
    page.get_by_label("T.C. kimlik numaranız").fill("10000000146")
    page.get_by_label("Ev veya iş adresiniz").fill("Tacin Mah. 4516. Sok. No: 12/3, Merkez/Aksaray")
    page.get_by_label("E-posta adresiniz").fill(email)
    page.get_by_label("İstediğiniz bilgi veya belge").fill(ASKED)
    page.get_by_label("E-posta ile gönderilmesi").check()
    page.get_by_label("Kayıtlı elektronik posta (KEP)").check()
    page.get_by_text("KEP ile imzaladım", exact=True).click()
    page.get_by_label("KEP adresiniz").fill("ayse.yilmaz@hs01.kep.tr")
    page.get_by_label("KEP ileti numarası").fill("KEP-2026-4711")
    page.get_by_role("button", name="Başvurunuzu gönderin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Başvurunuz alındı")
    return page.locator(".reference__digits").inner_text()


def send_letter(page: Page) -> None:
    """The letter is read before it is signed."""
    page.get_by_role("button", name="Yazıyı önizle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Önizleme")
    page.get_by_role("button", name="İmzala ve gönder").click()
    expect(page.get_by_role("region", name="Geçmiş")).to_be_visible()

"""In at the door with a telephone, and back in after the password was forgotten."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from e2e import journeys
from e2e.conftest import Mailbox, Portal, Visit

NEW = "çorap bulut 7 leylek {}"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_forgotten_password_a_telephone_and_a_recovery_code(
    visit: Visit, portal: Portal, mailbox: Mailbox, javascript: bool
):
    email = "hasan@demo.example"
    page = visit("/giris", device="phone", javascript=javascript)

    # An earlier journey's link is worthless by now.
    mailbox.letters.clear()
    page.get_by_role("link", name="Parolamı unuttum").click()
    page.get_by_label("E-posta adresi").fill(email)
    page.get_by_role("button", name="Bağlantı gönder").click()
    expect(page.get_by_role("main")).to_contain_text("bağlantısı gönderilir")
    letter = mailbox.wait_for_letter_to(email, saying="Bağlantı bir saat geçerlidir")
    link = re.search(r"http://\S+/giris/parola/yeni\?k=\S+", letter.get_content())
    assert link
    page.goto(link[0])
    new = NEW.format(javascript)
    page.get_by_label("Yeni parola", exact=True).fill(new)
    page.get_by_label("Yeni parola (yeniden)").fill(new)
    page.get_by_role("button", name="Parolayı kaydet").click()
    portal.passwords[email] = new
    journeys.sign_in(page, portal, email)

    # The telephone is set up, and the codes go to paper.
    page.get_by_role("link", name="Hasan Kılıç").click()
    page.get_by_role("link", name="İki adımlı girişi aç").click()
    plain = page.locator(".offer__key").inner_text().replace(" ", "")
    page.get_by_label("Doğrulama kodu").fill(pyotp.TOTP(plain).now())
    page.get_by_label("Parolanız").fill(new)
    page.get_by_role("button", name="Kurulumu tamamla").click()
    code = page.locator(".recovery__code").first.inner_text()

    # At another desk, without the telephone.
    desk = visit("/giris", javascript=javascript)
    desk.get_by_label("E-posta adresi").fill(email)
    desk.get_by_label("Parola").fill(new)
    desk.get_by_role("button", name="Giriş yap").click()
    desk.get_by_label("Doğrulama kodu").fill(code)
    desk.get_by_role("button", name="Girişi tamamla").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Kuyruk")

    # The other desk is sent away from the telephone, and the second step taken off again.
    page.goto("/masa/hesap")
    sessions = page.get_by_role("region", name="Açık oturumlar")
    sessions.get_by_role("button", name="Diğer oturumların hepsini kapat").click()
    expect(page.get_by_role("status").first).to_contain_text("Diğer oturumların hepsi kapatıldı.")
    desk.goto("/masa/kuyruk")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Personel girişi")
    page.get_by_text("İki adımlı girişi kapat", exact=True).first.click()
    page.locator("#off_password").fill(new)
    page.get_by_role("button", name="İki adımlı girişi kapat").click()
    expect(page.get_by_role("main")).to_contain_text("Etkin değil")

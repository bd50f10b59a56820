"""What people do, in the order they do it; used by more than one journey."""

import time

import pyotp
from playwright.sync_api import Page, expect

from e2e.conftest import Portal

WORDS = "Okulun önünde derin bir çukur var, çocuklar düşüyor. Araçlar da zarar görüyor."


def next_step(page: Page) -> None:
    page.get_by_role("button", name="Devam et").click()


def report_pothole(page: Page, *, email: str, photo: bytes | None = None) -> str:
    """From the front page to the receipt; answers with the number on it."""
    page.get_by_role("main").get_by_role("link", name="Bildirin").click()
    page.get_by_label("Olanı kendi sözlerinizle anlatın").fill(WORDS)
    choose_topic(page, "Yol çukuru, bozuk asfalt veya göçük")
    next_step(page)
    page.get_by_label("Mahalle", exact=True).select_option(label="Tacin")
    page.get_by_label("Cadde, sokak ve numara").fill("4516. Sokak, okulun önü")
    next_step(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fotoğraf ekleyin")
    if photo:
        page.get_by_label("Fotoğraf seçin veya çekin").set_input_files(
            {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
    next_step(page)
    answer_questions(page)
    page.get_by_label("Adınız ve soyadınız").fill("Ayşe Yılmaz")
    page.get_by_label("Telefon numaranız").fill("0532 123 45 67")
    page.get_by_label("E-posta adresiniz").fill(email)
    next_step(page)
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    page.get_by_role("button", name="Başvuruyu gönder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Başvurunuz alındı")
    return page.locator(".reference__digits").inner_text()


def choose_topic(page: Page, name: str) -> None:
    """With JavaScript the list is searched, without it is a plain list."""
    search = page.get_by_role("combobox", name="Konu")
    if search.evaluate("field => field.tagName") == "SELECT":
        search.select_option(label=name)
        return
    search.fill(name[:12])
    page.get_by_role("option", name=name).click()


def answer_questions(page: Page) -> None:
    """The category's own questions, where it has any."""
    if "sorular" not in page.url:
        return
    for group in page.get_by_role("group").all():
        group.get_by_role("radio").last.check()
    next_step(page)


def sign_in(page: Page, portal: Portal, email: str) -> None:
    page.get_by_label("E-posta adresi").fill(email)
    page.get_by_label("Parola").fill(portal.passwords[email])
    page.get_by_role("button", name="Giriş yap").click()
    if "/giris/kod" in page.url:
        page.get_by_label("Doğrulama kodu").fill(next_code(portal))
        page.get_by_role("button", name="Girişi tamamla").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kuyruk")


def next_code(portal: Portal) -> str:
    """A code of the demo administrator's telephone that nobody has used yet; waits for one where it must."""
    step = max([int(time.time()) // 30 - 1, *(used + 1 for used in portal.used_steps)])
    while step > int(time.time()) // 30 + 1:
        time.sleep(0.5)
    portal.used_steps.append(step)
    return pyotp.TOTP(portal.app_secret).at(step * 30)


def move_to(page: Page, status: str, *, reply: str = "") -> None:
    """The clerk moves the case that is open."""
    form = page.get_by_role("region", name="Durumu değiştir")
    form.get_by_role("radio", name=status).check()
    if reply:
        form.get_by_label("Başvurana yanıt").fill(reply)
    form.get_by_role("button", name="Durumu kaydet").click()
    expect(page.get_by_role("region", name="Durum", exact=True)).to_contain_text(status)


def track(page: Page, number: str) -> None:
    """From any page of the citizen's to the case, by the number alone."""
    page.get_by_role("navigation", name="Ana menü").get_by_role("link", name="Takip et").click()
    page.get_by_label("Başvuru numarası").fill(number.replace("-", " "))
    page.get_by_role("button", name="Durumu göster").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)


def open_with_phone(page: Page, digits: str) -> None:
    page.get_by_label("Telefon numaranızın son dört rakamı").fill(digits)
    page.get_by_role("button", name="Başvurumu aç").click()

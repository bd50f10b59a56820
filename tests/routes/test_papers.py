"""Official letters through the browser: written at the desk, read by the applicant, and by nobody else."""

import io
import re
from typing import Any

import obstore
import pypdf
import pytest

from db.models import Case
from portal.rules import references
from portal.services import official, shelves, tracking
from tests.cast import SECRET
from tests.desk import Office
from tests.web import Browser, Page

WORDS = "Sokağınızdaki yol çalışması pazartesi başlayacaktır."


def ayse(office: Office, case: Case) -> Browser:
    """The applicant's browser, with the key to her report."""
    submission = office.city.submission(case)
    key = references.derive_key(SECRET, submission.reference, submission.key_nonce)
    browser = office.stranger()
    browser.get(f"/takip/{submission.reference}?k={key}")
    return browser


def written(office: Office, case: Case, **typed: str) -> Browser:
    """Kemal writes a letter and looks at its preview."""
    browser = office.browser(office.city.kemal, f"/masa/basvuru/{case.reference}")
    browser.click("Resmî yazı yaz")
    browser.send(**{"kind": "letter", "words": WORDS, "subject": "Yol çalışması", **typed})
    return browser


def sent(office: Office, case: Case, **typed: str) -> Page:
    browser = written(office, case, **typed)
    return browser.send(button="İmzala ve gönder", form=f"/masa/basvuru/{case.reference}/yazi")


def letter_of(office: Office, case: Case) -> Any:
    return office.city.papers(case)[-1]


def words_of(page: Page) -> str:
    assert page.headers["content-type"] == "application/pdf"
    text = " ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(page.content)).pages)
    return " ".join(text.split())


def test_a_letter_is_previewed_sent_and_read(office: Office):
    case = office.city.case("in_progress")

    preview = written(office, case).page
    assert preview.heading == "Yazının önizlemesi"
    assert WORDS in preview.words
    assert "Sayın Ayşe YILMAZ" in preview.words
    assert "E-20" not in preview.words

    page = sent(office, case)
    letter = letter_of(office, case)
    assert page.path == f"/masa/basvuru/{case.reference}/yazi/{letter.name}"
    assert page.heading == "Yol çalışması"
    assert letter.number in page.words

    browser = ayse(office, case)
    assert "Resmî yazı gönderildi" in browser.page.words
    browser.click("Yol çalışması")
    assert browser.page.heading == "Yol çalışması"
    for each in (WORDS, letter.number, "T.C.", "Kemal ŞAHİN", "Saygılarımla."):
        assert each in browser.page.words
    browser.click("PDF olarak açın")
    assert WORDS in words_of(browser.page)
    assert browser.page.content == official.fetch(official.store(office.folder), letter)


def test_pages_are_shown_in_the_browser_and_kept_by_nobody(office: Office):
    case = office.city.case("in_progress")
    sent(office, case)
    letter = letter_of(office, case)

    headers = ayse(office, case).get(f"/takip/{case.reference}/yazi/{letter.name}.pdf").headers

    assert headers["content-disposition"] == f'inline; filename="{letter.number}.pdf"'
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in headers


def test_a_preview_can_be_seen_as_pdf_and_changed(office: Office):
    case = office.city.case("in_progress")
    browser = written(office, case)
    form = browser.page.form(action="/yazi")

    assert "TASLAK" in words_of(
        browser.post(f"/masa/basvuru/{case.reference}/yazi/onizleme", {**form.values, "act": "pdf"})
    )
    again = browser.post(f"/masa/basvuru/{case.reference}/yazi/onizleme", {**form.values, "act": "edit"})
    assert again.form(["words"]).values["words"].strip() == WORDS
    assert letters_on(office, case) == 0


def letters_on(office: Office, case: Case) -> int:
    return len(office.city.papers(case))


def test_what_was_typed_is_kept_when_the_letter_is_refused(office: Office):
    case = office.city.case("in_progress")

    page = written(office, case, words="", subject="Bir konu").page

    assert page.status == 422
    assert page.problems == {"words": "Yazının metnini yazın."}
    assert page.form(["words"]).values["subject"] == "Bir konu"


def test_whoever_sends_second_is_told_and_keeps_the_words(office: Office):
    case = office.city.case("in_progress")
    browser = written(office, case)
    office.city.move(case.reference, "planned")

    page = browser.send(button="İmzala ve gönder", form=f"/masa/basvuru/{case.reference}/yazi")

    assert page.status == 422
    assert "Bu başvuru siz yazarken değişti." in page.words
    assert page.form(["words"]).values["words"].strip() == WORDS
    assert letters_on(office, case) == 0
    browser.send(button="Önizle")
    assert browser.send(button="İmzala ve gönder", form=f"/masa/basvuru/{case.reference}/yazi").status == 200
    assert letters_on(office, case) == 1


def test_a_form_sent_twice_is_one_letter(office: Office):
    case = office.city.case("in_progress")
    browser = written(office, case)
    form = browser.page.form(action="/yazi")

    first = browser.submit(form, button="İmzala ve gönder")
    second = browser.submit(form, button="İmzala ve gönder")

    assert (first.status, second.status) == (200, 422)
    assert letters_on(office, case) == 1


@pytest.mark.parametrize("ending", ["", ".pdf"])
def test_nobody_else_reads_a_letter(office: Office, ending: str):
    city = office.city
    case, other = city.case("in_progress"), city.case("in_progress", name="Mehmet Demir")
    sent(office, case)
    name = f"{letter_of(office, case).name}{ending}"

    assert office.stranger().get(f"/takip/{case.reference}/yazi/{name}").status == 404
    assert ayse(office, other).get(f"/takip/{case.reference}/yazi/{name}").status == 404
    assert ayse(office, other).get(f"/takip/{other.reference}/yazi/{name}").status == 404
    assert ayse(office, case).get(f"/takip/{case.reference}/yazi/{name}").status == 200
    assert office.browser(city.deniz).get(f"/masa/basvuru/{case.reference}/yazi/{name}").status == 404
    assert office.browser(city.kemal).get(f"/masa/basvuru/{other.reference}/yazi/{name}").status == 404
    assert office.browser(city.kemal).get(f"/masa/basvuru/{case.reference}/yazi/{name}").status == 200


def test_the_letters_of_a_special_case_are_not_for_the_operator(office: Office):
    city = office.city
    special = next(each for each in city.town.categories.values() if each.is_special and each.identity != "identity")
    case = city.case("new", category_code=special.code)
    with city.db.transaction() as tx:
        rows, store = tracking.rows_of(tx, case.reference), official.store(office.folder)
        letter = official.receipt(tx, *rows, store=store, town=city.town, now=city.now)

    operator = office.browser(city.hasan)
    assert "Resmî yazılar" not in operator.get(f"/masa/basvuru/{case.reference}").words
    for address in (f"yazi/{letter.name}", f"yazi/{letter.name}.pdf", "alindi.pdf", "yazi"):
        assert operator.get(f"/masa/basvuru/{case.reference}/{address}").status == 404
    assert office.browser(city.nur).get(f"/masa/basvuru/{case.reference}/alindi.pdf").status == 200


def test_the_receipt_is_downloaded_from_the_receipt_page_and_stays_the_same(office: Office):
    case = office.city.case("in_progress")
    browser = ayse(office, case)

    browser.get(f"/alindi/{case.reference}")
    browser.click("Alındı belgesini indirin (PDF)")
    first = browser.page
    assert "Alındı belgesi" in words_of(first)
    assert references.grouped(case.reference) in words_of(first)
    desk = office.browser(office.city.kemal).get(f"/masa/basvuru/{case.reference}/alindi.pdf")
    assert desk.content == first.content
    assert office.stranger().get(f"/takip/{case.reference}/alindi.pdf").status == 404
    assert office.stranger().get("/takip/483109752264/alindi.pdf").status == 404
    assert office.browser(office.city.kemal).get("/masa/basvuru/483109752264/alindi.pdf").status == 404


@pytest.mark.parametrize("spoil", ["changed", "gone"])
def test_a_damaged_letter_is_a_page_that_says_so(office: Office, spoil: str):
    case = office.city.case("in_progress")
    sent(office, case)
    letter = letter_of(office, case)
    store, [path] = official.store(office.folder), shelves.LETTERS.paths(letter.name)
    if spoil == "gone":
        obstore.delete(store, path)
    else:
        obstore.put(store, path, b"%PDF-1.7 something else")

    page = ayse(office, case).get(f"/takip/{case.reference}/yazi/{letter.name}.pdf")

    assert page.status == 500
    assert page.heading == "Bu yazı açılamadı"


def test_the_pages_speak_english_and_the_letter_its_own_language(office: Office):
    case = office.city.case("in_progress")
    sent(office, case)
    browser = ayse(office, case)

    browser.get(f"/takip/{case.reference}?dil=en")
    assert "Letters" in browser.page.words
    browser.click("Yol çalışması")

    assert "Back to your request" in browser.page.words
    assert re.search(r'<article class="letter" lang="tr"', browser.page.html)


def test_what_was_typed_is_shown_as_it_was_typed(office: Office):
    case = office.city.case("in_progress")
    typed = 'Bir <b>kalın</b> & "tırnak" {{ 7*7 }} #read("/etc/passwd")'

    page = sent(office, case, words=typed)

    assert typed in page.words
    assert "<b>kalın" not in page.html

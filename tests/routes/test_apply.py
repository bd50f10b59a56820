"""Ayşe, and a company, fill in the forms of written applications with nothing but links and forms."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import func, select

from db.models import Application, Case, Draft, Enclosure
from portal.services import enclosures
from portal.views.pages import NOTICE_VERSION
from tests.pictures import photo, upload
from tests.services.test_applications import PDF, everything
from tests.web import Browser, Page

TCKN = "10000000146"
ADDRESS = "Tacin Mah. 4516. Sok. No: 12/3, Merkez/Aksaray"
PERSON = {"name": "Ayşe Yılmaz", "address": ADDRESS, "email": "ayse@ornek.com.tr", "phone": "0532 123 45 67"}
PETITION = {
    **PERSON,
    "subject": "Kaldırımın onarılması",
    "words": "4516. Sokak'taki kaldırım kırık, onarılmasını istiyorum.",
}
INFORMATION = {
    **PERSON,
    "national_id": TCKN,
    "words": "2026 park harcamalarının toplamını istiyorum.",
    "access": "email",
}
PERSONAL_DATA = {
    **PERSON,
    "national_id": TCKN,
    "rights": ["learn", "erasure"],
    "relation": "resident",
    "words": "Telefon numaramın silinmesini istiyorum.",
    "is_in_turkish": "evet",
}
FORMS = {"/bilgi-edinme": INFORMATION, "/dilekce": PETITION, "/kisisel-veri": PERSONAL_DATA}
SIGNED = upload(PDF, "imzali.pdf", "application/pdf")


@pytest.fixture
def ayse(office):
    return office.stranger()


def fill(browser: Browser, where: str, **typed) -> Page:
    """Opens a form and sends it, complete but for what is said otherwise."""
    browser.get(where)
    return browser.send(**{**FORMS[where], **typed})


def count(office, table) -> int:
    with office.city.db.reading() as tx:
        return tx.exec(select(func.count()).select_from(table)).one()


def applied(office, page: Page) -> tuple[Case, Application]:
    """What became of the form whose receipt this is."""
    assert page.path.startswith("/alindi/"), page.words
    case = office.city.look(page.path.rpartition("/")[2])
    with office.city.db.reading() as tx:
        return case, tx.exec(select(Application).where(Application.case_id == case.id)).one()


def files(office) -> list[str]:
    """The names of the files that lie on the disk."""
    return [each.name for each in (office.folder / "enclosures").rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("address", "kind", "said"),
    [
        ("/bilgi-edinme", "information", ("Bilgi edinme başvurusu", "15 iş günü, 4982 sayılı Kanun m. 11")),
        ("/dilekce", "petition", ("Dilekçe", "30 gün, 3071 sayılı Kanun m. 7")),
        ("/kisisel-veri", "personal_data", ("Kişisel veri başvurusu", "30 gün, 6698 sayılı Kanun m. 13")),
    ],
)
def test_each_form_leads_to_a_receipt_with_its_register_and_its_law(office, ayse, address, kind, said):
    fill(ayse, address, signature="scan", file_signature=upload(photo(), "imza.jpg"))

    case, application = applied(office, ayse.page)
    assert (case.legal_type, application.kind, application.signature) == (kind, kind, "scan")
    for words in (*said, f"{application.year}/1", "Son gün"):
        assert words in ayse.page.words
    submission = office.city.submission(case)
    assert (submission.words, submission.notice_version) == (FORMS[address]["words"], NOTICE_VERSION)


def test_the_front_page_leads_to_every_form(ayse):
    for words, heading in [
        ("Bilgi edinme başvurusu", "Bilgi edinme başvurusu"),
        ("Dilekçe", "Dilekçe"),
        ("Kişisel veri başvurusu", "Kişisel veri başvurusu"),
    ]:
        ayse.get("/")
        assert ayse.click(words).heading == heading
        ayse.get("/bildir")
        assert ayse.click(words).heading == heading


def test_a_company_applies_with_its_authority_document(office, ayse):
    ayse.get("/bilgi-edinme")
    ayse.click("Kuruluş adına")
    typed = {name: value for name, value in INFORMATION.items() if name != "national_id"}
    company = {"title": "Hasandağı Gıda Ltd. Şti.", "tax_number": "123 456 78 90", "signature": "counter"}

    ayse.send(**typed, **company)
    assert ayse.page.problems == {"file_authority": "Yetki belgesini ekleyin; örneğin imza sirküleri veya vekâletname."}
    assert ayse.page.form(["title"]).values["title"] == company["title"]
    ayse.send(file_authority=SIGNED, form="/bilgi-edinme")

    case, application = applied(office, ayse.page)
    assert (application.is_legal_person, application.title) == (True, company["title"])
    assert case.status == "waiting"
    assert "İmzanız eksik" in ayse.page.words


def test_everything_wrong_is_said_at_once_and_everything_typed_is_kept(office, ayse):
    page = fill(ayse, "/bilgi-edinme", national_id="10000000147", access="copy", phone="12", file_other=SIGNED)

    assert page.status == 422
    assert page.title.startswith("Hata: ")
    assert set(page.problems) == {"national_id", "phone", "signature"}
    values = page.form(["national_id"]).values
    for name in ("name", "address", "email", "words"):
        assert values[name] == INFORMATION[name]
    assert (values["national_id"], values["access"], values["phone"]) == ("10000000147", "copy", "12")
    assert "Çıkar: imzali.pdf" in page.words
    assert count(office, Case) == 0


def test_what_was_refused_is_there_when_the_page_is_opened_again(ayse):
    fill(ayse, "/kisisel-veri", address="")

    ayse.get("/kisisel-veri?dil=en")

    values = ayse.page.form(["national_id"]).values
    assert (values["name"], values["national_id"], values["relation"]) == (PERSON["name"], TCKN, "resident")
    assert ayse.page.heading == "Personal-data application"


def test_a_number_that_waits_in_an_unfinished_form_is_sealed_too(office, ayse):
    fill(ayse, "/kisisel-veri", address="")

    assert TCKN not in everything(office.city)


def test_an_enclosed_file_survives_a_refusal_and_goes_with_the_form(office, ayse):
    fill(ayse, "/dilekce", name="", signature="scan", file_signature=SIGNED)
    assert set(ayse.page.problems) == {"name"}

    ayse.send(name="Ayşe Yılmaz")

    case, _application = applied(office, ayse.page)
    with office.city.db.reading() as tx:
        [enclosure] = tx.exec(select(Enclosure)).all()
    assert (enclosure.case_id, enclosure.draft_id, enclosure.purpose) == (case.id, None, "signature")
    assert enclosures.fetch(enclosures.store(office.folder), enclosure.name) == PDF


def test_a_file_can_be_taken_out_again(office, ayse):
    fill(ayse, "/dilekce", name="", signature="counter", file_other=SIGNED)
    [name] = files(office)

    ayse.send(remove=name)

    assert "imzali.pdf" not in ayse.page.words
    assert (files(office), count(office, Enclosure)) == ([], 0)


@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("imza.pdf", "application/pdf", b"<html><script>alert(1)</script></html>"),
        ("imza.pdf", "application/pdf", b"\n%PDF-1.7 after a line"),
        ("imza.jpg", "image/jpeg", b"MZ\x90\0 a program"),
        ("imza.docx", "application/pdf", b"PK\x03\x04 a document with macros"),
        ("imza.tif", "image/tiff", b"II*\0 many pages"),
        ("imza.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"),
        ("imza.p7m", "application/pkcs7-mime", b"0\x82\x01\x00 not signed data"),
        ("bos.pdf", "application/pdf", b""),
    ],
)
def test_a_file_that_lies_about_what_it_is_is_not_taken(office, ayse, name, media_type, content):
    page = fill(ayse, "/dilekce", signature="scan", file_signature=upload(content, name, media_type))

    assert set(page.problems) == {"file_signature"}
    assert f"“{name}”" in page.problems["file_signature"]
    assert (count(office, Case), count(office, Enclosure), files(office)) == (0, 0, [])


def test_a_sixth_file_is_refused_and_five_are_kept(office, ayse):
    many = [upload(PDF + bytes([each]), f"{each}.pdf", "application/pdf") for each in range(6)]

    page = fill(ayse, "/dilekce", signature="counter", file_other=many)

    assert page.problems == {"file_other": "“5.pdf” eklenmedi; en fazla 5 dosya gönderebilirsiniz."}
    assert (count(office, Enclosure), len(files(office))) == (5, 5)


def test_a_file_that_is_too_large_is_refused(office, ayse):
    large = upload(PDF + b"0" * enclosures.MOST_BYTES, "buyuk.pdf", "application/pdf")

    page = fill(ayse, "/dilekce", signature="counter", file_other=large)

    assert "en fazla 15 MB" in page.problems["file_other"]
    assert files(office) == []


def test_sending_the_same_form_again_leads_to_the_same_receipt(office, ayse):
    ayse.get("/dilekce")
    form = ayse.page.form(["subject"])
    first = ayse.submit(form, **PETITION, signature="counter").path

    again = ayse.submit(form, **PETITION, signature="counter").path

    assert again == first
    assert (count(office, Case), count(office, Draft)) == (1, 1)


def test_pressing_the_button_twice_at_once_applies_once(office, ayse):
    ayse.get("/dilekce")
    form = ayse.page.form(["subject"])
    twins = []
    for _ in range(2):
        twin = office.stranger()
        twin.cookies, twin.page = dict(ayse.cookies), ayse.page
        twins.append(twin)

    with ThreadPoolExecutor(2) as both:
        pages = list(both.map(lambda twin: twin.submit(form, **PETITION, signature="counter"), twins))

    assert pages[0].path == pages[1].path
    assert pages[0].heading == pages[1].heading == "Başvurunuz alındı"
    assert count(office, Case) == 1


def test_a_page_left_open_after_sending_does_not_apply_anew(office, ayse):
    ayse.get("/dilekce")
    form = ayse.page.form(["subject"])
    first = ayse.submit(form, **PETITION, signature="counter").path
    ayse.get("/dilekce")

    assert ayse.submit(form, **PETITION, signature="counter").path == first
    assert count(office, Case) == 1


def test_after_sending_the_form_is_empty_again(ayse):
    fill(ayse, "/dilekce", signature="counter")

    ayse.get("/dilekce")

    assert ayse.page.form(["subject"]).values["subject"] == ""


@pytest.mark.parametrize(("category", "address"), [("IDR-01", "/bilgi-edinme"), ("IDR-02", "/kisisel-veri")])
def test_a_report_about_such_a_topic_leads_to_its_form_with_the_words(ayse, category, address):
    ayse.get("/bildir")
    ayse.send(words="2026 yılının meclis kararlarını istiyorum.", category=category)

    assert ayse.page.path == address
    assert ayse.page.form(["address"]).values["words"] == "2026 yılının meclis kararlarını istiyorum."
    # The other form is not what they meant.
    ayse.get("/dilekce")
    assert ayse.page.form(["address"]).values["words"] == ""


def test_a_report_led_elsewhere_cannot_go_on_as_a_report(office, ayse):
    ayse.get("/bildir")
    ayse.send(words="2026 yılının meclis kararlarını istiyorum.", category="IDR-01")

    assert ayse.get("/bildir/ozet").path == "/bildir"
    assert count(office, Case) == 0


def test_an_english_reader_applies_in_english(office, ayse):
    ayse.get("/bilgi-edinme?dil=en")
    assert ayse.page.heading == "Freedom-of-information request"

    ayse.send(**INFORMATION, signature="counter")

    case, _application = applied(office, ayse.page)
    assert "15 working days, Law 4982 art. 11" in ayse.page.words
    assert "Your signature is missing" in ayse.page.words
    assert [each.language for each in office.city.letters(case)] == ["en", "en"]


def test_a_petition_asks_for_no_national_id(ayse):
    names = ayse.get("/dilekce").form(["subject"]).names

    assert not {"national_id", "nationality", "document_number"} & names


def test_a_forged_form_for_a_legal_persons_data_is_refused(office, ayse):
    page = fill(ayse, "/kisisel-veri", kim="tuzel", signature="this_form")

    assert "kim" in page.problems
    assert count(office, Case) == 0

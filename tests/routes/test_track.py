"""Somebody follows a report: with its number, its key, the end of a telephone number, or with none of them."""

import re

import pytest

from portal.rules import references
from portal.services.tracking import TRIES_PER_REFERENCE
from tests import pictures
from tests.desk import PART

WORDS = "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor."
# Nobody has it, but it could have been given out.
UNKNOWN = "700000000018"
WRONG = {"last4": "Bu rakamlarla açılamadı. Başvuruda verdiğiniz telefonun son dört rakamını yazın."}


@pytest.fixture
def stranger(office):
    return office.stranger()


def with_key(office, receipt):
    """A browser that followed the link of a receipt."""
    browser = office.stranger()
    browser.get(f"/takip/{receipt.reference}?k={receipt.key}")
    return browser


def events_of(office, receipt, kind):
    return [each.words for each in office.city.events(office.city.look(receipt.reference)) if each.kind == kind]


@pytest.mark.parametrize(
    "spelling",
    ["{0}", "{1}", "{2}", " {1} ", "Numaram {1}, ne oldu?", "{2} – 0532 123 45 67 numaralı telefondan"],
)
def test_a_number_is_read_however_it_is_written(office, stranger, spelling):
    reference = office.city.report().reference
    grouped = references.grouped(reference)
    stranger.get("/takip")

    page = stranger.send(no=spelling.format(reference, grouped, grouped.replace("-", " ")))

    assert (page.status, page.path) == (200, f"/takip/{reference}")
    assert grouped in page.heading


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ("483109752265", 422, "Bu numarada yanlış ya da yeri değişmiş bir rakam var."),
        ("4831-0975", 422, "Başvuru numarası 12 rakamdır."),
        ("", 422, "Başvuru numaranızı yazın."),
        ("merhaba", 422, "Başvuru numaranızı yazın."),
        (UNKNOWN, 404, "Bu numarayla bir başvuru bulunamadı."),
        ("\x00\u202e\u2066", 422, "Başvuru numaranızı yazın."),
    ],
)
def test_a_number_that_leads_nowhere_is_explained(stranger, typed, status, says):
    stranger.get("/takip")

    page = stranger.send(no=typed)

    assert page.status == status
    assert page.title.startswith("Hata: Başvurunuzu takip edin")
    assert page.problems["no"].startswith(says)


def test_an_unknown_number_in_the_address_is_not_found(stranger):
    page = stranger.get(f"/takip/{UNKNOWN}")

    assert page.status == 404
    assert "Bu numarayla bir başvuru bulunamadı." in page.problems["no"]


def test_a_stranger_sees_what_happened_but_not_what_was_said(office, stranger):
    receipt = office.city.report(place_note="Fırının karşısı")
    for step in ("assigned", "in_progress", "resolved"):
        office.city.move(receipt.reference, step)

    page = stranger.get(f"/takip/{receipt.reference}")

    assert "Fen İşleri Müdürlüğü" in page.words
    assert "Başvuru alındı" in page.words
    for private in (WORDS, "4516. Sokak", "Fırının karşısı", "Ayşe", "asfaltla kapatıldı", receipt.key):
        assert private not in page.html


def test_the_link_opens_everything_and_leaves_no_key_in_the_address(office):
    receipt = office.city.report()
    office.city.move(receipt.reference, "assigned")
    office.city.move(receipt.reference, "waiting")

    page = with_key(office, receipt).page

    assert (page.status, page.url) == (200, f"http://testserver.local/takip/{receipt.reference}")
    assert WORDS in page.words
    assert "Kapı numarasını yazar mısınız?" in page.words
    assert receipt.key not in page.html


@pytest.mark.parametrize("key", ["yanlis", "A" * 22, "%00", "ş" * 22])
def test_a_wrong_key_opens_nothing_and_is_led_away_from(office, stranger, key):
    receipt = office.city.report()

    page = stranger.get(f"/takip/{receipt.reference}?k={key}")

    assert (page.status, page.url) == (200, f"http://testserver.local/takip/{receipt.reference}")
    assert WORDS not in page.html


def test_the_key_of_one_report_does_not_open_another(office, stranger):
    mine, theirs = office.city.report(), office.city.report(words="Komşumun bahçesinde gece gürültü oluyor.")

    page = stranger.get(f"/takip/{theirs.reference}?k={mine.key}")

    assert "Komşumun bahçesinde" not in page.html


def test_the_end_of_the_telephone_number_opens_it(office, stranger):
    receipt = office.city.report()
    stranger.get(f"/takip/{receipt.reference}")

    page = stranger.send(last4=" 45 67")

    assert (page.status, page.path) == (200, f"/takip/{receipt.reference}")
    assert WORDS in page.words


def test_wrong_digits_and_a_report_without_a_telephone_look_alike(office, stranger):
    seen = []
    for receipt, digits in ((office.city.report(), "0000"), (office.city.report(phone=""), "4567")):
        stranger.get(f"/takip/{receipt.reference}")
        page = stranger.send(last4=digits)
        seen.append((page.status, page.problems))

    assert seen == [(422, WRONG), (422, WRONG)]


def test_digits_for_a_number_nobody_has_are_only_not_found(office, stranger):
    stranger.get(f"/takip/{office.city.report().reference}")
    token = stranger.page.form(["last4"]).values["_csrf_token"]

    page = stranger.post(f"/takip/{UNKNOWN}/ac", {"_csrf_token": token, "last4": "4567"})

    assert page.status == 404


def test_who_keeps_guessing_is_asked_to_wait_even_when_right(office, stranger):
    receipt = office.city.report()
    stranger.get(f"/takip/{receipt.reference}")
    for _ in range(TRIES_PER_REFERENCE):
        stranger.send(last4="0000")

    page = stranger.send(last4="4567")

    assert page.problems == {"last4": "Çok sayıda hatalı deneme yapıldı. Bir saat sonra yeniden deneyin."}
    assert WORDS not in page.html


def test_a_borrowed_telephone_can_be_closed_again(office):
    receipt = office.city.report()
    browser = with_key(office, receipt)

    browser.send(button="Bu cihazda kapat")

    assert browser.page.path == "/takip"
    assert WORDS not in browser.get(f"/takip/{receipt.reference}").html


def test_what_is_added_is_thanked_for_and_stands_in_the_timeline(office):
    receipt = office.city.report()
    browser = with_key(office, receipt)

    page = browser.send(words="Çukur büyüdü.", photos=pictures.upload(pictures.photo((60, 40))))

    assert "Eklediğiniz bilgi başvurunuza kaydedildi" in page.words
    assert "Siz bilgi eklediniz" in page.words
    assert len(page.pictures) == 1
    assert browser.get(page.pictures[0]).headers["content-type"] == "image/webp"


def test_the_same_information_sent_twice_is_kept_once(office):
    receipt = office.city.report()
    browser = with_key(office, receipt)
    form = browser.page.form(["words"])

    pages = [
        browser.submit(form, words="Çukur büyüdü.", photos=pictures.upload(pictures.photo((60, 40)))) for _ in range(2)
    ]

    assert [page.status for page in pages] == [200, 200]
    assert events_of(office, receipt, "information") == ["Çukur büyüdü."]
    assert len(pages[1].pictures) == 1
    assert len(list((office.folder / "photos").rglob("*.webp"))) == 2


def test_a_bad_photo_keeps_the_words_that_came_with_it(office):
    browser = with_key(office, office.city.report())

    page = browser.send(words="Çukur büyüdü.", photos=pictures.upload(b"merhaba", "notlar.jpg"))

    assert page.status == 422
    assert page.problems["photos"].startswith("“notlar.jpg” okunamadı")
    assert page.form(["words"]).values["words"] == "Çukur büyüdü."


def test_nothing_to_add_is_said_at_the_box(office):
    page = with_key(office, office.city.report()).send(words="  ")

    assert (page.status, page.problems) == (422, {"words": "Eklemek istediğiniz bilgiyi yazın."})


def test_too_much_to_add_stays_in_the_box(office):
    page = with_key(office, office.city.report()).send(words="ç" * 20_000)

    assert page.status == 422
    assert page.problems["words"].startswith("Metin en fazla 4000 karakter olabilir")
    assert page.form(["words"]).values["words"] == "ç" * 20_000


def test_without_the_key_nobody_adds_anything(office, stranger):
    receipt = office.city.report()
    form = with_key(office, receipt).page.form(["words"])
    stranger.get(f"/takip/{receipt.reference}")
    token = stranger.page.form(["last4"]).values["_csrf_token"]

    page = stranger.submit(form, words="Ben de ekleyeyim.", _csrf_token=token)

    assert page.status == 404
    assert events_of(office, receipt, "information") == []


def test_the_answer_to_a_question_puts_the_case_back_to_work(office):
    case = office.city.case("waiting")
    browser = office.stranger()
    browser.get(f"/takip/{case.reference}")
    browser.send(last4="4567")
    assert "Sorumuzu yanıtlayın" in browser.page.words

    browser.send(words="Kapı numarası 12.")

    assert office.city.look(case.reference).status == "assigned"


def test_who_is_not_content_with_the_end_can_object(office):
    case = office.city.case("resolved")
    browser = office.stranger()
    browser.get(f"/takip/{case.reference}")
    browser.send(last4="4567")

    page = browser.send(button="İtiraz et", words="Çukur hâlâ duruyor.")

    assert "İtirazınızı aldık." in page.words
    now = office.city.look(case.reference)
    assert (now.status, now.is_open, now.department_id) == (
        "objected",
        True,
        office.city.town.coordinating_department.id,
    )


def test_an_open_page_asks_for_news_and_hears_only_news(office):
    receipt = office.city.report()
    browser = with_key(office, receipt)
    tag = re.search(r'hx-ptag="([^"]*)"', browser.page.html)[1].replace("&#34;", '"')
    asks = {**PART, "HX-PTag": tag}
    assert browser.get(f"/takip/{receipt.reference}", **asks).status == 304

    office.city.move(receipt.reference, "assigned")

    page = browser.get(f"/takip/{receipt.reference}", **asks)
    assert page.status == 200
    assert "<html" not in page.html
    assert "İlgili birim başvurunuzu aldı" in page.html


def test_a_report_is_followed_in_english_too(office, stranger):
    receipt = office.city.report()

    page = stranger.get(f"/takip/{receipt.reference}?dil=en")

    assert page.heading.startswith("Report")
    assert '<html lang="en">' in page.html
    assert stranger.send(last4="0000").problems["last4"].startswith("These digits")

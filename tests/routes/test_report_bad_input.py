"""What nobody should send, and what a citizen reads when somebody does."""

import pytest
from sqlmodel import func, select

from db.engine import Database
from db.models import Case, Draft
from portal.rules import references
from tests import pictures
from tests.pictures import upload
from tests.walk import AYSE, PLACE, WORDS, begin, fill, report
from tests.web import HOME, Browser, open_portal

LONG = "ç" * 20_000


@pytest.fixture
def ayse(office):
    return office.stranger()


@pytest.fixture
def on_a_full_disk(sqlite_store, tmp_path):
    """A browser before a portal whose database file can be read and not written."""
    with sqlite_store.fresh() as db:
        read_only = Database(db.url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true")
        with open_portal(read_only, tmp_path) as client:
            yield Browser(client)


def at_photos(browser):
    begin(browser)
    browser.send(**PLACE)
    return browser


def how_many_cases(office):
    with office.city.db.reading() as tx:
        return tx.exec(select(func.count()).select_from(Case)).one()


def token_of(page):
    return page.form(["_csrf_token"]).values["_csrf_token"]


@pytest.mark.parametrize("code", ["YOK-99", "", "'; DROP TABLE category; --", "YOL-01YOL-01YOL-01"])
def test_a_topic_that_does_not_exist_is_asked_for_again(ayse, code):
    page = begin(ayse, category=code)

    assert (page.status, page.problems) == (422, {"category": "Konuyu listeden seçin."})
    assert page.form(["words"]).values["words"] == WORDS


def test_a_neighbourhood_that_does_not_exist_is_asked_for_again(ayse):
    begin(ayse)

    page = ayse.send(neighbourhood="atlantis", street="4516. Sokak")

    assert (page.status, page.problems) == (422, {"neighbourhood": "Mahalleyi listeden seçin."})
    assert page.form(["street"]).values["street"] == "4516. Sokak"


def test_a_topic_that_needs_a_place_does_not_go_on_without_one(ayse):
    begin(ayse)

    page = ayse.send(neighbourhood="", street="")

    assert page.status == 422
    assert list(page.problems) == ["neighbourhood", "street"]


@pytest.mark.parametrize("answer", ["patlama", ["evet", "hayir"], LONG])
def test_an_answer_that_was_not_offered_is_asked_for_again(ayse, answer):
    at_photos(ayse).send(button="Devam et")

    page = ayse.send(q_tehlike=answer)

    assert (page.status, page.problems) == (422, {"q_tehlike": "Listedeki seçeneklerden birini seçin."})


def test_answers_to_questions_nobody_asked_are_left_out(office, ayse):
    at_photos(ayse).send(button="Devam et")
    ayse.post("/bildir/sorular", {"_csrf_token": token_of(ayse.page), "q_tehlike": "hayir", "q_uydurma": "x"})
    ayse.send(**AYSE)

    ayse.send(button="Başvuruyu gönder")

    case = office.city.look(ayse.page.path.rpartition("/")[2])
    assert [each["key"] for each in office.city.submission(case).answers] == ["tehlike"]


def test_a_topic_the_town_gave_up_meanwhile_is_asked_for_again_before_sending(office, ayse):
    form = fill(ayse).form(button="Başvuruyu gönder")
    with office.city.db.transaction() as tx:
        draft = tx.exec(select(Draft)).one()
        draft.fields = {**draft.fields, "category": "YOK-99"}

    page = ayse.submit(form)

    assert page.status == 422
    assert "Konuyu listeden seçin." in page.words
    assert how_many_cases(office) == 0


def test_the_form_of_somebody_else_is_not_sent_for_them(office, ayse):
    theirs = fill(office.stranger()).form(["form_id"]).values["form_id"]
    fill(ayse)

    page = ayse.send(form_id=theirs)

    assert page.path == "/bildir"
    assert how_many_cases(office) == 0


def test_the_form_somebody_else_has_sent_shows_only_the_public_side(office, ayse):
    other = office.stranger()
    theirs = fill(other, words="Komşumun evinde her gece kavga oluyor.").form(["form_id"]).values["form_id"]
    other.send(button="Başvuruyu gönder")
    fill(ayse)

    page = ayse.send(form_id=theirs)

    assert page.path == f"/takip/{other.page.path.rpartition('/')[2]}"
    assert "kavga" not in page.html


def test_too_long_a_text_stays_in_the_box(ayse):
    page = begin(ayse, words=LONG)

    assert page.status == 422
    assert page.problems == {"words": "Metin en fazla 4000 karakter olabilir; kısaltıp yeniden gönderin."}
    assert page.form(["words"]).values["words"] == LONG


def test_marks_nobody_can_see_are_left_out_of_what_is_stored(office, ayse):
    reference = report(
        ayse,
        words="Yol\x00da \u202eçukur\u2066 var,\x1b[31m derin.",
        street="4516.\x00 Sokak\u202e",
        who={**AYSE, "name": "Ayşe\x00 \u202eYılmaz"},
    )

    case = office.city.look(reference)
    assert office.city.submission(case).words == "Yolda çukur var,[31m derin."
    assert case.street == "4516. Sokak"


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\xff" * 40_000_000, "kirk.jpg", "“kirk.jpg” çok büyük; bir fotoğraf en fazla 15 MB olabilir."),
        (b"Merhaba, bu bir metin.", "metin.jpg", "“metin.jpg” okunamadı."),
        (pictures.huge_png(), "dev.png", "“dev.png” çok fazla piksel içeriyor"),
        (b"", "bos.jpg", "“bos.jpg” boş bir dosya."),
    ],
    ids=["40 MB", "text", "900 megapixels", "empty"],
)
def test_a_file_that_is_no_photo_is_named_with_the_reason(office, ayse, content, name, says):
    at_photos(ayse)

    page = ayse.send(button="Devam et", photos=upload(content, name))

    assert (page.status, page.path, page.pictures) == (422, "/bildir/foto", [])
    assert page.problems["photos"].startswith(says)
    assert not list(office.folder.rglob("*.webp"))


def test_an_upload_without_measure_is_refused_before_it_is_read(ayse):
    form = at_photos(ayse).page.form(["photos"])

    page = ayse.submit(form, photos=upload(pictures.photo((60, 40))), headers={"Content-Length": "900000000"})

    assert (page.status, page.heading) == (413, "Gönderdiğiniz dosya çok büyük")


def test_a_form_without_its_token_gives_the_words_back_and_keeps_nothing(office, ayse):
    page = ayse.post("/bildir", {"words": WORDS, "category": "YOL-01"})

    assert (page.status, page.heading) == (403, "Bu form gönderilemedi")
    assert WORDS in page.words
    with office.city.db.reading() as tx:
        assert not tx.exec(select(Draft)).all()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://kotu.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://kotu.example"},
        {"Origin": "null"},
        {"Origin": HOME, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_sends_nothing_and_reads_nothing_back_even_with_a_token(office, ayse, headers):
    ayse.get("/bildir")

    page = ayse.submit(ayse.page.form(["words"]), words=WORDS, category="YOL-01", headers=headers)

    assert page.status == 403
    assert WORDS not in page.html
    with office.city.db.reading() as tx:
        assert not tx.exec(select(Draft)).all()


@pytest.mark.parametrize("reference", ["483109752264%00", "9" * 2000, "..%2f..%2fetc"])
@pytest.mark.parametrize("address", ["/takip/{}", "/alindi/{}", "/foto/{}"])
def test_an_address_that_makes_no_sense_is_answered_calmly(ayse, address, reference):
    page = ayse.get(address.format(reference))

    assert page.status in (200, 404)
    assert page.heading


@pytest.mark.parametrize("reference", ["%00", "9" * 2000, "700000000018"])
@pytest.mark.parametrize("act", ["ac", "bilgi"])
def test_a_number_that_makes_no_sense_is_nobodys_to_open_or_write_to(office, ayse, act, reference):
    token = token_of(ayse.get(f"/takip/{office.city.report().reference}"))

    page = ayse.post(f"/takip/{reference}/{act}", {"_csrf_token": token, "last4": "4567", "words": WORDS})

    assert page.status == 404


@pytest.mark.parametrize("value", ["\x00", "x" * 20_000])
def test_a_spoilt_hidden_field_never_spoils_the_page(office, ayse, value):
    fill(ayse)

    page = ayse.send(form_id=value)

    assert page.heading == "Başvurunuz alındı"
    assert how_many_cases(office) == 1


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "application/json"])
def test_a_body_that_is_no_form_is_refused_calmly(ayse, kind):
    token = token_of(ayse.get("/bildir"))

    page = ayse.post("/bildir", {"words": WORDS}, **{"Content-Type": kind, "X-CSRF-Token": token})

    assert 400 <= page.status < 500
    assert page.heading


def test_while_nothing_can_be_stored_the_words_are_given_back(on_a_full_disk):
    on_a_full_disk.get("/bildir")

    page = on_a_full_disk.send(words=WORDS, category="YOL-01")

    assert (page.status, page.heading) == (503, "Hizmet şu anda kullanılamıyor")
    assert WORDS in page.words


def test_while_nothing_can_be_stored_reports_can_still_be_followed(on_a_full_disk):
    page = on_a_full_disk.get("/takip")

    assert page.status == 200
    assert references.grouped("483109752262") in page.words

"""Ayşe goes through every step, also the unusual ways, with nothing but links and forms."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import func, select

from db.models import Attachment, Case, Draft, Submission
from portal.views.pages import NOTICE_VERSION
from tests import pictures
from tests.pictures import photo, upload
from tests.walk import AYSE, PLACE, WORDS, begin, fill, report


@pytest.fixture
def ayse(office):
    return office.stranger()


def count(office, table):
    with office.city.db.reading() as tx:
        return tx.exec(select(func.count()).select_from(table)).one()


def test_a_report_from_the_first_page_to_the_receipt(office, ayse):
    ayse.get("/")
    ayse.click("Bildirin")
    assert ayse.page.heading == "Ne oldu?"

    reference = report(ayse, photos=[upload(photo())])

    assert ayse.page.heading == "Başvurunuz alındı"
    assert f"{reference[:4]}-{reference[4:8]}-{reference[8:]}" in ayse.page.words
    assert "Fen İşleri Müdürlüğü başvurunuzu inceler" in ayse.page.words
    assert "Belediyemizin hedefi: " in ayse.page.words
    assert "Yasaya göre yanıt için son gün" in ayse.page.words
    assert "a***@ornek.com.tr" in ayse.page.words
    case = office.city.look(reference)
    submission = office.city.submission(case)
    assert (case.status, case.street, submission.words) == ("new", PLACE["street"], WORDS)
    assert (submission.notice_version, submission.language) == (NOTICE_VERSION, "tr")
    assert len(office.city.letters(case)) == 1


def test_the_summary_shows_everything_and_leads_back_to_each_step(ayse):
    page = fill(ayse, photos=[upload(photo())])

    for said in (WORDS, "Tacin Mahallesi", "4516. Sokak", "Ayşe Yılmaz", "0532 123 45 67", "ayse@ornek.com.tr"):
        assert said in page.words
    assert len(page.pictures) == 1
    ayse.click("Değiştir – Yer")
    assert ayse.page.form(["street"]).values["street"] == PLACE["street"]
    ayse.send(street="4520. Sokak")
    assert ayse.page.path == "/bildir/ozet"
    assert "4520. Sokak" in ayse.page.words


def test_every_step_says_how_far_it_is(ayse):
    begin(ayse, category="SU-02")
    seen = [ayse.page.words[:40]]
    ayse.send(**PLACE)
    seen.append(ayse.page.words[:40])

    assert "Adım 2 / 6" in seen[0]
    assert "Adım 3 / 6" in seen[1]


def test_words_without_a_topic_bring_suggestions(ayse):
    ayse.get("/bildir")

    page = ayse.send(words="Mahallemizde su borusu patladı, yola su akıyor.", category="")

    assert page.status == 422
    assert page.title.startswith("Hata: Ne oldu?")
    assert page.problems == {"category": "Konuyu listeden seçin."}
    form = page.form(["suggested"])
    assert "SU-02" in form.choices("suggested")
    assert form.values["words"].strip() == "Mahallemizde su borusu patladı, yola su akıyor."
    assert ayse.send(suggested="SU-02").path == "/bildir/yer"


def test_suggestions_while_typing_are_a_part_of_the_page(office, ayse):
    token = ayse.get("/bildir").form(["words"]).values["_csrf_token"]

    page = ayse.post("/bildir/konu", {"_csrf_token": token, "words": "Sokakta su borusu patladı."})

    assert "Su borusu patlağı veya kaçak" in page.words
    assert "<html" not in page.html
    nothing = ayse.post("/bildir/konu", {"_csrf_token": token, "words": "merhaba"})
    assert nothing.words == ""


def test_a_link_can_choose_the_topic(ayse):
    assert ayse.get("/bildir?konu=SU-02").form(["category"]).values["category"] == "SU-02"
    assert ayse.get("/bildir?konu=YOK-99").form(["category"]).values["category"] == ""


def test_a_topic_without_a_place_asks_for_none(ayse):
    assert begin(ayse, category="IDR-03").path == "/bildir/sorular"


def test_where_another_authority_is_responsible_the_citizen_is_told(ayse):
    assert "MEDAŞ" in begin(ayse, category="YOL-07").words


def test_a_place_may_be_left_out_where_it_is_optional(ayse):
    begin(ayse, category="TEM-05")

    assert "boş bırakıp devam edin" in ayse.page.words
    assert ayse.send().path != "/bildir/yer"


def test_a_point_alone_tells_the_neighbourhood(office, ayse):
    lat, lon = pictures.IN_TOWN
    reference = report(ayse, neighbourhood="", street="", lat=str(lat), lon=str(lon))

    case = office.city.look(reference)
    assert office.city.town.neighbourhoods[case.neighbourhood_id].code == "hamidiye"
    assert (case.latitude, case.longitude) == (lat, lon)


def test_a_point_outside_the_town_is_told_who_is_competent_and_keeps_what_was_typed(ayse):
    begin(ayse)
    lat, lon = pictures.IN_A_VILLAGE

    page = ayse.send(street="Köy meydanı", place_note="Caminin yanı", lat=str(lat), lon=str(lon))

    assert page.status == 422
    assert "İl Özel İdaresi" in page.problems["neighbourhood"]
    assert page.form(["street"]).values["street"] == "Köy meydanı"
    assert "Caminin yanı" in page.form(["street"]).values["place_note"]
    # Who knows better than the telephone leaves the point out and goes on.
    assert ayse.send(no_point="evet", neighbourhood="tacin").path == "/bildir/foto"


def test_a_point_far_away_is_sent_to_the_town_it_lies_in(ayse):
    begin(ayse)
    lat, lon = pictures.IN_ANKARA

    page = ayse.send(lat=str(lat), lon=str(lon), neighbourhood="tacin")

    assert "sınırlarının çok uzağında" in page.problems["neighbourhood"]


@pytest.mark.parametrize(
    ("at", "code", "says"),
    [
        (pictures.IN_TOWN, "hamidiye", "Hamidiye Mahallesi"),
        (pictures.IN_A_VILLAGE, "", "İl Özel İdaresi"),
        (pictures.IN_ANKARA, "", "uzağında"),
        (("kuzey", "doğu"), "", "bulunamadı"),
        ((999, 999), "", "bulunamadı"),
    ],
)
def test_a_script_may_ask_where_a_point_lies(ayse, at, code, says):
    found = json.loads(ayse.get(f"/bildir/yer/bul?lat={at[0]}&lon={at[1]}").html)

    assert found["neighbourhood"] == code
    assert says in found["words"]


def test_a_report_may_begin_with_a_photo_that_knows_the_place(office, ayse):
    ayse.get("/bildir/foto")
    ayse.send(photos=[upload(photo(at=pictures.IN_TOWN))], button="Devam et")
    assert ayse.page.path == "/bildir"
    assert "1 fotoğraf eklendi" in ayse.page.words

    ayse.send(words=WORDS, category="YOL-01")

    assert "Fotoğraf şu mahallede çekilmiş: Hamidiye" in ayse.page.words
    assert ayse.page.form(["neighbourhood"]).values["neighbourhood"] == "hamidiye"


def test_a_photo_from_elsewhere_says_nothing_about_the_place(ayse):
    ayse.get("/bildir/foto")
    ayse.send(photos=[upload(photo(at=pictures.IN_ANKARA))], button="Devam et")

    ayse.send(words=WORDS, category="YOL-01")

    assert ayse.page.form(["neighbourhood"]).values["neighbourhood"] == ""


def test_the_good_photos_are_kept_and_each_bad_one_is_named(ayse):
    begin(ayse)
    ayse.send(**PLACE)

    page = ayse.send(
        photos=[upload(photo(), "iyi.jpg"), upload(b"merhaba", "notlar.jpg"), upload(b"", "bos.jpg")],
        button="Devam et",
    )

    assert page.status == 422
    assert "“notlar.jpg” okunamadı" in page.words
    assert "“bos.jpg” boş bir dosya" in page.words
    assert len(page.pictures) == 1
    assert ayse.get(page.pictures[0]).headers["content-type"] == "image/webp"


def test_a_photo_can_be_taken_out_again(office, ayse):
    begin(ayse)
    ayse.send(**PLACE)
    ayse.send(photos=[upload(photo())], button="Ekle ve burada kal")
    assert "1 fotoğraf eklendi" in ayse.page.words
    assert [each for each in office.folder.rglob("*.webp")]

    ayse.send(button="Çıkar")

    assert ayse.page.pictures == []
    assert not [each for each in office.folder.rglob("*.webp")]


def test_the_same_photo_sent_twice_is_one(office, ayse):
    begin(ayse)
    ayse.send(**PLACE)
    form = ayse.page.form(["photos"])
    for _ in range(2):
        ayse.submit(form, photos=[upload(photo())], button="Ekle ve burada kal")

    assert count(office, Attachment) == 1


def test_six_photos_are_one_too_many(ayse):
    begin(ayse)
    ayse.send(**PLACE)
    colours = ("red", "green", "blue", "black", "white", "yellow")
    files = [upload(photo((60, 40), colour=each), f"{each}.jpg") for each in colours]

    page = ayse.send(photos=files, button="Devam et")

    assert page.problems == {"photos": "“yellow.jpg” eklenmedi; en fazla 5 fotoğraf gönderebilirsiniz."}
    assert len(page.pictures) == 5


def test_a_topic_that_needs_a_photo_says_so(ayse):
    begin(ayse, category="SU-06")
    ayse.send(**PLACE)

    page = ayse.send(button="Devam et")

    assert page.problems == {"photos": "Bu konu için en az bir fotoğraf gerekir."}
    assert ayse.send(photos=[upload(photo())], button="Devam et").path == "/bildir/sorular"


def test_a_photo_of_a_draft_is_for_its_browser_only(office, ayse):
    begin(ayse)
    ayse.send(**PLACE)
    ayse.send(photos=[upload(photo())], button="Ekle ve burada kal")
    address = ayse.page.pictures[0]

    assert ayse.get(address).status == 200
    assert "private" in ayse.page.headers["cache-control"]
    assert office.stranger().get(address).status == 404
    assert office.browser(office.city.nur).get(address).status == 404


def test_danger_sends_people_to_112_first(office, ayse):
    page = fill(ayse, category="SU-02", answers={"q_tehlike": "evet"})

    assert "Can güvenliği tehlikedeyse önce 112'yi arayın" in page.words
    ayse.send(button="Başvuruyu gönder")
    assert office.city.look(ayse.page.path.rpartition("/")[2]).priority == "urgent"


def test_a_required_question_is_asked_for(ayse):
    begin(ayse, category="SU-02")
    ayse.send(**PLACE)
    ayse.send(button="Devam et")

    page = ayse.send(button="Devam et")

    assert page.problems == {"q_tehlike": "Bu soruyu yanıtlayın."}


def test_changing_the_topic_asks_the_new_questions(ayse):
    fill(ayse)
    ayse.click("Değiştir – Konu")

    ayse.send(category="SU-02")

    assert ayse.page.path == "/bildir/sorular"
    assert "Can veya mal güvenliği için tehlike var mı?" in ayse.page.words


def test_without_a_name_where_the_topic_allows_it(office, ayse):
    reference = report(ayse, category="SU-02", answers={"q_tehlike": "hayir"}, who={**AYSE, "anonymous": "evet"})

    submission = office.city.submission(office.city.look(reference))
    assert submission.person_id is None
    assert "İletişim bilgisi vermediğiniz için" in ayse.page.words


def test_whoever_must_be_known_cannot_hide(ayse):
    begin(ayse, category="IDR-03")
    while ayse.page.path == "/bildir/sorular":
        ayse.send(button="Devam et")
    token = ayse.page.form(["name"]).values["_csrf_token"]

    page = ayse.post("/bildir/kim", {"_csrf_token": token, "anonymous": "evet"})

    assert "kimliğinizi bilmeden işlem yapamıyoruz" in page.problems["anonymous"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "12345"}, "phone"),
        ({"email": "ayse@"}, "email"),
    ],
)
def test_what_is_wrong_about_a_person_is_said_at_its_field(ayse, typed, field):
    page = fill(ayse, who={**AYSE, **typed})
    assert page.path == "/bildir/kim"

    assert page.status == 422
    assert list(page.problems) == [field]
    assert page.form(["name"]).values["email"] == {**AYSE, **typed}["email"]


def test_sending_twice_is_one_report(office, ayse):
    fill(ayse)
    form = ayse.page.form(button="Başvuruyu gönder")

    first = ayse.submit(form).path
    second = ayse.submit(form).path

    assert second == first
    assert count(office, Case) == count(office, Submission) == 1


def test_two_clicks_at_the_same_moment_are_one_report(office, ayse):
    fill(ayse)
    form = ayse.page.form(button="Başvuruyu gönder")
    hands = [office.stranger() for _ in range(4)]
    for each in hands:
        each.cookies.update(ayse.cookies)

    with ThreadPoolExecutor(len(hands)) as pool:
        pages = list(pool.map(lambda browser: browser.submit(form), hands))

    assert len({page.path for page in pages}) == 1
    assert {page.heading for page in pages} == {"Başvurunuz alındı"}
    assert count(office, Case) == 1


def test_who_never_heard_back_finds_the_receipt_again(ayse):
    reference = report(ayse)
    # The line broke before the answer, and the key in it, came through.
    del ayse.cookies["erisim"]

    page = ayse.get("/bildir/ozet")

    assert (page.path, page.heading) == (f"/alindi/{reference}", "Başvurunuz alındı")


def test_who_closes_the_report_leaves_nothing_on_the_device(ayse):
    reference = report(ayse)
    ayse.get(f"/takip/{reference}")
    ayse.send(button="Bu cihazda kapat")

    assert WORDS not in ayse.get(f"/takip/{reference}").words
    assert ayse.get("/bildir/ozet").path == "/bildir"
    assert ayse.get(f"/alindi/{reference}").path == f"/takip/{reference}"


def test_a_forgotten_tab_that_sends_again_after_a_new_report_was_begun_creates_nothing(office, ayse):
    fill(ayse)
    form = ayse.page.form(button="Başvuruyu gönder")
    first = ayse.submit(form).path
    begin(ayse, words="Başka bir konu: parktaki salıncak kırıldı.", category="PRK-04")

    assert ayse.submit(form).path == first
    assert count(office, Case) == 1


def test_after_sending_a_new_report_starts_empty(ayse):
    report(ayse)

    assert ayse.get("/bildir").form(["words"]).values["words"].strip() == ""
    assert ayse.get("/bildir/yer").path.startswith("/alindi/")


def test_a_step_without_the_ones_before_leads_to_the_first_missing_one(ayse):
    begin(ayse, category="SU-02")

    for address in ("/bildir/sorular", "/bildir/kim", "/bildir/ozet"):
        assert ayse.get(address).path == "/bildir/yer"


@pytest.mark.parametrize("address", ["/bildir/yer", "/bildir/sorular", "/bildir/kim", "/bildir/ozet"])
def test_a_form_that_is_lost_begins_again_kindly(ayse, address):
    page = ayse.get(address)

    assert page.path == "/bildir"
    assert "Formunuza baştan başlayalım" in page.words


def test_a_draft_is_forgotten_after_a_day(office, ayse):
    begin(ayse)
    with office.city.db.transaction() as tx:
        draft = tx.exec(select(Draft)).one()
        draft.changed_at = draft.changed_at.replace(year=2020)
        tx.add(draft)

    assert "Formunuza baştan başlayalım" in ayse.get("/bildir/yer").words


def test_the_receipt_is_only_for_who_sent_the_report(office, ayse):
    reference = report(ayse)

    stranger = office.stranger()
    assert stranger.get(f"/alindi/{reference}").path == f"/takip/{reference}"
    assert "k=" not in stranger.page.html
    assert stranger.get("/alindi/483109752264").path == "/takip"


def test_the_link_on_the_receipt_opens_the_report_anywhere(office, ayse):
    report(ayse)
    link = _link(ayse.page.html)

    elsewhere = office.stranger()
    page = elsewhere.get(link)

    assert "k=" not in page.url
    assert WORDS in page.words


def test_in_english_every_step_speaks_english(office, ayse):
    ayse.get("/bildir?dil=en")
    assert ayse.page.heading == "What happened?"

    fill(ayse)
    assert ayse.page.heading == "Check and send"
    ayse.send(button="Send the report")

    assert ayse.page.heading == "We have received your report"
    assert office.city.submission(office.city.look(ayse.page.path.rpartition("/")[2])).language == "en"


def _link(html):
    return html.split('id="link"', 1)[1].split(">", 1)[1].split("<", 1)[0].strip()

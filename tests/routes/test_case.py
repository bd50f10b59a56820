"""The page of a case: what a colleague sees there, and what its forms do, with JavaScript and without."""

import re

import pytest
from sqlmodel import select

from db.models import Callback, Case
from db.queries import cases
from portal.channels import email
from portal.rules import references
from portal.rules.lifecycle import Status
from portal.services import attachments, delivery
from tests import pictures
from tests.cast import City
from tests.channels.mailserver import mail_server
from tests.desk import PART, Office, tag_of
from tests.web import Browser, Page

OUTDATED = "Bu başvuru siz yazarken değişti. Yazdıklarınız duruyor; son durumu görüp yeniden kaydedin."
NO_MOVE = "Bu durumdaki bir başvuru başka bir duruma geçirilemez."


def at(office: Office, reference: str, *, by=None) -> Browser:
    """A colleague's browser, at a case; Kemal's unless told otherwise."""
    return office.browser(by or office.city.kemal, f"/masa/basvuru/{reference}")


def save(browser: Browser, **typed: str) -> Page:
    return browser.send(button="Durumu kaydet", **typed)


def ways(page: Page) -> list[str]:
    """Where the page offers to move the case."""
    return page.form(button="Durumu kaydet").choices("to")


def swapped(page: Page) -> list[str]:
    """The parts of the page that an answer puts in place."""
    return re.findall(r'<hx-partial hx-target="#([\w-]+)"', page.html)


def facts(page: Page) -> dict[str, str]:
    """What the page says under each of its labels."""
    told = re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page.html, re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for label, words in told}


def timeline(page: Page) -> list[str]:
    """The titles of what happened, newest first."""
    titles = re.findall(r'<p class="timeline__title">(.*?)(?: <span.*?)?</p>', page.html)
    return [each.strip() for each in titles]


# What a colleague sees


def test_a_clerk_sees_who_asks_for_what_where(office: Office):
    reference = office.city.report(
        street="4516. Sokak", place_note="Okulun önü", latitude=38.3686, longitude=34.0297
    ).reference

    page = at(office, reference).page

    assert page.heading == "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor."
    for each in (
        references.grouped(reference),
        "Yol çukuru, bozuk asfalt veya göçük",
        "Başvuran: Ayşe Yılmaz",
        "0532 123 45 67",
        "ayse@ornek.com.tr",
    ):
        assert each in page.words
    assert page.link("0532 123 45 67") == "tel:+905321234567"
    assert page.link("ayse@ornek.com.tr") == "mailto:ayse@ornek.com.tr"
    assert page.link("Harita uygulamasında aç") == "geo:38.3686,34.0297"


def test_a_clerk_sees_where_it_is_whose_it_is_and_by_when(office: Office):
    reference = office.city.report(
        street="4516. Sokak", place_note="Okulun önü", latitude=38.3686, longitude=34.0297
    ).reference

    told = facts(at(office, reference).page)

    assert {
        "Birim": "Fen İşleri Müdürlüğü",
        "Sorumlu": "atanmadı",
        "Geliş yolu": "İnternet",
        "Mahalle": "Tacin",
        "Sokak": "4516. Sokak",
        "Yer tarifi": "Okulun önü",
        "Konum": "38.368600, 34.029700",
    }.items() <= told.items()
    assert "iş günü" in told["Hizmet süresi"]
    assert "takvim günü" in told["Yasal süre"]


def test_a_clerk_reads_the_questions_with_their_answers(office: Office):
    reference = office.city.report(answers={"tehlike": ("evet",), "boyut": ("buyuk",)}).reference

    told = facts(at(office, reference).page)

    assert told["Can veya mal güvenliği için tehlike var mı?"] == "Evet"
    assert told["Yaklaşık boyut"] == "1 m’den büyük"


def test_a_clerk_sees_the_photos_of_a_case(office: Office):
    receipt = office.city.report()
    name = add_photo(office, receipt.reference)
    browser = at(office, receipt.reference)

    assert browser.page.pictures == [f"/foto/{name}/kucuk"]
    assert browser.get(f"/foto/{name}").headers["content-type"] == "image/webp"


def add_photo(office: Office, reference: str) -> str:
    picture = attachments.read(pictures.photo((60, 40)), "IMG.jpg")
    attachments.put(attachments.store(office.folder), picture)
    with office.city.db.transaction() as tx:
        case = cases.by_reference(tx, reference)
        assert case is not None
        attachments.add_to_case(tx, case, picture, submission=cases.submissions(tx, case)[0], now=office.city.now)
    return picture.name


def test_an_anonymous_applicant_is_called_so(office: Office):
    reference = office.city.report(is_anonymous=True, name="", email="", phone="").reference

    words = at(office, reference).page.words

    assert "Başvuran: Adını vermemiş" in words
    assert "Yanıt: Takip sayfasından" in words


def test_what_a_citizen_wrote_is_text_and_never_markup(office: Office):
    reference = office.city.report(words="<script>alert(1)</script> & çukur").reference

    page = at(office, reference).page

    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script> & çukur" in page.words


def test_an_operator_sees_a_sensitive_case_without_its_story(office: Office):
    city = office.city
    reference = city.report(category_code="SOS-06", words="Kanser hastasıyım, yemek yapamıyorum.").reference
    note = at(office, reference, by=city.nur)
    note.send(note="Kemoterapi görüyor.")

    page = at(office, reference, by=city.hasan).page

    assert page.heading == "Sıcak yemek ve aşevi"
    assert "Bu konuda sağlık veya sosyal durum bilgisi olabileceği için" in page.words
    assert "Özel nitelikli kişisel veri içerebileceği için metni göremezsiniz." in page.words
    assert "Sorulara verilen yanıtlar" not in page.words
    assert "Kanser" not in page.html
    assert "Kemoterapi" not in page.html


def test_who_may_not_see_a_sensitive_story_does_not_get_its_photos(office: Office):
    city = office.city
    reference = city.report(category_code="SOS-06").reference
    name = add_photo(office, reference)

    operator, coordinator = at(office, reference, by=city.hasan), at(office, reference, by=city.nur)

    assert operator.page.pictures == []
    assert operator.get(f"/foto/{name}").status == 404
    assert coordinator.get(f"/foto/{name}").status == 200


def test_the_case_speaks_english_to_who_wants_it(office: Office):
    browser = at(office, office.city.report().reference)

    page = browser.get(f"{browser.page.path}?dil=en")

    for each in ("Applicant", "Received", "Change the status", "History"):
        assert each in page.words


def test_the_timeline_tells_the_newest_first(office: Office):
    case = office.city.case("in_progress")

    page = at(office, case.reference).page

    assert timeline(page) == ["Birime iletildi → İşlemde", "Alındı → Birime iletildi", "Başvuru alındı"]


# What the forms do, without JavaScript


def test_a_move_is_saved_and_leads_back_to_the_case(office: Office):
    case = office.city.case("assigned")
    browser = at(office, case.reference)

    page = save(browser, to="in_progress")

    assert (page.status, page.path) == (200, f"/masa/basvuru/{case.reference}")
    assert timeline(page)[0] == "Birime iletildi → İşlemde"
    assert "Kemal Şahin" in page.words
    assert office.city.look(case.reference).status == "in_progress"


def test_closing_tells_the_applicant(office: Office):
    case = office.city.case("in_progress")

    page = save(at(office, case.reference), to="resolved", reply="Çukur asfaltla kapatıldı.")

    assert "Sonuç yanıtı → ayse@ornek.com.tr gönderilmeyi bekliyor" in page.words
    assert "Çukur asfaltla kapatıldı." in office.city.letters(case)[-1].words


def test_closing_without_a_reply_is_refused_at_the_box_with_the_rest_kept(office: Office):
    case = office.city.case("in_progress")

    page = save(at(office, case.reference), to="declined", reason="not_found_on_site")

    assert page.status == 422
    assert page.title.startswith("Hata: ")
    assert page.problems == {"durum-reply": "Vatandaşa kararı ve başvurabileceği yolları açıklayan bir yanıt yazın."}
    assert page.form(button="Durumu kaydet").values["to"] == "declined"
    assert '<option value="not_found_on_site" selected' in page.html
    assert office.city.look(case.reference).status == "in_progress"


def test_a_refused_move_keeps_the_reply_that_was_typed(office: Office):
    case = office.city.case("in_progress")

    page = save(at(office, case.reference), to="declined", reply="Yerinde bakıldı.\n\nGörülmedi.")

    assert page.problems == {"durum-reason": "Olumsuz sonuçlandırmak için listeden bir gerekçe seçin."}
    assert page.form(button="Durumu kaydet").values["reply"].split() == ["Yerinde", "bakıldı.", "Görülmedi."]
    assert office.city.letters(case)[1:] == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, {"durum-to": "Yeni durumu seçin."}),
        ({"to": "planned"}, {"durum-planned_on": "Programa almak için işin yapılacağı tarihi girin."}),
        (
            {"to": "planned", "planned_on": "31.12.2026"},
            {"durum-planned_on": "Tarihi gün, ay ve yıl olarak girin."},
        ),
        (
            {"to": "planned", "planned_on": "2020-01-01"},
            {"durum-planned_on": "Program tarihi geçmiş bir gün olamaz."},
        ),
        (
            {"to": "waiting"},
            {"durum-reply": "Vatandaştan hangi bilgiyi beklediğinizi yazın; sorunuz kendisine iletilecek."},
        ),
        ({"to": "new"}, {"durum-reason-words": "Başvurunun neden biriminizin işi olmadığını yazın."}),
        (
            {"to": "objected"},
            {"durum-to": "“Birime iletildi” durumundaki bir başvuru “İtiraz edildi” durumuna geçirilemez."},
        ),
        ({"to": "sil"}, {"durum-to": "Yeni durumu seçin."}),
    ],
)
def test_a_move_that_lacks_something_says_so_where_it_belongs(office: Office, typed, problem):
    case = office.city.case("assigned")

    page = save(at(office, case.reference), **typed)

    assert (page.status, page.problems) == (422, problem)


def test_every_problem_leads_to_a_field_that_is_there(office: Office):
    case = office.city.case("assigned")
    browser = at(office, case.reference)

    for typed in ({}, {"to": "planned"}, {"to": "waiting"}, {"to": "new"}, {"to": "new", "reason": "Park işi."}):
        page = save(browser, **typed)
        [field] = page.problems
        assert f'id="{field}"' in page.html


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("new", ["assigned", "waiting", "external", "resolved", "declined", "withdrawn"]),
        ("waiting", ["assigned", "in_progress", "resolved", "declined", "withdrawn"]),
        ("resolved", ["in_progress"]),
    ],
)
def test_only_the_moves_of_the_table_are_offered(office: Office, status: str, offered: list[str]):
    case = office.city.case(status)

    assert ways(at(office, case.reference).page) == offered


def test_a_case_can_be_given_to_a_colleague(office: Office):
    reference = office.city.report().reference
    browser = at(office, reference)

    page = browser.send(button="Ata", assignee=str(office.city.kemal.id))

    assert facts(page)["Sorumlu"] == "Kemal Şahin"
    assert office.city.look(reference).status == "assigned"


def test_a_clerk_gives_a_case_to_nobody_outside_the_department(office: Office):
    city = office.city
    reference = city.report().reference
    browser = at(office, reference)
    form = browser.page.form(button="Ata")
    assert str(city.deniz.id) not in form.choices("assignee")

    page = browser.submit(form, assignee=str(city.deniz.id))

    assert page.problems == {"atama-assignee": "Sorumlu, seçilen birimde çalışan biri olmalı."}
    assert city.look(reference).assignee_id is None


def test_a_case_given_to_another_department_leaves_its_coordinator_in_place(office: Office):
    city = office.city
    reference = city.report().reference

    page = at(office, reference, by=city.nur).send(button="Ata", department="PBK")

    assert "Birime iletildi: Park ve Bahçeler Müdürlüğü" in page.words
    assert at(office, reference, by=city.deniz).page.status == 200


def test_a_note_is_for_colleagues_only(office: Office):
    city = office.city
    receipt = city.report()

    page = at(office, receipt.reference).send(note="Ekip yarın bakacak.")

    assert "Ekip yarın bakacak." in page.words
    assert "Ekip yarın bakacak." not in citizen(office, receipt).page.html


def test_an_answer_goes_to_the_applicant_and_the_status_stays(office: Office):
    receipt = office.city.report()

    page = at(office, receipt.reference).send(button="Yanıtı gönder", reply="Ekibimiz yarın gelecek.")

    case = office.city.look(receipt.reference)
    assert "Yanıt → ayse@ornek.com.tr gönderilmeyi bekliyor" in page.words
    assert case.status == "new"
    assert "Ekibimiz yarın gelecek." in citizen(office, receipt).page.words


def citizen(office: Office, receipt) -> Browser:
    """Ayşe at her own page."""
    browser = office.stranger()
    browser.get(f"/takip/{receipt.reference}?k={receipt.key}")
    return browser


@pytest.mark.parametrize(
    ("button", "field", "typed", "problem"),
    [
        ("Notu kaydet", "note", "  ", "Notu yazın."),
        ("Yanıtı gönder", "reply", "", "Yanıtı yazın."),
        (
            "Notu kaydet",
            "note",
            "ç" * 4001,
            "Metin en fazla 4000 karakter olabilir; kısaltıp yeniden gönderin.",
        ),
        (
            "Yanıtı gönder",
            "reply",
            "ç" * 4001,
            "Metin en fazla 4000 karakter olabilir; kısaltıp yeniden gönderin.",
        ),
    ],
)
def test_words_that_are_missing_or_too_many_are_told_at_the_box(office: Office, button, field, typed, problem):
    browser = at(office, office.city.report().reference)

    page = browser.send(button=button, **{field: typed})

    assert page.status == 422
    assert list(page.problems.values()) == [problem]
    assert page.form(button=button).values[field].strip() == typed.strip()


# Two at the same case


def test_who_saves_second_keeps_the_words_and_is_told_what_happened(office: Office):
    city = office.city
    case = city.case("assigned")
    browser = at(office, case.reference)
    city.move(case.reference, "in_progress", by=city.zeynep)

    page = save(browser, to="resolved", reply="Çukur kapatıldı.")

    assert page.status == 422
    assert OUTDATED in page.words
    missed = page.words.partition("Siz yazarken olanlar")[2].partition("Yeni durum")[0]
    assert "Birime iletildi → İşlemde" in missed
    assert "Zeynep Arslan" in missed
    assert "Alındı → Birime iletildi" not in missed
    kept = page.form(button="Durumu kaydet").values
    assert (kept["to"], kept["reply"].strip()) == ("resolved", "Çukur kapatıldı.")
    assert city.look(case.reference).status == "in_progress"


def test_who_saved_second_can_send_the_same_words_again(office: Office):
    city = office.city
    case = city.case("assigned")
    browser = at(office, case.reference)
    city.move(case.reference, "in_progress", by=city.zeynep)
    save(browser, to="resolved", reply="Çukur kapatıldı.")

    page = save(browser)

    assert page.status == 200
    assert city.look(case.reference).status == "resolved"
    assert "Çukur kapatıldı." in city.letters(case)[-1].words


@pytest.mark.parametrize(
    ("button", "typed"),
    [("Ata", {"assignee": ""}), ("Notu kaydet", {"note": "Bakıldı."}), ("Yanıtı gönder", {"reply": "Geliyoruz."})],
)
def test_every_form_knows_the_version_it_saw(office: Office, button: str, typed: dict[str, str]):
    city = office.city
    case = city.case("assigned")
    browser = at(office, case.reference)
    city.move(case.reference, "in_progress", by=city.zeynep)

    first, second = browser.send(button=button, **typed), browser.send(button=button)

    assert first.status == 422
    assert OUTDATED in first.words
    assert {name: first.form(button=button).values[name].strip() for name in typed} == typed
    assert second.status == 200


def test_one_form_sent_twice_moves_the_case_once(office: Office):
    city = office.city
    case = city.case("in_progress")
    browser = at(office, case.reference)
    form = browser.page.form(button="Durumu kaydet")

    pages = [browser.submit(form, to="resolved", reply="Çukur kapatıldı.") for _ in range(2)]

    assert [page.status for page in pages] == [200, 422]
    assert [letter.kind for letter in city.letters(case)] == ["received", "closing"]


# Not our work


def test_a_case_that_is_not_ours_goes_to_the_department_that_is_named(office: Office):
    city = office.city
    case = city.case("assigned")

    page = save(at(office, case.reference), to="new", reason="Bu ağaç işi.", department="PBK")

    moved = city.look(case.reference)
    assert (moved.department_id, moved.status, moved.bounces) == (city.department("PBK"), "new", 1)
    assert page.path == "/masa/kuyruk"
    told = at(office, case.reference, by=city.deniz).page
    assert "Fen İşleri Müdürlüğü iade etti, Park ve Bahçeler Müdürlüğü birimine iletildi" in timeline(told)
    assert "Bu ağaç işi." in told.words


def test_the_second_return_leaves_the_decision_to_the_centre(office: Office):
    city = office.city
    case = city.case("assigned")
    save(at(office, case.reference), to="new", reason="Bu ağaç işi.", department="PBK")
    city.move(case.reference, "assigned")

    browser = at(office, case.reference, by=city.deniz)
    assert "kararı çözüm merkezi verir" in browser.page.words
    save(browser, to="new", reason="Ağaç değil, yol.")

    assert city.look(case.reference).department_id == city.department("BHI")


def test_a_third_return_is_not_offered(office: Office):
    city = office.city
    case = city.case("assigned")
    with city.db.transaction() as tx:
        stored = cases.by_reference(tx, case.reference)
        assert stored is not None
        cases.change(tx, stored, seen=stored.version, now=city.now, bounces=2)

    assert "new" not in ways(at(office, case.reference).page)


@pytest.mark.parametrize("part", ["", "/durum", "/atama", "/not", "/yanit", "/arama/1"])
def test_not_mine_and_not_there_and_no_number_look_the_same(office: Office, part: str):
    city = office.city
    foreign = city.report(category_code="PRK-01").reference
    unknown = references.new_reference(lambda _space: 12345)
    browser = office.browser(city.kemal)
    token = browser.page.form(action="/cikis").values["_csrf_token"]

    def answer(reference: str) -> tuple[int, str]:
        address = f"/masa/basvuru/{reference}{part}"
        page = browser.post(address, {"_csrf_token": token, "version": "1"}) if part else browser.get(address)
        return page.status, page.html.replace(f"/basvuru/{reference}", "…")

    first = answer(foreign)
    assert first[0] == 404
    assert "Okulun önündeki" not in first[1]
    assert answer(unknown) == answer(foreign[:-1] + "x") == answer("123") == first


# With htmx


def test_with_htmx_only_the_changed_parts_come_back(office: Office):
    case = office.city.case("assigned")
    browser = at(office, case.reference)

    page = browser.submit(browser.page.form(button="Durumu kaydet"), headers=PART, to="in_progress")

    assert page.status == 200
    assert swapped(page) == ["case-poll", "case-state", "case-history", "arama", "durum", "atama", "yanit", "not"]
    assert "<html" not in page.html
    assert "Durum kaydedildi." in page.html


def test_with_htmx_a_refused_form_leaves_the_others_as_they_are(office: Office):
    case = office.city.case("in_progress")
    browser = at(office, case.reference)

    page = browser.submit(browser.page.form(button="Durumu kaydet"), headers=PART, to="resolved")

    assert page.status == 422
    assert swapped(page) == ["case-poll", "case-state", "case-history", "durum"]
    assert page.problems == {"durum-reply": "Başvuruyu sonuçlandırmak için vatandaşa bir yanıt yazın."}


def test_with_htmx_a_case_that_left_the_desk_leads_to_the_queue(office: Office):
    case = office.city.case("assigned")
    browser = at(office, case.reference)
    form = browser.page.form(button="Durumu kaydet")

    page = browser.submit(form, headers=PART, to="new", reason="Bu ağaç işi.", department="PBK")

    assert (page.status, page.headers["hx-redirect"]) == (204, "/masa/kuyruk")


def test_an_unchanged_case_costs_an_empty_answer(office: Office):
    browser = at(office, office.city.report().reference)

    page = refresh(browser)

    assert (page.status, page.html) == (304, "")


def test_an_open_page_shows_what_a_colleague_did_and_says_so(office: Office):
    city = office.city
    case = city.case("assigned")
    browser = at(office, case.reference)
    city.move(case.reference, "in_progress", by=city.zeynep)

    page = refresh(browser)

    assert page.status == 200
    assert swapped(page) == ["case-state", "case-history"]
    assert "Bu sayfa açıkken başvuru değişti. Son durum aşağıdadır; yazdıklarınız duruyor." in page.html
    assert timeline(page)[0] == "Birime iletildi → İşlemde"


def refresh(browser: Browser) -> Page:
    return browser.get(browser.page.path, **PART, **{"HX-PTag": tag_of(browser.page)})


# What applicants do


def test_an_applicants_answer_puts_a_waiting_case_back_to_work(office: Office):
    city = office.city
    receipt = city.report()
    city.move(receipt.reference, "assigned")
    save(at(office, receipt.reference), to="waiting", reply="Kapı numarasını yazar mısınız?")
    assert city.look(receipt.reference).due_at is None
    theirs = citizen(office, receipt)
    assert "Kapı numarasını yazar mısınız?" in theirs.page.words

    theirs.send(words="Kapı numarası 12.")

    page = at(office, receipt.reference).page
    case = city.look(receipt.reference)
    assert case.status == "assigned"
    assert case.due_at is not None
    assert timeline(page)[0] == "Başvuran bilgi ekledi"
    assert "Kapı numarası 12." in page.words


def test_an_applicants_answer_is_seen_by_who_was_about_to_decline(office: Office):
    city = office.city
    receipt = city.report()
    for step in ("assigned", "waiting"):
        city.move(receipt.reference, step)
    browser = at(office, receipt.reference)
    citizen(office, receipt).send(words="Kapı numarası 12.")

    page = save(browser, to="declined", reason="missing_information", reply="Bilgi gelmedi.")

    missed = page.words.partition("Siz yazarken olanlar")[2].partition("Yeni durum")[0]
    assert "Kapı numarası 12." in missed
    assert city.look(receipt.reference).status == "assigned"


# Letters and calls


def test_a_letter_that_could_not_be_delivered_is_shown_with_the_call_it_owes(office: Office):
    case = undeliverable(office)

    page = at(office, case.reference).page

    assert "Sonuç yanıtı → ayse@ornek.com.tr iletilemedi" in page.words
    assert "550 5.1.1 No such user" in page.words
    assert "İleti ulaştırılamadı" in timeline(page)
    assert facts(page)["Yanıtın ulaşması"] == "henüz ulaşmadı"
    assert "Aranacak: Ayşe Yılmaz" in page.words
    assert "Gönderilen ileti ulaşmadı; yanıt telefonla bildirilecek." in page.words
    assert page.link("Ara: 0532 123 45 67") == "tel:+905321234567"


def undeliverable(office: Office) -> Case:
    """A closed case of which no letter reached Ayşe."""
    city = office.city
    case = city.case("resolved")
    with mail_server() as server:
        server.answer("RCPT", "550 5.1.1 No such user")
        sender = email.MailServer.at(f"smtp://127.0.0.1:{server.port}", sender="", host="cozum.aksaray.example")
        delivery.deliver_due(
            city.db,
            sender,
            secret=city.secret,
            base_url="https://cozum.aksaray.example",
            town=city.town,
            now=city.now,
        )
    return case


def test_a_recorded_call_settles_what_was_owed(office: Office):
    city = office.city
    case = only_by_phone(city)
    browser = at(office, case.reference)
    assert "Başvuranın e-posta adresi yok; yanıt telefonla bildirilecek." in browser.page.words

    page = browser.send(outcome="Arandı, sonuç anlatıldı.")

    assert page.status == 200
    assert "Aranacak" not in page.words
    assert timeline(page)[0] == "Başvuran arandı"
    assert "Arandı, sonuç anlatıldı." in page.words
    assert city.look(case.reference).answered_at is not None


def only_by_phone(city: City) -> Case:
    """A closed case of somebody who has no e-mail."""
    return city.case("resolved", email="")


def test_a_call_without_an_outcome_is_refused_at_its_box(office: Office):
    case = only_by_phone(office.city)

    page = at(office, case.reference).send(outcome=" ")

    assert page.status == 422
    [(field, problem)] = page.problems.items()
    assert problem == "Görüşmenin sonucunu yazın."
    assert f'id="{field}"' in page.html


def test_a_call_two_colleagues_made_is_recorded_once(office: Office):
    city = office.city
    case = only_by_phone(city)
    first, second = at(office, case.reference), at(office, case.reference, by=city.hasan)

    pages = [each.send(outcome="Arandı.") for each in (first, second)]

    assert [page.status for page in pages] == [200, 422]
    assert list(pages[1].problems.values()) == ["Bu aramayı az önce bir başkası kaydetti."]
    assert pages[1].form(["outcome"]).values["outcome"].strip() == "Arandı."


def test_the_call_of_another_case_is_not_found_here(office: Office):
    city = office.city
    only_by_phone(city)
    with city.db.reading() as tx:
        call = tx.exec(select(Callback)).one()
    browser = at(office, city.report().reference)
    token = browser.page.form(action="/cikis").values["_csrf_token"]

    page = browser.post(f"{browser.page.path}/arama/{call.id}", {"_csrf_token": token, "outcome": "Arandı."})

    assert page.status == 404


# Where nothing more can be done


@pytest.mark.parametrize(("status", "label"), [("withdrawn", "Vazgeçildi"), ("merged", "Birleştirildi")])
def test_a_case_without_a_way_on_offers_none(office: Office, status: str, label: str):
    case = ended(office.city, status)

    page = at(office, case.reference).page

    assert label in page.words
    assert NO_MOVE in page.words
    assert "Sonuçlanmış bir başvuru atanmaz." in page.words
    with pytest.raises(AssertionError, match="No such form"):
        page.form(button="Durumu kaydet")


def test_a_withdrawn_case_still_takes_a_note(office: Office):
    case = ended(office.city, "withdrawn")

    page = at(office, case.reference).send(note="Vatandaş telefonla vazgeçti.")

    assert page.status == 200
    assert timeline(page)[0] == "İç not"


def ended(city: City, status: str) -> Case:
    """A case that was withdrawn, or put together with another."""
    if status == "withdrawn":
        return city.case("withdrawn")
    case = city.case("assigned")
    with city.db.transaction() as tx:
        stored = cases.by_reference(tx, case.reference)
        assert stored is not None
        cases.change(tx, stored, seen=stored.version, now=city.now, status=Status.MERGED, is_open=False, due_at=None)
    return case


def test_a_closed_case_is_opened_again_with_a_reason_only(office: Office):
    city = office.city
    case = city.case("resolved")
    browser = at(office, case.reference)

    refused = save(browser, to="in_progress")
    page = save(browser, to="in_progress", reason="Çukur yeniden açıldı.")

    assert refused.problems == {"durum-reason-words": "Sonuçlanmış bir başvuruyu yeniden açmak için nedenini yazın."}
    assert page.status == 200
    assert city.look(case.reference).is_open

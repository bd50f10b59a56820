"""Acts under a law through the desk's own pages: seen before they are done, refused with everything kept."""

from datetime import timedelta

import pytest

from tests.desk import Office
from tests.web import Browser

PDF = b"%PDF-1.7\n%%EOF\n"
REASON = "Fen İşleri Müdürlüğünün kayıtları bekleniyor."


def at(office: Office, reference: str, act: str = "") -> Browser:
    """Nur's browser before an application's acts."""
    browser = office.browser(office.city.nur)
    browser.get(f"/masa/basvuru/{reference}/islem" + (f"/{act}" if act else ""))
    return browser


def test_an_application_leads_to_what_may_be_done_and_says_what_not_yet(office: Office):
    ref = office.city.application().reference
    browser = office.browser(office.city.nur, f"/masa/basvuru/{ref}")

    page = browser.click("Yasal işlemleri açın")

    assert page.heading == "Yasal işlemler"
    assert page.link("Süreyi uzat").endswith("/islem/uzatma")
    assert "Ödemeyi kaydet Şimdi yapılamaz: Bu başvuruda beklenen bir ödeme yok." in page.words
    assert "İşlemin safahatını bildir" not in page.words


def test_a_letter_is_seen_before_it_is_sent(office: Office):
    ref = office.city.application().reference
    browser = at(office, ref, "uzatma")

    preview = browser.send(reason="other_unit", words=REASON, button="Yazıyı önizle")

    assert preview.heading == "Önizleme: Süreyi uzat"
    assert REASON in preview.words
    assert "15 iş günü" in preview.words
    assert office.city.events(office.city.look(ref))[-1].kind != "extended"

    browser.send(button="İmzala ve gönder", words=REASON)

    assert browser.page.path == f"/masa/basvuru/{ref}"
    assert office.city.events(office.city.look(ref))[-1].kind == "extended"


def test_a_draft_opens_as_pdf_and_changes_nothing(office: Office):
    ref = office.city.application().reference
    browser = at(office, ref, "uzatma")
    browser.send(reason="other_unit", words=REASON)
    form = browser.page.form(["words"])

    filled = dict(form.filled({}, "")[0])
    draft = browser.post(f"/masa/basvuru/{ref}/islem/uzatma/taslak.pdf", filled)

    assert (draft.status, draft.headers["content-type"]) == (200, "application/pdf")
    assert draft.content.startswith(b"%PDF")
    assert office.city.look(ref).version == int(filled["version"])


def test_the_text_can_be_changed_after_it_was_seen(office: Office):
    ref = office.city.application().reference
    browser = at(office, ref, "karar")
    browser.send(outcome="partly", grounds=["21", "23"], words="Tutarlar ektedir.")

    again = browser.send(button="Metni değiştir", words="Tutarlar ektedir.")

    form = again.form(["outcome"])
    assert form.values["outcome"] == "partly"
    assert form.values["words"].strip() == "Tutarlar ektedir."
    assert "checked" in again.html


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(office: Office):
    ref = office.city.application().reference
    browser = at(office, ref, "karar")

    page = browser.send(outcome="refused", words="Soruşturma sürüyor.")

    assert page.status == 422
    assert page.problems == {"grounds": "Kararın dayandığı maddeyi seçin; ret gerekçesi maddesiz olamaz."}
    assert page.form(["outcome"]).values["outcome"] == "refused"
    assert "Soruşturma sürüyor." in page.words


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"pages": "kırk", "fee": "12,50"}, "pages"),
        ({"pages": "40", "fee": "on lira"}, "fee"),
        ({"pages": "40", "fee": "-3"}, "fee"),
        ({"pages": "40", "fee": ""}, "fee"),
        ({"pages": "", "fee": "12,50"}, "pages"),
        ({"pages": "9999999", "fee": "12,50"}, "pages"),
    ],
)
def test_a_fee_nobody_can_read_is_refused_at_its_field(office: Office, typed, field):
    browser = at(office, office.city.application().reference, "ucret")

    page = browser.send(**typed, words="Belediye veznesine yatırın.")

    assert page.status == 422
    assert list(page.problems) == [field]
    assert page.form(["fee"]).values["fee"] == typed["fee"]


@pytest.mark.parametrize(("typed", "said"), [("12,50", "12,50"), ("1.250,5", "1.250,50"), ("80", "80,00")])
def test_money_is_read_as_people_write_it(office: Office, typed, said):
    browser = at(office, office.city.application().reference, "ucret")

    page = browser.send(pages="40", fee=typed, words="Belediye veznesine yatırın.")

    assert page.status == 200
    assert said in page.words


def test_whoever_comes_second_is_told_and_may_send_again(office: Office):
    ref = office.city.application().reference
    first, second = at(office, ref, "gelis"), at(office, ref, "uzatma")
    yesterday = (office.city.now - timedelta(days=1)).date().isoformat()
    first.send(received_on=yesterday, words="Posta ile geldi.")

    page = second.send(reason="other_unit", words=REASON)
    page = second.send(button="İmzala ve gönder", words=REASON)

    assert page.status == 422
    assert "siz yazarken değişti" in page.words
    second.send(button="Yazıyı önizle", reason="other_unit", words=REASON)
    second.send(button="İmzala ve gönder", words=REASON)
    assert second.page.path == f"/masa/basvuru/{ref}"


def test_the_acts_of_an_ordinary_report_are_nowhere(office: Office):
    ref = office.city.report().reference

    assert at(office, ref).page.status == 404
    assert at(office, ref, "uzatma").page.status == 404


def test_an_act_of_another_law_is_nowhere(office: Office):
    assert at(office, office.city.application("petition").reference, "uzatma").page.status == 404
    assert at(office, office.city.application().reference, "baska").page.status == 404


def test_the_acts_speak_english(office: Office):
    ref = office.city.application().reference
    browser = at(office, ref)

    page = browser.get(f"/masa/basvuru/{ref}/islem?dil=en")

    assert page.heading == "Legal acts"
    assert "Extend the time" in page.words


def test_documents_lie_ready_and_are_the_applicants_with_the_decision(office: Office):
    receipt = office.city.application()
    ref = receipt.reference
    browser = at(office, ref)
    citizen = office.stranger()
    citizen.get(f"/takip/{ref}?k={receipt.key}")

    page = browser.send(button="Belgeyi ekle", file_answer=("dokum.pdf", PDF, "application/pdf"))

    assert "dokum.pdf" in page.words
    assert "dokum.pdf" not in citizen.get(f"/takip/{ref}").words
    address = page.link("dokum.pdf").replace("/masa/basvuru/", "/takip/")
    assert citizen.get(address).status == 404

    browser.get(f"/masa/basvuru/{ref}/islem/karar")
    preview = browser.send(outcome="given", words="Döküm ektedir.")
    assert "dokum.pdf" in preview.words
    browser.send(button="İmzala ve gönder", words="Döküm ektedir.")

    assert "dokum.pdf" in citizen.get(f"/takip/{ref}").words
    assert citizen.get(address).content == PDF


def test_a_document_can_be_taken_back_before_the_decision(office: Office):
    browser = at(office, office.city.application().reference)
    browser.send(button="Belgeyi ekle", file_answer=("dokum.pdf", PDF, "application/pdf"))

    page = browser.send(button="Kaldır")

    assert "dokum.pdf" not in page.words
    assert list((office.folder / "enclosures").rglob("*.*")) == []


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (("virus.pdf", b"MZ not a document", "application/pdf"), "eklenmedi"),
        (("bos.pdf", b"", "application/pdf"), "boş"),
    ],
)
def test_what_is_no_document_is_refused_at_its_field(office: Office, file, told):
    browser = at(office, office.city.application().reference)

    page = browser.send(button="Belgeyi ekle", file_answer=file)

    assert page.status == 422
    assert told in page.problems["file_answer"]


def test_nothing_is_added_to_a_case_that_is_closed(office: Office):
    ref = office.city.application().reference
    browser = at(office, ref, "karar")
    browser.send(outcome="given", words="Bilgi aşağıdadır.")
    browser.send(button="İmzala ve gönder", words="Bilgi aşağıdadır.")

    page = browser.get(f"/masa/basvuru/{ref}/islem")

    assert "Yanıtla verilecek belgeler" not in page.words
    assert "Sonuç Bilgi veya belgenin tamamı verildi" in page.words

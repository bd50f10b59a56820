"""Who sees what of a written application at the desk, and who may fetch what was enclosed."""

import pytest
from sqlmodel import select

from db.models import Enclosure
from tests.pictures import photo, upload
from tests.routes.test_apply import SIGNED, fill
from tests.services.test_applications import PDF

PICTURE = photo()


@pytest.fixture
def ayse(office):
    return office.stranger()


def apply(office, ayse, address="/dilekce", **typed) -> tuple[str, list[Enclosure]]:
    """Applies with a signed file, and answers with the reference and what was enclosed."""
    page = fill(ayse, address, **{"signature": "scan", "file_signature": SIGNED, **typed})
    assert page.path.startswith("/alindi/"), page.words
    with office.city.db.reading() as tx:
        return page.path.rpartition("/")[2], list(tx.exec(select(Enclosure).order_by(Enclosure.id)))


def test_the_desk_sees_who_applied_how_it_was_signed_and_what_is_enclosed(office, ayse):
    reference, [file] = apply(office, ayse, "/bilgi-edinme")

    page = office.browser(office.city.nur, f"/masa/basvuru/{reference}").page

    for said in ("Bilgi edinme başvurusu", "/1", "Gerçek kişi", "100******46", "4516. Sok.", "İmzalı taranmış form"):
        assert said in page.words
    assert "E-posta ile gönderilmesi" in page.words
    assert "10000000146" not in page.html
    assert page.link("imzali.pdf") == f"/masa/basvuru/{reference}/ek/{file.name}"


def test_an_ordinary_report_has_no_such_card(office):
    reference = office.city.report().reference

    page = office.browser(office.city.kemal, f"/masa/basvuru/{reference}").page

    assert "İmza yolu" not in page.words


def test_who_may_not_see_special_data_sees_none_of_it(office, ayse):
    reference, [file] = apply(office, ayse, "/kisisel-veri")

    hasan = office.browser(office.city.hasan, f"/masa/basvuru/{reference}")

    assert hasan.page.status == 200
    for hidden in ("100******46", "4516. Sok.", "imzali.pdf", "İmza yolu", "Kullanılan haklar"):
        assert hidden not in hasan.page.words
    assert hasan.get(f"/masa/basvuru/{reference}/ek/{file.name}").status == 404


def test_a_file_is_given_exactly_as_it_came_and_never_opened_as_a_page(office, ayse):
    reference, [file] = apply(office, ayse, file_signature=upload(PDF, '../İmzalı "form".exe', "application/pdf"))

    page = office.browser(office.city.nur).get(f"/masa/basvuru/{reference}/ek/{file.name}")

    assert page.content == PDF
    assert page.headers["content-type"] == "application/pdf"
    assert page.headers["content-disposition"] == "attachment; filename*=UTF-8''%C4%B0mzal%C4%B1%20form.exe.pdf"
    assert (page.headers["x-content-type-options"], page.headers["cache-control"]) == ("nosniff", "no-store")


def test_a_picture_too_is_only_ever_saved(office, ayse):
    reference, [file] = apply(office, ayse, file_signature=upload(PICTURE, "imza.jpg"))

    page = office.browser(office.city.nur).get(f"/masa/basvuru/{reference}/ek/{file.name}")

    assert page.content == PICTURE
    assert page.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in page.headers["content-security-policy"]


def test_the_applicant_fetches_their_own_files_and_nobody_elses(office, ayse):
    reference, [file] = apply(office, ayse)
    other = office.stranger()
    other_reference, both = apply(office, other)

    ayse.get(f"/takip/{reference}")
    assert ayse.get(ayse.page.link("imzali.pdf")).content == PDF
    assert other.get(f"/takip/{reference}/ek/{file.name}").status == 404
    assert other.get(f"/takip/{other_reference}/ek/{file.name}").status == 404
    assert office.stranger().get(f"/takip/{reference}/ek/{file.name}").status == 404
    assert ayse.get(f"/takip/{reference}/ek/{both[1].name}").status == 404
    assert ayse.get(f"/takip/{reference}/ek/yok").status == 404


def test_a_clerk_of_another_department_gets_neither_card_nor_file(office, ayse):
    reference, [file] = apply(office, ayse)
    deniz = office.browser(office.city.deniz)

    assert deniz.get(f"/masa/basvuru/{reference}").status == 404
    assert deniz.get(f"/masa/basvuru/{reference}/ek/{file.name}").status == 404
    assert deniz.get("/masa/basvuru/123/ek/x").status == 404


def test_closing_a_case_on_a_shared_computer_takes_the_form_along(office, ayse):
    reference, _files = apply(office, ayse)
    ayse.get(f"/takip/{reference}")

    ayse.send(form="/kapat", button="Bu cihazda kapat")

    assert not [name for name in ayse.cookies if name.startswith("basvuru-")]


def test_the_operator_notes_that_the_applicant_came_and_signed(office, ayse):
    reference, _files = apply(office, ayse, signature="counter", file_signature=[])
    hasan = office.browser(office.city.hasan, f"/masa/basvuru/{reference}")
    assert "İmza bekleniyor" in hasan.page.words
    assert "Sorumuzu yanıtlayın" not in ayse.get(f"/takip/{reference}").words

    hasan.send(form="/imza", button="Kimliğini gördüm, imzaladı")

    assert hasan.page.status == 200
    assert "Başvuru imzalandı" in hasan.page.words
    assert "İmza bekleniyor" not in hasan.page.words
    assert office.city.look(reference).status == "assigned"
    ayse.get(f"/takip/{reference}")
    assert "Başvuru imzalandı" in ayse.page.words


def test_whoever_notes_the_signature_second_is_told(office, ayse):
    reference, _files = apply(office, ayse, signature="counter", file_signature=[])
    hasan = office.browser(office.city.hasan, f"/masa/basvuru/{reference}")
    nur = office.browser(office.city.nur, f"/masa/basvuru/{reference}")
    nur.send(form="/imza", button="Kimliğini gördüm, imzaladı")

    page = hasan.send(form="/imza", button="Kimliğini gördüm, imzaladı")

    assert page.status == 422
    assert "Bu başvuruda bekleyen bir imza yok." in page.words


def test_the_whole_number_is_shown_to_who_says_why_and_that_is_kept(office, ayse):
    reference, _files = apply(office, ayse, "/bilgi-edinme")
    nur = office.browser(office.city.nur, f"/masa/basvuru/{reference}")

    page = nur.send(form="/kimlik", reason="")
    assert page.status == 422
    assert page.problems == {"kimlik-reason": "Numarayı neden görmeniz gerektiğini yazın."}
    assert "10000000146" not in page.html

    page = nur.send(form="/kimlik", reason="Tapu kaydıyla karşılaştırılacak")
    assert "Kimlik numarası: 10000000146." in page.words
    assert "10000000146" not in nur.get(f"/masa/basvuru/{reference}").html
    for said in ("Kimlik numarasının tamamına bakıldı", "Tapu kaydıyla karşılaştırılacak", "Nur Aydın"):
        assert said in nur.page.words
    ayse.get(f"/takip/{reference}")
    assert "Tapu kaydıyla" not in ayse.page.words


def test_the_number_of_special_data_is_not_shown_to_the_operator(office, ayse):
    reference, _files = apply(office, ayse, "/kisisel-veri")
    hasan = office.browser(office.city.hasan, f"/masa/basvuru/{reference}")
    token = hasan.page.form(action="/not").values["_csrf_token"]

    page = hasan.post(f"/masa/basvuru/{reference}/kimlik", {"_csrf_token": token, "reason": "merak ettim"})

    assert page.status == 404
    assert "10000000146" not in page.html
    assert "id_viewed" not in [each.kind for each in office.city.events(office.city.look(reference))]

"""The report on the departments' months: every figure is what its list holds, and nobody sees more than theirs."""

import re
from datetime import timedelta

import pytest

from db.queries import cases
from portal.services import casework
from portal.views import _sheet
from tests.desk import Office, count_in, listed

ADDRESS = "/masa/rapor/birimler"


@pytest.fixture
def busy(office: Office) -> Office:
    """Roads closed one in time, one late and one not at all; parks declined one late; two were last month's."""
    city = office.city
    answered = city.case("resolved")
    with city.db.transaction() as tx:
        cases.mark_answered(tx, cases.get(tx, answered.id), now=city.now)
    city.case("resolved", now=city.now - timedelta(days=40))
    city.case("in_progress")
    city.case("declined", category_code="PRK-02", now=city.now - timedelta(days=1))
    city.case("withdrawn", now=city.now - timedelta(days=40))
    return office


def figures(html: str) -> list[tuple[str, str]]:
    """The number and the address of every figure that opens something."""
    found = re.findall(r'<a href="(/masa/kuyruk\?[^"]+)">([\d.]+)<span', html)
    return [(number, address.replace("&amp;", "&")) for address, number in found]


def test_every_figure_opens_the_records_it_counts(busy: Office):
    nur = busy.browser(busy.city.nur, ADDRESS)

    found = figures(nur.page.html)
    assert len(found) > 20
    for number, address in found:
        page = nur.get(address)
        assert (str(len(listed(page))), page.status) == (number, 200), address


def test_the_months_of_one_department(busy: Office):
    nur = busy.browser(busy.city.nur, ADDRESS)
    page = nur.get(f"{ADDRESS}?birim=FEN")

    lines = re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', page.html, re.DOTALL)
    numbers = {name: re.findall(r'data-label="(.+?)">(?:<a[^>]*>)?([\d.–%,]+)', rest) for name, rest in lines}
    assert list(numbers) == ["Ekim", "Kasım", "Toplam"]
    assert dict(numbers["Ekim"]) | {"Alınan": "2", "Geç": "2", "Vazgeçilen": "1"} == dict(numbers["Ekim"])
    assert dict(numbers["Kasım"]) | {"Süresinde": "1", "Yanıtı ulaşan": "1", "Açık": "1"} == dict(numbers["Kasım"])
    assert dict(numbers["Toplam"]) | {"Alınan": "4", "Çözülen": "2", "Çözüm oranı": "%50,0"} == dict(numbers["Toplam"])
    for number, address in figures(page.html):
        assert str(len(listed(nur.get(address)))) == number, address


def test_a_manager_sees_the_own_department_only(busy: Office):
    zeynep = busy.browser(busy.city.zeynep, ADDRESS)

    assert "Park" not in zeynep.page.words
    assert zeynep.get(f"{ADDRESS}?birim=PBK").words == zeynep.get(ADDRESS).words
    assert "Park" not in zeynep.get(f"{ADDRESS}.csv?birim=PBK").html


def test_the_menu_leads_there_only_who_may_read_it(busy: Office):
    nur = busy.browser(busy.city.nur)
    nur.click("Birim raporu")

    assert nur.page.path == ADDRESS
    assert "Birim raporu" not in busy.browser(busy.city.kemal).page.words


def test_a_year_without_requests_says_so(busy: Office):
    nur = busy.browser(busy.city.nur, ADDRESS)

    assert "Bu yıl başvuru alınmamış" in nur.get(f"{ADDRESS}?yil=2019").words
    assert "2026" in nur.get(f"{ADDRESS}?yil=9999").words


def test_the_file_has_a_line_for_every_department_and_month(busy: Office):
    nur = busy.browser(busy.city.nur, ADDRESS)
    page = nur.get(f"{ADDRESS}.csv?yil=2026")

    assert page.headers["content-disposition"] == 'attachment; filename="birim-raporu-2026.csv"'
    assert page.headers["x-content-type-options"] == "nosniff"
    head, *lines = [line.split(";") for line in page.html.lstrip("\ufeff").splitlines()]
    assert head[:5] == ["Birim", "Yıl", "Ay", "Alınan", "Açık"]
    assert [(line[0], line[2], line[3], line[-1]) for line in lines] == [
        ("Fen İşleri Müdürlüğü", "10", "2", "50,0"),
        ("Fen İşleri Müdürlüğü", "11", "2", "50,0"),
        ("Park ve Bahçeler Müdürlüğü", "11", "1", "0,0"),
    ]


@pytest.mark.parametrize("formula", ["=1+1", "+90", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_no_cell_is_a_formula(formula: str):
    assert _sheet.cell(formula) == f"'{formula}"


def test_numbers_and_names_stay_what_they_are():
    assert _sheet.written([("Fen İşleri", -2, 7)]).decode("utf-8-sig") == "Fen İşleri;-2;7\r\n"


def test_a_closed_department_keeps_its_records(busy: Office):
    """Its figures would else open everybody's requests."""
    city = busy.city
    nur = busy.browser(city.nur, ADDRESS)
    page = nur.get("/masa/kuyruk?birim=PBK&durum=tumu")
    assert count_in(page, "Tümü") == 1

    with city.db.transaction() as tx:
        tx.connection().exec_driver_sql("UPDATE department SET is_active = false WHERE code = 'PBK'")
    busy.client.app.state.book.forget()

    assert count_in(nur.get("/masa/kuyruk?birim=PBK&durum=tumu"), "Tümü") == 1


def test_the_queue_says_what_it_is_narrowed_to(busy: Office):
    nur = busy.browser(busy.city.nur, "/masa/kuyruk?durum=tumu&sonuclanma=gec")

    assert "Geç sonuçlananlar" in nur.page.words
    assert len(listed(nur.page)) == 3


def test_a_move_shows_in_the_report_at_once(busy: Office):
    city = busy.city
    case = city.case("assigned")
    nur = busy.browser(city.nur, f"{ADDRESS}?birim=PBK")
    before = figures(nur.page.html)[0]
    with city.db.transaction() as tx:
        to = city.department("PBK")
        row = cases.get(tx, case.id)
        casework.assign(
            tx, row, department_id=to, assignee_id=None, seen=row.version, by=city.nur, town=city.town, now=city.now
        )

    after = figures(nur.get(f"{ADDRESS}?birim=PBK").html)[0]

    assert (before[0], after[0]) == ("1", "2")

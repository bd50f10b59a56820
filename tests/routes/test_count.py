"""Every date leads to its count, at the desk and for whoever has the number."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from db.models import CalendarEdition, Case, Clock, ClockEntry
from db.queries import clocks as stored
from portal.rules import ledger
from portal.rules.deadlines import ISTANBUL
from portal.services import calendars, clocks
from tests.desk import Office


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


def start(office: Office, case: Case, legal_type: str = "service", **promise) -> Clock:
    """Another clock on a case, begun on 20 October 2026."""
    city, at = office.city, local("2026-10-20T10:00")
    with city.db.transaction() as tx:
        tx.get_one(Case, case.id).legal_type = legal_type
        return clocks.start(tx, case, at=at, town=city.town, now=at, **promise)


def write(office: Office, clock: Clock, act: str, at: str, **facts) -> None:
    city = office.city
    with city.db.transaction() as tx:
        found = tx.get_one(Clock, clock.id)
        clocks.write(tx, found, act, calendar=city.town.calendar, now=local(at), **facts)


def of(office: Office, case: Case) -> list[Clock]:
    with office.city.db.reading() as tx:
        return list(stored.of_case(tx, case.id))


def test_a_date_on_the_page_of_a_case_leads_to_its_count(office: Office):
    city = office.city
    case = city.case("in_progress")
    browser = office.browser(city.kemal, f"/masa/basvuru/{case.reference}")

    for clock in of(office, case):
        assert f'href="/masa/basvuru/{case.reference}/sure#saat-{clock.id}"' in browser.page.html
    page = browser.get(f"/masa/basvuru/{case.reference}/sure")

    assert page.heading == "Süre nasıl sayıldı?"
    assert all(f'id="saat-{clock.id}"' in page.html for clock in of(office, case))
    assert "3071 sayılı Dilekçe Hakkının Kullanılmasına Dair Kanun" in page.words
    assert "Başvuru günü sayılmaz" in page.words
    assert "30. gün" in page.words


def test_the_citizen_sees_the_same_count_with_the_number_alone(office: Office):
    case = office.city.case("in_progress")
    browser = office.stranger()
    browser.get(f"/takip/{case.reference}")

    for clock in of(office, case):
        assert f'href="/takip/{case.reference}/sure#saat-{clock.id}"' in browser.page.html
    page = browser.get(f"/takip/{case.reference}/sure")

    assert page.status == 200
    assert "30. gün" in page.words
    # The whole name of the street: four figures alone may stand in the number of the report.
    for private in ("Ayşe", "Kemal", "Nur", "çukur", "4516. Sokak"):
        assert private not in page.words


def test_a_number_typed_with_spaces_leads_to_the_count_and_an_unknown_one_to_none(office: Office):
    reference = office.city.report().reference
    browser = office.stranger()

    page = browser.get(f"/takip/{reference[:4]}-{reference[4:8]}-{reference[8:]}/sure")

    assert page.path == f"/takip/{reference}/sure"
    assert browser.get("/takip/483109752264/sure").status == 404
    assert browser.get("/takip/bozuk/sure").status == 404


def test_a_foreign_case_looks_like_one_that_is_not_there(office: Office):
    reference = office.city.report().reference

    assert office.browser(office.city.deniz).get(f"/masa/basvuru/{reference}/sure").status == 404
    assert office.browser(office.city.kemal).get("/masa/basvuru/483109752264/sure").status == 404


def test_an_extended_request_for_information_shows_why_and_when_silence_is_a_refusal(office: Office):
    case = office.city.case("in_progress")
    promise = {"law": "4982", "basis": "4982 m.11", "value": 15, "unit": "working_days"}
    clock = start(office, case, "information", kind="legal", **promise)
    told = {"value": 15, "basis": "4982 m.11", "told_on": date(2026, 11, 5), "words": "Başka birim görüş verecek."}
    write(office, clock, "extended", "2026-11-05T10:00", **told)

    desk = office.browser(office.city.kemal).get(f"/masa/basvuru/{case.reference}/sure").words
    citizen = office.stranger().get(f"/takip/{case.reference}/sure").words

    for words in (desk, citizen):
        assert "Yasal süre: 30 iş günü · 4982 m.11" in words
        assert "4982 sayılı Bilgi Edinme Hakkı Kanunu" in words
        assert "Süre uzatıldı: 15 iş günü eklendi (4982 m.11). Bildirildiği gün: 5 Kasım 2026" in words
        assert "Cumhuriyet Bayramı (saat 13.00'ten): yarım gün, sayıldı" in words
        assert "Ret sayılma tarihi 2 Aralık 2026 Çarşamba" in words
    assert "Başka birim görüş verecek." in desk
    assert "Başka birim görüş verecek." not in citizen


def test_a_petition_counts_as_refused_thirty_days_after_it_came_in(office: Office):
    case = office.city.case("in_progress")
    start(office, case, "petition", kind="legal", law="3071", basis="3071 m.7", value=30, unit="calendar_days")

    desk = office.browser(office.city.kemal).get(f"/masa/basvuru/{case.reference}/sure").words

    # The thirtieth day is Thursday 19 November.
    assert "Ret sayılma tarihi 19 Kasım 2026 Perşembe" in desk
    assert "Hukuk birimine danışın" in desk
    assert "Hukuk birimine danışın" not in office.stranger().get(f"/takip/{case.reference}/sure").words


def test_a_service_request_is_never_called_refused(office: Office):
    case = office.city.case("in_progress")

    assert "reddedilmiş" not in office.stranger().get(f"/takip/{case.reference}/sure").words


def test_a_date_is_shown_as_it_was_counted_and_not_as_it_would_be_counted_now(office: Office):
    """The town's calendar has changed since; this clock was not counted anew yet."""
    city = office.city
    case = city.case("in_progress")
    with city.db.transaction() as tx:
        edition = calendars.ensure(tx, now=city.now)
        closed = CalendarEdition(
            made_at=city.now,
            half_day_counts=True,
            week=edition.week,
            days=[*edition.days, ["2026-10-21", "full", "İdari izin"]],
        )
        tx.add(closed)
    clock = start(office, case, kind="service", value=2, unit="working_days")

    page = office.stranger().get(f"/takip/{case.reference}/sure")

    assert clock.due_at == local("2026-10-22T23:59:59")
    assert "22 Ekim 2026 Perşembe" in page.words
    assert "İdari izin" not in page.words


def test_records_taken_over_from_elsewhere_are_shown_without_a_count(office: Office):
    city = office.city
    case = city.case("resolved")
    clock = start(
        office,
        case,
        kind="service",
        value=0,
        unit=ledger.FIXED,
        basis="source",
        fixed_at=local("2026-10-30T12:00"),
    )
    with city.db.transaction() as tx:
        # A clock of which only the date is known.
        for entry in tx.exec(select(ClockEntry).where(col(ClockEntry.clock_id) == of(office, case)[0].id)):
            tx.delete(entry)

    for page in (
        office.stranger().get(f"/takip/{case.reference}/sure"),
        office.browser(city.kemal).get(f"/masa/basvuru/{case.reference}/sure"),
    ):
        assert page.status == 200
        assert "Eski sistemde yazılı tarih" in page.words
        assert "30 Ekim 2026 Cuma, 12.00" in page.words
        assert "Bu tarih burada sayılmadı; belirlendiği gibi yazıldı." in page.words
    assert office.browser(city.kemal).get(f"/masa/basvuru/{case.reference}").status == 200
    assert clock.unit == ledger.FIXED


@pytest.mark.parametrize("address", ["/takip/{}/sure", "/takip/{}", "/masa/basvuru/{}/sure"])
def test_the_count_is_there_in_english(office: Office, address: str):
    case = office.city.case("in_progress")

    page = office.browser(office.city.kemal).get(f"{address.format(case.reference)}?dil=en")

    assert "30 calendar days" in page.words


def test_an_answered_case_still_leads_to_its_count(office: Office):
    case = office.city.case("resolved")

    page = office.stranger().get(f"/takip/{case.reference}")

    assert f'href="/takip/{case.reference}/sure"' in page.html
    assert "Süre sona erdi" in office.stranger().get(f"/takip/{case.reference}/sure").words


def test_an_address_that_was_typed_in_any_script_leads_to_the_search(office):
    page = office.stranger().get("/takip/\U0001f9ed-yok/sure")

    assert (page.status, page.path) == (404, "/takip/%F0%9F%A7%AD-yok")

"""The lists of what is in danger, above the queue: exact counts, and links to what they count."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.models import Case, Duty
from db.queries import cases, sums
from portal.services import escalation, inbox
from tests.desk import PART, Office, listed, tag_of
from tests.web import Page

SOON, UNTOUCHED = "5 iş günü içinde dolacaklar", "10 gündür dokunulmayanlar"
ESCALATED = "Müdüre yükseltilenler"


def numbers(page: Page) -> dict[str, int]:
    """Each list with its count."""
    found = re.findall(r'<strong class="alarms__count">([\d.]+)</strong> ([^<]+)</a>', page.html)
    return {label: int(number.replace(".", "")) for number, label in found}


def set_(office: Office, reference: str, **values) -> None:
    with office.city.db.transaction() as tx:
        case = cases.by_reference(tx, reference)
        tx.execute(update(Case).where(col(Case.id) == case.id).values(**values))
        sums.touch(tx, {case.department_id})


def due(office: Office, reference: str, **by: float) -> None:
    at = office.city.now + timedelta(**by)
    set_(office, reference, due_at=at, due_order=at)


@pytest.fixture
def town(office: Office) -> dict[str, str]:
    """One road case of each danger, and one of none; the late one lies before the manager."""
    city = office.city
    names = ("late", "soon", "untouched", "fine")
    found = {name: city.report(words=f"Çukur: {name}").reference for name in names}
    due(office, found["late"], days=-30)
    due(office, found["soon"], hours=20)
    due(office, found["untouched"], days=60)
    due(office, found["fine"], days=60)
    set_(office, found["untouched"], changed_at=city.now - timedelta(days=11))
    escalation.escalate(city.db, town=city.town, now=city.now)
    return found


def test_each_list_is_counted_and_leads_to_what_it_counts(office: Office, town):
    browser = office.browser(office.city.zeynep)

    assert numbers(browser.page) == {"Gecikenler": 1, SOON: 1, UNTOUCHED: 1, ESCALATED: 1}
    wanted = {"Gecikenler": "late", SOON: "soon", UNTOUCHED: "untouched", ESCALATED: "late"}
    for label, name in wanted.items():
        browser.get("/masa/kuyruk")
        link = rf'href="([^"]+)"[^>]*><strong class="alarms__count">1</strong> {label}<'
        page = browser.get(re.search(link, browser.page.html)[1].replace("&amp;", "&"))
        assert listed(page) == [town[name]], label
        assert f'aria-current="page"><strong class="alarms__count">1</strong> {label}<' in page.html


def test_what_was_escalated_is_for_managers_and_the_centre(office: Office, town):
    city = office.city

    shown = {clerk.role: ESCALATED in numbers(office.browser(clerk).page) for clerk in city.staff[:-1]}

    assert shown == {"operator": False, "coordinator": True, "clerk": False, "manager": True, "administrator": True}


def test_a_colleague_counts_only_what_is_theirs(office: Office, town):
    assert set(numbers(office.browser(office.city.deniz).page).values()) == {0}


def test_a_list_may_be_narrowed_further(office: Office, town):
    browser = office.browser(office.city.nur)

    assert listed(browser.get("/masa/kuyruk?gecikme=yaklasan&konu=YOL-01")) == [town["soon"]]
    assert listed(browser.get("/masa/kuyruk?gecikme=yaklasan&konu=PRK-01")) == []
    assert listed(browser.get("/masa/kuyruk?gecikme=dokunulmayan&ara=untouched")) == [town["untouched"]]


def test_the_numbers_are_of_everything_whatever_the_list_is_narrowed_to(office: Office, town):
    page = office.browser(office.city.nur).get("/masa/kuyruk?konu=PRK-01")

    assert numbers(page) == {"Gecikenler": 1, SOON: 1, UNTOUCHED: 1, ESCALATED: 1}


def test_the_longest_untouched_is_found_first_page_after_page(office: Office):
    city = office.city
    found = [city.report(words=f"Yolda {n}. çukur açıldı.").reference for n in range(55)]
    for days, reference in enumerate(found, start=20):
        set_(office, reference, changed_at=city.now - timedelta(days=days))
    browser = office.browser(city.kemal)

    first = listed(browser.get("/masa/kuyruk?gecikme=dokunulmayan&sira=islem"))
    second = listed(browser.click("Sonraki sayfa"))

    assert first + second == found[::-1]
    assert listed(browser.click("Önceki sayfa")) == first


def test_nothing_is_sent_again_until_something_changes(office: Office, town):
    browser = office.browser(office.city.kemal, "/masa/kuyruk?gecikme=gecikti")
    tag = tag_of(browser.page)

    assert browser.get("/masa/kuyruk?gecikme=gecikti", **PART, **{"HX-PTag": tag}).status == 304
    office.city.report()
    assert browser.get("/masa/kuyruk?gecikme=gecikti", **PART, **{"HX-PTag": tag}).status == 200


def test_the_row_and_the_case_say_which_duty_is_nearest_and_that_it_lies_before_the_manager(office: Office, town):
    set_(office, town["late"], due_kind="legal")
    set_(office, town["soon"], due_kind="extension_notice")
    browser = office.browser(office.city.kemal)

    assert "yasal süre" in browser.page.words
    assert "uzatma bildirimi" in browser.page.words
    assert browser.page.words.count("Müdüre yükseltildi") == 1
    page = browser.get(f"/masa/basvuru/{town['late']}")
    assert re.search(r"yasal süre: \d+ gün gecikti", page.words)
    assert "Müdüre yükseltildi" in page.words
    assert "Gecikme müdüre bildirildi" in page.words
    assert "müdüre" not in office.stranger().get(f"/takip/{town['late']}").words


def test_duties_are_found_by_their_kind(office: Office, town):
    city = office.city
    case = city.look(town["fine"])
    with city.db.transaction() as tx:
        tx.add(Duty(case_id=case.id, kind="result_owed", due_at=city.now, opened_at=city.now))
    browser = office.browser(city.kemal)

    page = browser.get("/masa/kuyruk?gorev=result_owed")

    assert listed(page) == [town["fine"]]
    assert "Süzgeç: Sonuç bildirilecek" in page.words
    assert listed(browser.get("/masa/kuyruk?gorev=fee")) == []
    assert len(listed(browser.get("/masa/kuyruk?gorev=bozuk"))) == len(town)


def test_an_objection_is_a_duty_too(office: Office):
    city = office.city
    case = city.case("resolved")
    with city.db.reading() as tx:
        submission = cases.submissions(tx, case)[0]
    with city.db.transaction() as tx:
        inbox.add_information(
            tx, cases.get(tx, case.id), submission, "Çukur yine açıldı.", form_id="itiraz", town=city.town, now=city.now
        )

    assert listed(office.browser(city.nur).get("/masa/kuyruk?gorev=objection")) == [case.reference]

"""Administrators change the calendar after they have seen what it would move; nobody else finds the page."""

from datetime import date
from typing import Any

import pytest

from db.models import TownDay
from db.queries import calendars as editions
from db.queries import town as stored
from portal.clock import ISTANBUL
from portal.services import calendar_changes, calendars, recount
from portal.services.calendar_changes import Change, DayOff
from tests.desk import PART, Office
from tests.web import Browser, Page

CALENDAR = "/yonetim/takvim"
DECISION = "Valilik kararı, 12.11.2026, 2026/45"


def next_working_day(office: Office, after: int = 1) -> date:
    """So many working days ahead: a day that the date of a new pothole has to pass."""
    calendar = office.city.town.calendar
    return calendar.working_day_after(office.city.now.astimezone(ISTANBUL).date(), after)


def administrator(office: Office) -> Browser:
    return office.browser(office.city.selin, CALENDAR)


def preview_leave(browser: Browser, day: date, **typed: Any) -> Page:
    leave = {"on": day.isoformat(), "kind": "full", "name": "İdari izin", **typed}
    return browser.send(**leave)


def own_days(office: Office) -> list[TownDay]:
    with office.city.db.reading() as tx:
        return list(stored.days(tx))


def edition_id(office: Office) -> int | None:
    with office.city.db.reading() as tx:
        return editions.newest_id(tx)


def recount_all(office: Office) -> None:
    def step() -> int:
        with office.city.db.transaction() as tx:
            return recount.step(tx, now=office.city.now)

    while step():
        pass


def publish_elsewhere(office: Office, change: Change) -> None:
    """Another administrator is quicker."""
    with office.city.db.transaction() as tx:
        seen = editions.newest_id(tx) or 0
        calendar_changes.apply(tx, change, seen=seen, reason="Başka karar", by=office.city.selin, now=office.city.now)


def test_only_an_administrator_is_shown_the_way(office: Office):
    assert "Yönetim" in _menu(office.browser(office.city.selin).page)
    for clerk in (office.city.kemal, office.city.nur, office.city.zeynep, office.city.hasan):
        assert "Yönetim" not in _menu(office.browser(clerk).page)


def _menu(page: Page) -> str:
    return page.html.partition('<nav class="nav"')[2].partition("</nav>")[0]


def test_the_preview_says_what_would_move_and_changes_nothing(office: Office):
    case = office.city.case()
    before = edition_id(office)
    browser = administrator(office)

    page = preview_leave(browser, next_working_day(office))

    assert page.status == 200
    assert "Tarihi değişecek 1" in page.words
    assert "Fen İşleri Müdürlüğü 1" in page.words
    assert f"/masa/basvuru/{case.reference}" in page.html
    assert "İdari izin · Tam gün kapalı" in page.words
    assert own_days(office) == []
    assert edition_id(office) == before
    assert office.city.look(case.reference) == case


def test_applying_publishes_the_calendar_and_shows_how_far_the_recount_is(office: Office):
    case = office.city.case()
    day = next_working_day(office)
    browser = administrator(office)
    preview_leave(browser, day)

    page = browser.send(reason=DECISION)

    assert page.path == CALENDAR
    assert [(each.on, each.kind, each.name) for each in own_days(office)] == [(day, "full", "İdari izin")]
    assert DECISION in page.words
    assert "Selin Yıldız" in page.words
    assert "0 / 2 sürenin hesabı yenilendi" in page.words
    assert 'hx-trigger="every 2s"' in page.html
    recount_all(office)
    part = browser.get(CALENDAR, **PART)
    assert "Bütün açık süreler bu takvime göre hesaplandı." in part.html
    assert "hx-trigger" not in part.html
    moved = office.city.look(case.reference)
    assert moved.due_at is not None
    assert case.due_at is not None
    assert moved.due_at > case.due_at
    history = office.browser(office.city.kemal, f"/masa/basvuru/{case.reference}").page.words
    assert "Çalışma takvimi değişti; süre yeniden sayıldı" in history
    assert f"Neden: {DECISION}" in history
    told = office.stranger().get(f"/takip/{case.reference}").words
    assert "Çalışma takvimi değişti; süre yeniden sayıldı" in told
    assert DECISION not in told


def test_pages_that_are_open_learn_of_the_new_date(office: Office):
    receipt = office.city.report(now=office.city.now)
    clerk, citizen = office.browser(office.city.kemal), office.stranger()
    citizen.get(f"/takip/{receipt.reference}?k={receipt.key}")
    places = {clerk: f"/masa/basvuru/{receipt.reference}", citizen: f"/takip/{receipt.reference}"}
    tags = {browser: browser.get(place).headers["etag"] for browser, place in places.items()}
    for browser, place in places.items():
        assert browser.get(place, **PART, **{"If-None-Match": tags[browser]}).status == 304
    publish_elsewhere(office, Change(added=DayOff(next_working_day(office), "full", "İdari izin")))

    recount_all(office)

    for browser, place in places.items():
        page = browser.get(place, **PART, **{"If-None-Match": tags[browser]})
        assert page.status == 200
        assert "Çalışma takvimi değişti; süre yeniden sayıldı" in page.html
    # Whose report it is reads the dates and the reason as well.
    assert "Neden: Başka karar" in citizen.page.html


def test_the_next_case_is_counted_on_the_new_calendar_at_once(office: Office):
    before = office.city.case()
    browser = administrator(office)
    preview_leave(browser, next_working_day(office))
    browser.send(reason=DECISION)

    page = office.browser(office.city.kemal).get("/masa/kuyruk")

    assert page.status == 200
    with office.city.db.reading() as tx:
        assert calendars.current(tx).edition == edition_id(office)
    town = office.client.app.state.book.town(now=office.city.now)
    assert town.calendar.edition == edition_id(office) != office.city.town.calendar.edition
    assert before.due_at is not None


def test_a_removed_day_that_dates_were_counted_over_is_said(office: Office):
    day = next_working_day(office)
    publish_elsewhere(office, Change(added=DayOff(day, "full", "Yerel bayram")))
    office.client.app.state.book.forget()
    office.city.case()
    recount_all(office)
    browser = administrator(office)

    page = browser.send(removed=day.isoformat())

    assert "Kaldırılacak gün: " in page.words
    assert "Yerel bayram" in page.words
    assert "2 açık sürenin sayımına girmiş durumda" in page.words
    browser.send(reason=DECISION)
    assert own_days(office) == []


def test_a_preview_during_a_recount_says_so(office: Office):
    office.city.case()
    browser = administrator(office)
    assert "hesabı sürüyor" not in preview_leave(browser, next_working_day(office)).words
    publish_elsewhere(office, Change(half_day_counts=False))
    browser.get(CALENDAR)

    assert "hesabı sürüyor" in preview_leave(browser, next_working_day(office)).words


def test_a_change_needs_a_reason_and_keeps_what_was_chosen(office: Office):
    before = edition_id(office)
    browser = administrator(office)
    preview_leave(browser, next_working_day(office))

    page = browser.send(reason="  ")

    assert page.status == 422
    assert "Değişikliğin nedenini yazın" in page.words
    assert edition_id(office) == before
    assert browser.send(reason=DECISION).status == 200
    assert edition_id(office) != before


def test_of_two_administrators_the_second_is_told_and_loses_nothing(office: Office):
    day = next_working_day(office)
    browser = administrator(office)
    preview_leave(browser, day)
    publish_elsewhere(office, Change(half_day_counts=False))

    page = browser.send(reason=DECISION)

    assert page.status == 422
    assert "başka bir yönetici değiştirdi" in page.words
    assert DECISION in page.html
    assert own_days(office) == []
    assert browser.send(reason=DECISION).path == CALENDAR
    assert [each.on for each in own_days(office)] == [day]
    with office.city.db.reading() as tx:
        assert calendars.current(tx).half_day_counts is False


def test_the_same_day_added_by_a_colleague_is_found_at_the_field(office: Office):
    day = next_working_day(office)
    browser = administrator(office)
    preview_leave(browser, day)
    publish_elsewhere(office, Change(added=DayOff(day, "half", "Yarım gün izin")))

    page = browser.send(reason=DECISION)

    assert page.status == 422
    assert "zaten bir kayıt var" in page.words


def test_hours_of_the_week_are_changed(office: Office):
    browser = administrator(office)
    browser.send(open_5="09.00", close_5="13:00", close_4="16:30")

    page = browser.send(reason=DECISION)

    assert page.path == CALENDAR
    with office.city.db.reading() as tx:
        week = calendars.current(tx).week
    assert week[5][0].isoformat("minutes") == "09:00"
    assert week[4][1].isoformat("minutes") == "16:30"
    assert 6 not in week


def test_half_days_are_a_setting_with_a_warning(office: Office):
    browser = administrator(office)
    assert "Hukuk birimine danışın" in browser.page.words

    browser.send(half="no")
    page = browser.send(reason="Hukuk görüşü 2026/12")

    assert page.status == 200
    with office.city.db.reading() as tx:
        assert calendars.current(tx).half_day_counts is False


def test_the_town_may_work_on_an_official_holiday(office: Office):
    browser = administrator(office)
    preview_leave(browser, date(2031, 10, 29), kind="working", name="Seçim hazırlığı")

    page = browser.send(reason=DECISION)

    assert "29 Ekim 2031 Çarşamba – Cumhuriyet Bayramı · Çalışma günü" in page.words


def test_official_holidays_are_listed_to_2032_half_days_as_such(office: Office):
    words = administrator(office).page.words

    assert "28 Ekim 2032" in words
    assert "Yarım gün (saat 13.00'e kadar açık)" in words


@pytest.mark.parametrize(
    ("typed", "problem", "field"),
    [
        ({"on": "1999-12-31"}, "Tarih 2000 ile 2040 yılları arasında olmalı.", "on"),
        ({"on": "2041-01-01"}, "Tarih 2000 ile 2040 yılları arasında olmalı.", "on"),
        ({"on": "2026-02-30"}, "Tarihi gün, ay ve yıl olarak girin.", "on"),
        ({"on": ""}, "Tarihi gün, ay ve yıl olarak girin.", "on"),
        ({"name": "   "}, "Günün adını yazın.", "name"),
        ({"name": "a" * 121}, "Ad en fazla 120 karakter olabilir.", "name"),
        ({"kind": "tatil"}, "Günün nasıl sayılacağını seçin.", "kind"),
        ({"on": "2031-05-06"}, "Bu gün için zaten bir kayıt var", "on"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_at_its_field(office: Office, typed, problem, field):
    publish_elsewhere(office, Change(added=DayOff(date(2031, 5, 6), "full", "Yerel bayram")))
    browser = administrator(office)

    page = preview_leave(browser, date(2031, 5, 7), **typed)

    assert page.status == 422
    assert problem in page.words
    assert f'id="{field}-error"' in page.html
    if "name" not in typed:
        assert page.form({"name": ""}).values["name"] == "İdari izin"


@pytest.mark.parametrize(
    ("typed", "problem", "field"),
    [
        ({"close_0": "07:30"}, "Kapanış saati, açılış saatinden sonra olmalı.", "close_0"),
        ({"open_3": "17:30"}, "Kapanış saati, açılış saatinden sonra olmalı.", "close_3"),
        ({"open_2": ""}, "Açılış ve kapanış saatini birlikte", "open_2"),
        ({"close_2": "25:00"}, "Açılış ve kapanış saatini birlikte", "close_2"),
        (
            {f"{side}_{weekday}": "" for side in ("open", "close") for weekday in range(7)},
            "Haftanın en az bir günü çalışma günü olmalı",
            "open_0",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused_at_their_field(office: Office, typed, problem, field):
    browser = administrator(office)

    page = browser.send(**typed)

    assert page.status == 422
    assert problem in page.words
    assert f'id="{field}-error"' in page.html


def test_what_changes_nothing_is_refused(office: Office):
    page = administrator(office).send(half="yes")

    assert page.status == 422
    assert "değişen bir şey yok" in page.words


@pytest.mark.parametrize("fields", [{}, {"what": "year"}, {"what": "half", "half": "so"}, {"what": "remove"}])
def test_what_no_form_of_ours_sends_is_refused(office: Office, fields: dict[str, str]):
    browser = administrator(office)
    token = browser.page.form({"half": ""}).values["_csrf_token"]

    for address in ("onizleme", "uygula"):
        assert browser.post(f"{CALENDAR}/{address}", {"_csrf_token": token, **fields}).status == 422
    assert own_days(office) == []


def test_the_pages_are_whole_in_english(office: Office):
    office.city.case()
    browser = administrator(office)
    browser.get(f"{CALENDAR}?dil=en")

    page = preview_leave(browser, next_working_day(office))

    assert "Preview of the change to the calendar" in page.words
    assert "Administration" in _menu(page)
    assert "Would move 1" in page.words

"""The queue as each colleague sees it."""

import re
from datetime import timedelta

import pytest

from tests.desk import PART, Office, count_in, listed, marked, tag_of
from tests.web import Browser


def test_a_clerk_sees_the_cases_of_the_own_department_only(office: Office):
    city = office.city
    road = city.report().reference
    tree = city.report(category_code="PRK-01").reference

    assert listed(office.browser(city.kemal).page) == [road]
    assert listed(office.browser(city.deniz).page) == [tree]
    assert set(listed(office.browser(city.nur).page)) == {road, tree}


def test_a_row_says_what_where_when_and_for_whom(office: Office):
    city = office.city
    with city.later(days=-40):
        city.report(words="Kaldırım çöktü, yürünmüyor.", category_code="YOL-02", street="4516. Sokak")

    words = office.browser(city.kemal).page.words

    for each in (
        "Kaldırım çöktü",
        "Kaldırım ve bordür onarımı",
        "Tacin, 4516. Sokak",
        "Alındı",
        "atanmadı",
        "İnternet",
    ):
        assert each in words
    assert re.search(r"\d+ gün gecikti", words)


def test_tabs_count_exactly_and_lead_to_what_they_count(office: Office):
    city = office.city
    for status in ("new", "new", "assigned", "waiting", "resolved"):
        city.case(status)
    page = office.browser(city.kemal).page

    counts = {
        tab: count_in(page, tab) for tab in ("Açık", "Alındı", "Birime iletildi", "Çözüldü", "Vazgeçildi", "Tümü")
    }

    assert counts == {"Açık": 4, "Alındı": 2, "Birime iletildi": 1, "Çözüldü": 1, "Vazgeçildi": 0, "Tümü": 5}
    browser = office.browser(city.kemal)
    assert len(listed(browser.click("Çözüldü"))) == 1
    assert len(listed(browser.click("Tümü"))) == 5


def test_filters_narrow_the_list_its_counts_and_say_so(office: Office):
    city = office.city
    kept = city.report(category_code="YOL-02", words="Kaldırım taşı yok.").reference
    city.report()
    browser = office.browser(city.kemal)

    page = browser.send(konu="YOL-02")

    assert listed(page) == [kept]
    assert count_in(page, "Açık") == 1
    assert "Süzgeç: Kaldırım ve bordür onarımı" in page.words
    assert len(listed(browser.click("Süzgeci temizle"))) == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gecikme=gecikti", ["late"]),
        ("gecikme=bugün", ["today"]),
        ("sorumlu=ben", ["mine"]),
        ("mahalle=pinar", ["elsewhere"]),
        ("kanal=phone", []),
        ("gelis_son={three_weeks_ago}", ["late"]),
        ("gelis_ilk={yesterday}&mahalle=tacin&sorumlu=kimse", ["today"]),
    ],
)
def test_each_filter_keeps_what_it_names(office: Office, query: str, expected: list[str]):
    city = office.city
    cases = {"elsewhere": city.report(neighbourhood_code="pinar").reference}
    with city.later(days=-40):
        cases["late"] = city.report().reference
    cases["today"] = city.report().reference
    _make_due(office, cases["today"])
    with city.later(days=-4):
        cases["mine"] = city.report().reference
    _assign(office, cases["mine"])
    days = {"three_weeks_ago": city.now - timedelta(days=21), "yesterday": city.now - timedelta(days=1)}
    query = query.format(**{name: f"{day:%Y-%m-%d}" for name, day in days.items()})

    page = office.browser(city.kemal, f"/masa/kuyruk?{query}").page

    assert listed(page) == [cases[name] for name in expected]


def _make_due(office: Office, reference: str) -> None:
    """The moment before midnight in Istanbul, which is the last of this working day."""
    from db.models import Case
    from db.queries import cases
    from portal.clock import ISTANBUL

    end = office.city.now.astimezone(ISTANBUL).replace(hour=23, minute=59, second=59, microsecond=0)
    with office.city.db.transaction() as tx:
        case = cases.by_reference(tx, reference)
        assert isinstance(case, Case)
        cases.change(tx, case, seen=case.version, now=office.city.now, due_at=end)


def _assign(office: Office, reference: str) -> None:
    city = office.city
    browser = office.browser(city.kemal, f"/masa/basvuru/{reference}")
    browser.send(assignee=str(city.kemal.id), button="Ata")


@pytest.mark.parametrize("spelling", ["ışık", "isik", "IŞIK", "Isik", "ışıklar"])
def test_words_are_found_in_every_turkish_spelling(office: Office, spelling: str):
    city = office.city
    lamp = city.report(words="Sokakta ışık yok, lambalar yanmıyor.").reference
    city.report()
    browser = office.browser(city.kemal)

    page = browser.send(ara=spelling)

    assert listed(page) == [lamp]
    assert f"“{spelling}”" in page.words


def test_words_nobody_wrote_say_what_to_do_next(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)

    page = browser.send(ara="zürafa")

    assert "Bu süzgece uyan başvuru yok" in page.words
    assert page.link("Süzgeci temizle") == "/masa/kuyruk"


@pytest.mark.parametrize("order", ["yeni", "eski", "sure"])
def test_pages_leave_nothing_out_and_repeat_nothing(office: Office, order: str):
    city = office.city
    # Several at the same moment, so that only their key tells them apart.
    everyone = set()
    for number in range(120):
        with city.later(minutes=-(number // 7)):
            everyone.add(city.report().reference)
    browser = office.browser(city.kemal, f"/masa/kuyruk?sira={order}")

    pages = [listed(browser.page)]
    while "Sonraki sayfa" in browser.page.words:
        pages.append(listed(browser.click("Sonraki sayfa")))

    assert [len(page) for page in pages] == [50, 50, 20]
    assert set().union(*pages) == everyone
    assert listed(browser.click("Önceki sayfa")) == pages[1]
    assert listed(browser.click("Önceki sayfa")) == pages[0]


@pytest.mark.parametrize("cursor", ["x", "yeni-1", "sure-5-5", "yeni-999999999999999999-1", "yeni-1-1'; DROP TABLE x"])
def test_an_edited_place_shows_the_first_page_and_says_so(office: Office, cursor: str):
    reference = office.city.report().reference
    browser = office.browser(office.city.kemal)

    page = browser.get(f"/masa/kuyruk?sonra={cursor}")

    assert page.status == 200
    assert "Sayfa adresi okunamadı; liste baştan gösteriliyor." in page.words
    assert listed(page) == [reference]


def test_filters_nobody_could_have_chosen_are_as_if_absent(office: Office):
    reference = office.city.report().reference
    browser = office.browser(office.city.kemal)

    page = browser.get("/masa/kuyruk?durum=xx&konu=%00&mahalle=yok&sorumlu=-1&gelis_ilk=2026-99-99&sira=a&birim=PBK1")
    assert listed(page) == [reference]

    assert listed(browser.get("/masa/kuyruk?gelis_son=2020-01-01%20x")) == [reference]
    assert listed(browser.get("/masa/kuyruk?gelis_son=2020-01-01")) == []


def test_a_department_that_is_not_mine_cannot_be_asked_for(office: Office):
    office.city.report(category_code="PRK-01")
    browser = office.browser(office.city.kemal)

    page = browser.get("/masa/kuyruk?birim=PBK&durum=tumu")

    assert listed(page) == []
    assert count_in(page, "Tümü") == 0


def test_an_unchanged_list_costs_an_empty_answer(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)

    again = _refresh(browser, tag_of(browser.page))

    assert again.status == 304
    assert again.html == ""


def test_a_list_shows_a_colleagues_change_and_marks_it(office: Office):
    city = office.city
    with city.later(minutes=-30):
        changed = city.report().reference
        untouched = city.report().reference
    browser = office.browser(city.kemal)
    tag = tag_of(browser.page)
    with city.later(minutes=1):
        city.move(changed, "assigned")
        new = city.report().reference

    page = _refresh(browser, tag)

    assert page.status == 200
    assert "<html" not in page.html
    assert set(listed(page)) == {changed, untouched, new}
    assert marked(page) == {changed: "Değişti", new: "Yeni"}
    assert "Bu liste açıkken gelen veya değişen başvuru: 2" in page.words
    assert marked(browser.get("/masa/kuyruk")).keys() <= {changed, new}


def test_who_comes_back_to_the_list_sees_what_has_changed_since(office: Office):
    city = office.city
    first = city.report().reference
    browser = office.browser(city.kemal)
    assert listed(browser.get("/masa/kuyruk")) == [first]

    second = city.report().reference
    assert set(listed(browser.get("/masa/kuyruk"))) == {first, second}

    before = count_in(browser.page, "Birime iletildi")
    city.move(first, "assigned")
    page = browser.get("/masa/kuyruk")
    assert (before, count_in(page, "Birime iletildi")) == (0, 1)


def test_a_list_drawn_before_is_sent_to_nobody_else(office: Office):
    city = office.city
    city.report(category_code="SOS-06", words="Kanser hastasıyım, yemek yapamıyorum.")
    first, second = office.browser(city.nur), office.browser(city.hasan)

    for _ in range(2):
        mine, other = first.get("/masa/kuyruk"), second.get("/masa/kuyruk")
        assert "Kanser" in mine.html
        assert "Kanser" not in other.html
        assert mine.form(action="/cikis").values["_csrf_token"] == first.cookies["form"]
        assert other.form(action="/cikis").values["_csrf_token"] == second.cookies["form"]


def test_a_list_drawn_before_comes_in_the_language_and_coding_that_is_asked_for(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)
    assert browser.get("/masa/kuyruk").heading == "Kuyruk"

    assert browser.get("/masa/kuyruk?dil=en").heading == "Queue"
    assert browser.get("/masa/kuyruk").heading == "Queue"
    plain = browser.get("/masa/kuyruk", **{"Accept-Encoding": "identity"})
    packed = browser.get("/masa/kuyruk", **{"Accept-Encoding": "br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "br"
    assert packed.words == plain.words


def test_another_departments_change_does_not_stir_my_list(office: Office):
    city = office.city
    city.report()
    browser = office.browser(city.kemal)
    tag = tag_of(browser.page)

    city.report(category_code="PRK-01")

    assert _refresh(browser, tag).status == 304


def test_a_filtered_part_moves_the_address_and_a_refresh_does_not(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)
    tag = tag_of(browser.page)

    part = browser.get("/masa/kuyruk?ara=%C3%A7ukur&konu=&durum=acik", **PART)
    assert part.headers["hx-push-url"] == "/masa/kuyruk?ara=%C3%A7ukur"
    assert "<html" not in part.html

    office.city.report()
    assert "hx-push-url" not in _refresh(browser, tag).headers


def test_an_operator_sees_a_sensitive_case_without_its_story(office: Office):
    city = office.city
    reference = city.report(category_code="SOS-06", words="Kanser hastasıyım, yemek yapamıyorum.").reference

    operator, coordinator = office.browser(city.hasan).page, office.browser(city.nur).page

    assert listed(operator) == listed(coordinator) == [reference]
    assert "Kanser" not in operator.html
    assert "Sıcak yemek ve aşevi" in operator.words
    assert "Kanser hastasıyım" in coordinator.words


def test_those_who_can_change_it_are_told_that_no_letter_leaves(office: Office):
    city = office.city

    for clerk in (city.nur, city.selin):
        words = office.browser(clerk).page.words
        assert f"E-posta sunucusu tanımlı değil; iletiler {office.folder}/mail klasörüne yazılıyor." in words
    assert "E-posta sunucusu" not in office.browser(city.kemal).page.words


def test_the_queue_speaks_english_to_who_wants_it(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)

    page = browser.get("/masa/kuyruk?dil=en")

    assert page.heading == "Queue"
    assert "Road" in page.words or "Pothole" in page.words


def _refresh(browser: Browser, tag: str):
    return browser.get("/masa/kuyruk", **PART, **{"HX-PTag": tag})


def test_a_reload_sends_only_the_rows_that_are_new_to_the_browser_that_keeps_the_others(office: Office):
    city = office.city
    with city.later(minutes=-5):
        old = [city.report().reference for _ in range(3)]
    browser = office.browser(city.kemal)
    keeps = {**PART, "HX-PTag": tag_of(browser.page), "HX-Keeps": "rows"}
    city.move(old[0], "assigned")
    new = city.report().reference

    page = browser.get("/masa/kuyruk", **keeps)

    assert set(listed(page)) == {old[0], new}
    for reference in old[1:]:
        assert f'<tr id="case-{reference}" data-same></tr>' in page.html
    assert set(listed(browser.get("/masa/kuyruk", **PART, **{"HX-PTag": keeps["HX-PTag"]}))) == {*old, new}


def test_a_browser_whose_list_nobody_remembers_gets_it_whole(office: Office):
    reference = office.city.report().reference
    browser = office.browser(office.city.kemal)

    page = browser.get("/masa/kuyruk", **PART, **{"HX-PTag": f'"{"0" * 20}.1"', "HX-Keeps": "rows"})

    assert listed(page) == [reference]

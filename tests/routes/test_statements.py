"""A page asks its database a handful of times, however much it shows: more is a page that grows slow unnoticed."""

import pytest

from tests.cast import City
from tests.desk import PART, Office, early_in_the_minute, statements, tag_of

FILTERS = ("", "?durum=tumu", "?konu=YOL-01", "?gecikme=gecikti&sira=sure", "?sorumlu=ben", "?gorev=objection")


@pytest.mark.parametrize("query", FILTERS)
def test_a_queue_takes_one_statement_to_know_who_asks_and_two_for_its_rows_and_counts(office: Office, query: str):
    for _ in range(5):
        office.city.report()

    for clerk in (office.city.kemal, office.city.nur):
        browser = office.browser(clerk, "/masa/hesap")
        with statements(office) as said:
            browser.get(f"/masa/kuyruk{query}")
        assert len(said) == 3, said


def test_a_search_takes_one_more_to_know_how_common_its_words_are(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)

    with statements(office) as said:
        browser.get("/masa/kuyruk?ara=çukur")

    assert len(said) == 4, said


def test_a_list_that_has_not_changed_takes_the_one_that_tells_who_asks(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)

    with statements(office) as said:
        page = browser.get("/masa/kuyruk", **PART, **{"HX-PTag": tag_of(browser.page)})

    assert (page.status, len(said)) == (304, 1), said


def test_who_comes_back_to_a_list_costs_no_more_than_knowing_that_nothing_was_stored(office: Office):
    early_in_the_minute()
    office.city.report()
    browser = office.browser(office.city.kemal)
    # The first answer of all also gave the browser a cookie, which makes the next question another one; and whoever
    # asks for the first time again is looked at once more, to know it as of that moment.
    for _ in range(2):
        browser.get("/masa/kuyruk")

    with statements(office) as said:
        page = browser.get("/masa/kuyruk")

    assert (page.status, len(said)) == (200, 1), said


def test_what_is_in_danger_is_counted_once_until_something_changes(office: Office):
    early_in_the_minute()
    office.city.report()
    browser = office.browser(office.city.nur)

    counted = []
    for address in ("/masa/kuyruk?sira=eski", "/masa/kuyruk?sira=sure"):
        with statements(office) as said:
            browser.get(address)
        counted.append(any("'late'" in each for each in said))
        office.city.report()

    assert counted == [False, True]


def test_a_list_that_has_changed_takes_no_more_than_a_new_one(office: Office):
    office.city.report()
    browser = office.browser(office.city.kemal)
    known = tag_of(browser.page)
    office.city.report()

    with statements(office) as said:
        page = browser.get("/masa/kuyruk", **PART, **{"HX-PTag": known})

    assert (page.status, len(said)) == (200, 3), said


def test_the_page_of_a_case_takes_three_whatever_hangs_on_it(office: Office):
    plain, full = office.city.report().reference, office.city.application().reference
    office.city.move(full, "waiting")
    browser = office.browser(office.city.nur)

    for reference in (plain, full):
        with statements(office) as said:
            page = browser.get(f"/masa/basvuru/{reference}")
        assert (page.status, len(said)) == (200, 3), said


def test_who_follows_a_report_costs_two(office: Office, city: City):
    receipt = city.report()
    browser = office.stranger()

    browser.get(f"/takip/{receipt.reference}?k={receipt.key}")
    with statements(office) as said:
        browser.get(f"/takip/{receipt.reference}")

    assert len(said) == 2, said


def test_a_report_takes_one_to_be_looked_at_and_one_more_for_who_may_read_it_all(office: Office):
    receipt = office.city.report()
    stranger, ayse = office.stranger(), office.stranger()
    ayse.get(f"/takip/{receipt.reference}?k={receipt.key}")

    counted = []
    for browser in (stranger, ayse):
        with statements(office) as said:
            assert browser.get(f"/takip/{receipt.reference}").status == 200
        counted.append(len(said))

    assert counted == [1, 2]

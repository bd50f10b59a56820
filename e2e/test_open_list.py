"""A list that lies open on a desk all day."""

from playwright.sync_api import expect

from e2e import journeys
from e2e.conftest import Portal, Visit


def test_a_row_that_comes_in_leaves_the_others_and_the_focus_where_they_are(visit: Visit, portal: Portal):
    desk = visit("/giris")
    journeys.sign_in(desk, portal, "kemal@demo.example")
    links = desk.locator("[data-row] a[data-open]")
    before = links.all_inner_texts()
    links.nth(2).focus()
    sizes: list[int] = []
    desk.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status == 200 else None)

    first, second = (journeys.report_pothole(visit("/"), email="ayse@ornek.com.tr") for _ in range(2))

    for number in (first, second):
        expect(desk.get_by_role("row").filter(has_text=number)).to_contain_text("Yeni", timeout=20_000)
    assert links.all_inner_texts()[2:] == before[: 50 - 2]
    expect(links.nth(4)).to_be_focused()
    assert sizes
    assert max(sizes) < 20_000, "only what is new is sent"

"""The front page opens for everybody."""

import pytest

from e2e.conftest import DEVICES, Visit


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
@pytest.mark.parametrize("device", DEVICES)
def test_the_front_page_shows_its_three_doors(visit: Visit, device: str, javascript: bool):
    page = visit("/", device=device, javascript=javascript)

    main = page.get_by_role("main")
    assert page.get_by_role("heading", level=1).count() == 1
    assert [main.locator(f"a[href^='{door}']").first.is_visible() for door in ("/bildir", "/takip", "tel:")] == [
        True
    ] * 3
    width = page.evaluate("document.documentElement.scrollWidth") if javascript else 0
    assert width <= DEVICES[device]["viewport"]["width"]

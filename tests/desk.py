"""Colleagues in front of their browsers, and what their lists show."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litestar.testing import TestClient
from sqlalchemy import event

from portal import clock
from portal.services import accounts
from portal.services.accounts import Entry, SignedIn, Visitor
from tests.cast import PASSWORD, City
from tests.web import Browser, Page

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Office:
    """The town's desk: colleagues sign in and work; the city is what happens outside."""

    def __init__(self, city: City, client: TestClient[Any], folder: Path) -> None:
        self.city = city
        self.client = client
        self.folder = folder

    def stranger(self) -> Browser:
        """A browser nobody has signed in with."""
        return Browser(self.client)

    def browser(self, clerk: SignedIn, address: str = "/masa/kuyruk") -> Browser:
        """A colleague's browser, signed in and at an address."""
        browser = self.stranger()
        browser.cookies["masa"] = self._sign_in(clerk).token
        browser.get(address)
        assert browser.page.path == address.partition("?")[0], browser.page.words
        return browser

    def _sign_in(self, clerk: SignedIn) -> Entry:
        db, secret, now, visitor = self.city.db, self.city.secret, clock.now(), Visitor()
        entry = accounts.sign_in(db, clerk.email, PASSWORD, visitor=visitor, secret=secret, now=now)
        if entry.then == "code":
            code = self.city.codes[clerk.id].pop()
            entry = accounts.prove(db, entry.token, code, visitor=visitor, secret=secret, now=now)
        return entry


def early_in_the_minute() -> None:
    """What is shown as of the minute stays the same for the next few seconds."""
    if (late := clock.now().second - 55) >= 0:
        time.sleep(5.1 - late)


def listed(page: Page) -> list[str]:
    """The references a queue shows, in order."""
    return re.findall(r'<a class="queue__subject" href="/masa/basvuru/(\d{12})"', page.html)


def marked(page: Page) -> dict[str, str]:
    """The references a queue marks, with the word it marks them with."""
    rows = re.findall(
        r'<tr id="case-(\d{12})" class="[^"]*queue__row--changed.*?<span[^>]*>(\w+)<', page.html, re.DOTALL
    )
    return dict(rows)


def count_in(page: Page, tab: str) -> int:
    """The number a tab carries."""
    found = re.search(rf'>{tab} <span class="tabs__count">([\d.]+)<', page.html)
    assert found, f"No tab reads “{tab}”"
    return int(found[1].replace(".", ""))


def tag_of(page: Page) -> str:
    """What the list will send back when it asks whether anything changed."""
    found = re.search(r'hx-ptag="([^"]*)"', page.html)
    assert found, "Nothing on this page reloads itself"
    return found[1].replace("&#34;", '"')


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """What the portal asks its database, transactions apart."""
    engine = office.client.app.state.db.engine
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split()[0] not in ("BEGIN", "COMMIT", "ROLLBACK"):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)

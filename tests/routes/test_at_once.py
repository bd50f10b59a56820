"""Many hands at one moment, and a machine that is full or away; the long forms of these are in tests/drills."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import TimeoutError
from sqlmodel import func, select

from db.models import Attachment, Case
from portal.services import attachments
from portal.services.casework import CHANGED
from tests import walk
from tests.desk import Office
from tests.pictures import photo, upload
from tests.web import Browser, Page

AWAY = "Hizmet şu anda kullanılamıyor"


def at_once(acts: Sequence[Callable[[], Page]]) -> list[Page]:
    with ThreadPoolExecutor(len(acts)) as all_together:
        return list(all_together.map(lambda act: act(), acts))


def twin_of(office: Office, browser: Browser) -> Browser:
    """The same browser in another window."""
    twin = office.stranger()
    twin.cookies, twin.page = dict(browser.cookies), browser.page
    return twin


def how_many(office: Office, table: type) -> int:
    with office.city.db.reading() as tx:
        return tx.exec(select(func.count()).select_from(table)).one()


def all_connections(office: Office) -> list[PoolProxiedConnection]:
    """Every connection the portal may have to its database; it does not wait for another."""
    pool = office.client.app.state.db.engine.pool
    pool._timeout = 0
    taken = []
    with suppress(TimeoutError):
        while True:
            taken.append(pool.connect())
    return taken


def test_one_report_sent_by_six_hands_at_once_is_one_case(office: Office):
    ayse = office.stranger()
    walk.fill(ayse)
    form = ayse.page.form(["form_id"])

    pages = at_once([lambda: twin_of(office, ayse).submit(form)] * 6)

    assert len({page.path for page in pages}) == 1
    assert pages[0].path.startswith("/alindi/")
    assert how_many(office, Case) == 1


def test_of_five_clerks_on_one_version_one_wins_and_every_other_keeps_the_words(office: Office):
    case = office.city.case()
    kemal = office.browser(office.city.kemal, f"/masa/basvuru/{case.reference}")
    words = [f"Ekip {number} yerinde baktı, iş programına alındı." for number in range(5)]

    def note(each: str) -> Callable[[], Page]:
        form = kemal.page.form(["note"])
        return lambda: twin_of(office, kemal).submit(form, note=each)

    pages = at_once([note(each) for each in words])

    lost = [(page, each) for page, each in zip(pages, words, strict=True) if page.status == 422]
    assert len(lost) == 4
    assert all(CHANGED in page.words and each in page.words for page, each in lost)
    events = office.city.events(case)
    assert [event.case_version for event in events] == [1, 2]
    assert office.city.look(case.reference).version == 2


def test_a_photo_that_cannot_be_written_is_said_clearly_and_nothing_half_is_kept(office: Office):
    ayse = office.stranger()
    walk.begin(ayse)
    ayse.send(**walk.PLACE)
    folder = office.folder / "photos"
    attachments.store(office.folder)
    shutil.rmtree(folder)
    folder.write_text("a file where the folder should be")

    page = ayse.submit(ayse.page.form(["photos"]), photos=[upload(photo())])

    assert (page.status, page.heading, page.headers["retry-after"]) == (503, AWAY, "10")
    assert how_many(office, Attachment) == 0


@pytest.mark.parametrize("part", [False, True], ids=["whole page", "part"])
def test_when_every_connection_is_taken_the_words_are_given_back(office: Office, part: bool):
    kemal = office.browser(office.city.kemal, f"/masa/basvuru/{office.city.case().reference}")
    form = kemal.page.form(["note"])
    words = "Ekip yerinde baktı, iş programına alındı."
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if part else {}
    taken = all_connections(office)

    page = kemal.submit(form, note=words, headers=headers)
    for each in taken:
        each.close()

    assert (page.status, page.heading, page.headers["retry-after"]) == (503, AWAY, "10")
    assert words in page.words
    assert not part or page.headers["hx-retarget"] == "#icerik"
    assert kemal.submit(form, note=words).status == 200

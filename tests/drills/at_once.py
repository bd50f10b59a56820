"""The same form sent by several hands at one moment, or again after a cut connection; and many clerks on one case.

.venv/bin/python -m tests.drills.at_once --folder /tmp/at-once-drill
"""

import argparse
import random
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar
from uuid import uuid4

import httpx
from sqlmodel import select

from db.engine import Database
from db.models import Case, CaseEvent, Submission
from portal.services.casework import CHANGED
from tests import walk
from tests.drills.people import Citizen, Clerk, Log, colleague
from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation
from tests.web import Browser, Form, Page

T = TypeVar("T")


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--rounds", type=int, default=1, help="how often each number of hands is tried")
    words.add_argument("--hands", type=int, default=20)
    words.add_argument("--clerks", type=int, default=16)
    words.add_argument("--cuts", type=int, default=20, help="how many connections are cut")
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with installation(asked.folder / engine, engine) as place:
            place.web.start()
            place.wait_until_serving()
            lines += drill(place, asked)
    return finish(lines, asked)


def drill(place: Installation, asked: argparse.Namespace) -> Iterator[Line]:
    """All that may happen at once."""
    where = f"on {place.engine}"
    held = [_together(place, hands) for _ in range(asked.rounds) for hands in range(2, asked.hands + 1)]
    yield Line("R5", f"one form sent 2 to {asked.hands} times at once is one case, {where}", len(held), sum(held))
    held = [_cut(place) for _ in range(asked.cuts * asked.rounds)]
    yield Line("R5", f"one form sent again after a cut connection is one case, {where}", len(held), sum(held))
    yield from _concurrent(place, where, asked)


def _together(place: Installation, hands: int) -> bool:
    mark, browser = _before_sending(place)
    form = browser.page.form(["form_id"])

    def send() -> str:
        with httpx.Client(timeout=60) as client:
            other = Browser(client, place.url)
            other.cookies, other.page = dict(browser.cookies), browser.page
            return other.submit(form).path

    seen = set(_at_one_moment([send] * hands))
    return seen == {f"/alindi/{each}" for each in _stored(place, mark)} and len(seen) == 1


def _cut(place: Installation) -> bool:
    """Sent, and gone before the answer; then sent again from the page that still stands there."""
    mark, browser = _before_sending(place)
    form = browser.page.form(["form_id"])
    _send_and_leave(place, browser, form)
    page = browser.submit(form)
    return _stored(place, mark) == [page.path.rpartition("/")[2]]


def _send_and_leave(place: Installation, browser: Browser, form: Form) -> None:
    fields, _ = form.filled({}, "")
    request = httpx.Request(
        "POST",
        form.action,
        data=dict(fields),
        headers={"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())},
    )
    head = [
        f"POST {request.url.raw_path.decode()} HTTP/1.1",
        *(f"{name}: {value}" for name, value in request.headers.items()),
    ]
    with socket.create_connection(("127.0.0.1", place.port)) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode() + request.content)
        # Sometimes before it was read, sometimes while it is worked on.
        threading.Event().wait(random.choice((0, 0.005, 0.02, 0.05)))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _before_sending(place: Installation) -> tuple[str, Browser]:
    """A browser at the summary, and the mark in its words."""
    mark, client = uuid4().hex[:16], httpx.Client(timeout=60)
    browser = Browser(client, place.url)
    walk.fill(browser, category="YOL-06", words=f"{walk.WORDS} {mark}")
    return mark, browser


def _stored(place: Installation, mark: str) -> list[str]:
    with closing(Database(place.settings.database_url)) as db, db.reading() as tx:
        return list(tx.exec(select(Submission.reference).where(Submission.words.endswith(mark))))  # type: ignore[attr-defined]


def _concurrent(place: Installation, where: str, asked: argparse.Namespace) -> Iterator[Line]:
    clerks = [_signed_in(place, number) for number in range(asked.clerks)]
    reference = Citizen(place, Log(), threading.Event()).report()
    address = f"/masa/basvuru/{reference}"
    tries, one_won, told, losers = 0, 0, 0, 0
    acknowledged: list[str] = []
    for number in [number for _ in range(asked.rounds) for number in range(2, asked.clerks + 1)]:
        pages = _all_change(clerks[:number], address)
        won = [words for words, page in pages if page.status == 200]
        lost = [(words, page) for words, page in pages if page.status != 200]
        tries += 1
        one_won += len(won) == 1
        losers += len(lost)
        told += sum(page.status in (409, 422) and CHANGED in page.words and words in page.html for words, page in lost)
        acknowledged += won
    yield Line("R6", f"2 to {asked.clerks} clerks on one version of a case: one wins, {where}", tries, one_won)
    yield Line("R6", f"each other one told, with the words kept, {where}", losers, told)
    with closing(Database(place.settings.database_url)) as db, db.reading() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        events = tx.exec(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)).all()  # type: ignore[arg-type]
    there = {each.words for each in events}
    yield Line(
        "R6", f"what was acknowledged is in the history, {where}", len(acknowledged), len(there & set(acknowledged))
    )
    versions = [each.case_version for each in events]
    gapless = sum(version == number for number, version in enumerate(versions, 1))
    yield Line("R6", f"history without a gap, up to the case's version, {where}", case.version, gapless)


def _all_change(clerks: Sequence[Browser], address: str) -> list[tuple[str, Page]]:
    """Everybody looks, then everybody sends, in one moment."""
    for browser in clerks:
        browser.get(address)
    acts = [_change(browser, number) for number, browser in enumerate(clerks)]
    return list(_at_one_moment(acts))


def _change(browser: Browser, number: int) -> Callable[[], tuple[str, Page]]:
    words = f"Ekip yerinde baktı, sonucu yazıldı. {uuid4().hex[:16]}"
    button, name = ("Notu kaydet", "note") if number % 2 else ("Yanıtı gönder", "reply")
    form = browser.page.form([name], button=button)
    return lambda: (words, browser.submit(form, button=button, **{name: words}))


def _signed_in(place: Installation, number: int) -> Browser:
    clerk = Clerk(place, Log(), threading.Event(), colleague(place, number))
    clerk.sign_in()
    return clerk.browser


def _at_one_moment(acts: Sequence[Callable[[], T]]) -> list[T]:
    """What each act answers; they begin together."""
    gate = threading.Barrier(len(acts))
    answers: list[T] = []

    def work(act: Callable[[], T]) -> None:
        gate.wait()
        answers.append(act())

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


if __name__ == "__main__":
    sys.exit(main())

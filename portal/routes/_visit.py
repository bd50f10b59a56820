"""A citizen's visit: the unfinished form and the opened cases that this browser holds the keys to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from litestar.datastructures import Cookie
from litestar.di import Provide
from sqlmodel import Session

from db.engine import Database
from db.models import Draft
from portal import clock, languages
from portal.languages import Language
from portal.routes import _state, _who
from portal.routes._page import Answer, Asked, town_in
from portal.services import drafts
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import _frame

DRAFT, ACCESS = "taslak", "erisim"
# Each written application is a form of its own, which a report on its way does not disturb.
APPLICATIONS = {"information": "basvuru-bilgi", "petition": "basvuru-dilekce", "personal_data": "basvuru-veri"}
MOST_OPENED = 10
KEYS_LAST = 90 * 24 * 3600

_OPENED = re.compile(r"([0-9]{12}):([A-Za-z0-9_-]{22})")


@dataclass(frozen=True)
class Visit:
    """Who stands before a citizen's page, and when."""

    request: Asked
    db: Database
    town: Town
    settings: Settings
    now: datetime

    @property
    def language(self) -> Language:
        return languages.chosen(self.request)

    @property
    def frame(self) -> _frame.Town:
        return town_in(self.request, self.town.facts)

    def draft(self, tx: Session, *, hold: bool = False) -> Draft | None:
        """The form this browser has begun, sent or not; held, if this transaction means to send it."""
        token = self.request.cookies.get(_who.cookie_name(DRAFT, self.settings), "")
        return drafts.find(tx, token, now=self.now, hold=hold)

    def token_of(self, kind: str) -> str:
        """What this browser remembers its form of a written application by, or nothing."""
        return self.request.cookies.get(_who.cookie_name(APPLICATIONS[kind], self.settings), "")

    @property
    def keys(self) -> Mapping[str, str]:
        """The references this browser may open, with their keys."""
        return dict(_OPENED.findall(self.request.cookies.get(_who.cookie_name(ACCESS, self.settings), "")))

    def key_of(self, reference: str) -> str:
        """The key this browser holds for a reference, or nothing."""
        return self.keys.get(reference, "")

    def remember_draft(self, answer: Answer, token: str, kind: str = "") -> Answer:
        """Lets this browser come back to its form."""
        name = APPLICATIONS[kind] if kind else DRAFT
        return self._with(answer, name, token, max_age=int(drafts.LIFE.total_seconds()))

    def open(self, answer: Answer, reference: str, key: str) -> Answer:
        """Lets this browser read a case; the one opened longest ago makes room."""
        kept = [each for each in self.keys.items() if each[0] != reference][1 - MOST_OPENED :]
        return self._keep(answer, [*kept, (reference, key)])

    def close(self, answer: Answer, reference: str) -> Answer:
        """Takes a case's key from this browser, and with it the forms that could fetch the key again."""
        for name in (DRAFT, *APPLICATIONS.values()):
            self._with(answer, name, "", max_age=0)
        return self._keep(answer, [each for each in self.keys.items() if each[0] != reference])

    def _keep(self, answer: Answer, opened: list[tuple[str, str]]) -> Answer:
        return self._with(answer, ACCESS, ".".join(f"{each}:{key}" for each, key in opened), max_age=KEYS_LAST)

    def _with(self, answer: Answer, name: str, value: str, *, max_age: int) -> Answer:
        cookie: Cookie = _who.own_cookie(name, value, self.settings, max_age=max_age)
        answer.set_cookie(cookie)
        return answer


async def _visit(request: Asked) -> Visit:
    # Taken from the app, not asked for one by one: the framework starts a task for each of several dependencies.
    state = request.app.state
    return Visit(request, state.db, await _state.town(state), state.settings, clock.now())


VISIT = {"visit": Provide(_visit)}

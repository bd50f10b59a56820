"""The administrator's room: for everybody else its addresses are not there."""

from dataclasses import dataclass
from datetime import datetime

from litestar.di import Provide

from db.engine import Database
from portal import clock, languages
from portal.languages import Language
from portal.routes import _page
from portal.routes._page import Asked
from portal.rules import permissions
from portal.rules.refusal import NotFound
from portal.services.accounts import SignedIn
from portal.services.townbook import Town, TownBook
from portal.views import _frame


@dataclass(frozen=True)
class Admin:
    """An administrator in front of a page, and when."""

    request: Asked
    db: Database
    town: Town
    clerk: SignedIn
    now: datetime

    @property
    def language(self) -> Language:
        return languages.chosen(self.request)

    @property
    def frame(self) -> _frame.Town:
        return _page.town_in(self.request, self.town.facts)

    def forget_town(self) -> None:
        """What was changed counts from the next page of this process on; other processes look again in seconds."""
        book: TownBook = self.request.app.state.book
        book.forget()


def _admin(request: Asked, db: Database, town: Town, clerk: SignedIn) -> Admin:
    if not permissions.may(clerk, "town.manage"):
        raise NotFound
    return Admin(request, db, town, clerk, clock.now())


ADMIN = {"admin": Provide(_admin, sync_to_thread=False)}

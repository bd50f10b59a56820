"""The door of the desk: in and out."""

from litestar import get, post

from db.engine import Database
from portal import clock
from portal.routes import _who
from portal.routes._fields import Fields
from portal.routes._page import Answer, Asked, go, page, town_in
from portal.rules.refusal import Refused
from portal.services import accounts
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import sign_in as views
from portal.views.sign_in import SignInForm, SignInView


@get("/giris", sync_to_thread=True)
def show(request: Asked, db: Database, settings: Settings, town: Town) -> Answer:
    """Asks for address and password; who is already in goes on to where they wanted to be."""
    form = SignInForm.read(request.query_params)
    if _who.anyone(request, db, settings):
        return go(request, form.after)
    return page(request, "sign_in/sign_in.html", SignInView(town=town_in(request, town.facts), form=form))


@post("/giris", sync_to_thread=True)
def enter(request: Asked, db: Database, settings: Settings, town: Town, fields: Fields) -> Answer:
    """Opens a session of its own for each sign-in, or says that something was wrong without saying what."""
    form = SignInForm.read(fields)
    now = clock.now()
    address, agent = _who.address_of(request), request.headers.get("User-Agent", "")
    try:
        token = accounts.sign_in(db, form.email, fields.get("password", ""), address=address, agent=agent, now=now)
    except Refused as no:
        view = SignInView(town=town_in(request, town.facts), form=views.refused(form, no))
        return page(request, "sign_in/sign_in.html", view, status=422)
    _end_session(request, db, settings)
    answer = go(request, form.after)
    answer.set_cookie(_who.sign_in_cookie(token, settings))
    return answer


@post("/cikis", sync_to_thread=True)
def leave(request: Asked, db: Database, settings: Settings) -> Answer:
    """Ends the session on the server, so that the cookie is worthless wherever it lies."""
    _end_session(request, db, settings)
    answer = go(request, "/giris")
    answer.set_cookie(_who.own_cookie("masa", "", settings, max_age=0))
    return answer


def _end_session(request: Asked, db: Database, settings: Settings) -> None:
    if token := _who.token_of(request, settings):
        with db.transaction() as tx:
            accounts.sign_out(tx, token, now=clock.now())

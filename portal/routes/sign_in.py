"""The door of the desk: in, in one step or two, and out."""

from litestar import get, post

from db.engine import Database
from db.models import Clerk
from portal import clock, languages
from portal.routes import _who
from portal.routes._fields import Fields
from portal.routes._page import Answer, Asked, go, page, town_in
from portal.rules.refusal import Refused
from portal.services import accounts, second_factor
from portal.services.accounts import Entry, HalfOver
from portal.services.passwords import Busy
from portal.services.throttle import TooMany
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import sign_in as views
from portal.views.sign_in import CodeForm, SignInForm, SignInView

AFTER = {"code": "/giris/kod", "set_up": "/giris/iki-adim"}


@get("/giris", sync_to_thread=True)
def show(request: Asked, db: Database, settings: Settings, town: Town) -> Answer:
    """Asks for address and password; who is already in goes on to where they wanted to be."""
    form = SignInForm.read(request.query_params)
    if _who.anyone(request, db, settings):
        return go(request, form.after)
    is_new = request.query_params.get("parola") == "yeni"
    view = SignInView(town=town_in(request, town.facts), form=form, is_password_new=is_new)
    return page(request, "sign_in/sign_in.html", view)


@post("/giris", sync_to_thread=True)
def enter(request: Asked, db: Database, settings: Settings, town: Town, fields: Fields) -> Answer:
    """Opens a session of its own for each sign-in, or says that something was wrong without saying what."""
    form = SignInForm.read(fields)
    visitor, now = _who.visitor(request, settings), clock.now()
    try:
        password = fields.get("password", "")
        entry = accounts.sign_in(db, form.email, password, visitor=visitor, secret=settings.secret, now=now)
    except Refused as no:
        view = SignInView(town=town_in(request, town.facts), form=views.refused(form, no))
        return page(request, "sign_in/sign_in.html", view, status=status_of(no), headers=retry_of(no))
    end_session(request, db, settings)
    if entry.then == "desk":
        return inside(request, settings, entry, go(request, form.after))
    answer = go(request, views.with_after(AFTER[entry.then], form.after))
    answer.set_cookie(_who.half_cookie(entry.token, settings))
    answer.set_cookie(_who.own_cookie("masa", "", settings, max_age=0))
    return answer


@get("/giris/kod", sync_to_thread=True)
def ask_code(request: Asked, db: Database, settings: Settings, town: Town) -> Answer:
    """Asks for the second step of who has given the right password."""
    form = CodeForm.read(request.query_params)
    try:
        with db.reading() as tx:
            accounts.half_way(tx, _who.half_token_of(request, settings), now=clock.now(), of="code")
    except HalfOver:
        return go(request, views.with_after("/giris", form.after))
    return page(request, "sign_in/code.html", views.CodeView(town=town_in(request, town.facts), form=form))


@post("/giris/kod", sync_to_thread=True)
def take_code(request: Asked, db: Database, settings: Settings, town: Town, fields: Fields) -> Answer:
    """Opens the desk for the right code."""
    form = CodeForm.read(fields)
    token, visitor = _who.half_token_of(request, settings), _who.visitor(request, settings)
    try:
        entry = accounts.prove(
            db, token, fields.get("code", ""), visitor=visitor, secret=settings.secret, now=clock.now()
        )
    except HalfOver as no:
        return _begin_again(request, town, form.after, no)
    except Refused as no:
        view = views.CodeView(town=town_in(request, town.facts), form=form.refused(no))
        return page(request, "sign_in/code.html", view, status=status_of(no))
    return inside(request, settings, entry, go(request, form.after))


@get("/giris/iki-adim", sync_to_thread=True)
def show_set_up(request: Asked, db: Database, settings: Settings, town: Town) -> Answer:
    """Leads who owes a second factor to one; before that nothing of the desk opens."""
    form = CodeForm.read(request.query_params)
    token = _who.half_token_of(request, settings)
    try:
        with db.reading() as tx:
            clerk = accounts.half_way(tx, token, now=clock.now(), of="set_up")
    except HalfOver:
        return go(request, views.with_after("/giris", form.after))
    return page(request, "sign_in/set_up.html", _set_up(request, settings, town, clerk, token, form))


@post("/giris/iki-adim", sync_to_thread=True)
def set_up(request: Asked, db: Database, settings: Settings, town: Town, fields: Fields) -> Answer:
    """The second factor is set up: the desk opens, and the recovery codes are shown once."""
    form = CodeForm.read(fields)
    token, visitor, now = _who.half_token_of(request, settings), _who.visitor(request, settings), clock.now()
    typed = fields.get("code", "")
    try:
        entry, codes = accounts.set_up(db, token, typed, visitor=visitor, secret=settings.secret, now=now)
    except HalfOver as no:
        return _begin_again(request, town, form.after, no)
    except Refused as no:
        with db.reading() as tx:
            clerk = accounts.half_way(tx, token, now=now, of="set_up")
        view = _set_up(request, settings, town, clerk, token, form.refused(no))
        return page(request, "sign_in/set_up.html", view, status=status_of(no))
    shown = views.CodesView(town=town_in(request, town.facts), codes=tuple(codes), after=form.after)
    return inside(request, settings, entry, page(request, "sign_in/codes.html", shown))


@post("/cikis", sync_to_thread=True)
def leave(request: Asked, db: Database, settings: Settings) -> Answer:
    """Ends the session on the server, so that the cookie is worthless wherever it lies."""
    end_session(request, db, settings)
    answer = go(request, "/giris")
    answer.set_cookie(_who.own_cookie("masa", "", settings, max_age=0))
    return answer


def inside(request: Asked, settings: Settings, entry: Entry, answer: Answer) -> Answer:
    """The answer with the new session, which this browser keeps, and with its note."""
    notes = _who.visitor(request, settings).devices
    answer.set_cookie(_who.sign_in_cookie(entry.token, settings))
    answer.set_cookie(_who.half_cookie("", settings))
    answer.set_cookie(_who.devices_cookie(notes, entry.clerk_id, settings))
    return answer


def end_session(request: Asked, db: Database, settings: Settings) -> None:
    """The session this browser brought ends."""
    if token := _who.token_of(request, settings):
        with db.transaction() as tx:
            accounts.sign_out(tx, token, now=clock.now())


def status_of(no: Refused) -> int:
    """Wrong, too often, or at a bad moment."""
    if isinstance(no, TooMany):
        return 429
    return 503 if isinstance(no, Busy) else 422


def retry_of(no: Refused) -> dict[str, str]:
    """When it may be worth trying again."""
    return {"Retry-After": "5"} if isinstance(no, Busy) else {}


def _begin_again(request: Asked, town: Town, after: str, no: Refused) -> Answer:
    form = views.refused(SignInForm(after=after), no)
    view = SignInView(town=town_in(request, town.facts), form=form)
    return page(request, "sign_in/sign_in.html", view, status=422)


def _set_up(
    request: Asked, settings: Settings, town: Town, clerk: Clerk, token: str, form: CodeForm
) -> views.SetUpView:
    plain = second_factor.offered(clerk, accounts.token_hash(token), secret=settings.secret)
    issuer = views.issuer(town.facts, languages.chosen(request))
    link = second_factor.app_link(clerk, plain, issuer=issuer)
    return views.SetUpView(
        town=town_in(request, town.facts), form=form, email=clerk.email, offer=views.Offer.of(plain, link)
    )

"""A forgotten password: asked for by address, set behind a letter's link."""

import re

from litestar import get, post

from db.engine import Database
from portal import clock, languages
from portal.routes import _who
from portal.routes._fields import Fields
from portal.routes._page import Answer, Asked, go, page, town_in
from portal.routes.sign_in import end_session, retry_of, status_of
from portal.rules.refusal import Refused
from portal.services import resets, staff_letters
from portal.services.resets import LinkOver
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import sign_in as views
from portal.views._forms import Errors
from portal.views.sign_in import ForgotView, NewPasswordView, SignInForm

KEY = "parola"
HERE = "/giris/parola/yeni"
_KEY = re.compile("[A-Za-z0-9_-]{1,64}")


@get("/giris/parola", sync_to_thread=True)
def show(request: Asked, town: Town) -> Answer:
    """Asks whose password was forgotten."""
    return page(request, "sign_in/forgot.html", ForgotView(town=town_in(request, town.facts), form=SignInForm()))


@post("/giris/parola", sync_to_thread=True)
def ask(request: Asked, db: Database, settings: Settings, town: Town, fields: Fields) -> Answer:
    """Says the same to everybody; a letter goes to who has an account."""
    form = SignInForm.read(fields)
    try:
        resets.ask(
            db,
            form.email,
            visitor=_who.visitor(request, settings),
            secret=settings.secret,
            language=languages.chosen(request).code,
            now=clock.now(),
        )
    except Refused as no:
        view = ForgotView(town=town_in(request, town.facts), form=views.refused(form, no))
        return page(request, "sign_in/forgot.html", view, status=status_of(no))
    view = ForgotView(town=town_in(request, town.facts), form=SignInForm(), is_asked=True)
    return page(request, "sign_in/forgot.html", view)


@get("/giris/parola/yeni", sync_to_thread=True)
def open_link(request: Asked, db: Database, settings: Settings, town: Town) -> Answer:
    """Takes the key out of the address into a cookie, then asks for the new password. Opening uses nothing up."""
    if key := request.query_params.get("k", ""):
        answer = go(request, HERE)
        # What is no key of ours may hold letters that no cookie can.
        if _KEY.fullmatch(key):
            lasts = int(staff_letters.LINK_LASTS.total_seconds())
            answer.set_cookie(_who.own_cookie(KEY, key, settings, max_age=lasts))
        return answer
    frame = town_in(request, town.facts)
    try:
        with db.reading() as tx:
            clerk = resets.opened(tx, _key_of(request, settings), now=clock.now())
    except LinkOver:
        return page(request, "sign_in/new_password.html", NewPasswordView(town=frame, is_over=True), status=422)
    return page(request, "sign_in/new_password.html", NewPasswordView(town=frame, email=clerk.email))


@post("/giris/parola/yeni", sync_to_thread=True)
def save(request: Asked, db: Database, settings: Settings, town: Town, fields: Fields) -> Answer:
    """Sets the new password; then it is signed in with as ever, second step included."""
    key, now = _key_of(request, settings), clock.now()
    new, again = fields.get("new", ""), fields.get("again", "")
    frame, visitor = town_in(request, town.facts), _who.visitor(request, settings)
    try:
        clerk_id = resets.redeem(db, key, new, again, visitor=visitor, language=languages.chosen(request).code, now=now)
    except LinkOver:
        return page(request, "sign_in/new_password.html", NewPasswordView(town=frame, is_over=True), status=422)
    except Refused as no:
        with db.reading() as tx:
            clerk = resets.opened(tx, key, now=now)
        view = NewPasswordView(town=frame, email=clerk.email, errors=Errors().plus(no))
        return page(request, "sign_in/new_password.html", view, status=status_of(no), headers=retry_of(no))
    end_session(request, db, settings)
    answer = go(request, "/giris?parola=yeni")
    answer.set_cookie(_who.own_cookie(KEY, "", settings, max_age=0))
    # Whoever reads the colleague's mail has tries of their own here, whatever strangers do at the door.
    answer.set_cookie(_who.devices_cookie(visitor.devices, clerk_id, settings))
    return answer


def _key_of(request: Asked, settings: Settings) -> str:
    return request.cookies.get(_who.cookie_name(KEY, settings), "")

"""A colleague's own account: password, second factor, sessions."""

from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.di import Provide

from db.engine import Database
from db.queries import town as stored_town
from portal import clock, languages
from portal.languages import Language
from portal.routes import _page, _who
from portal.routes._fields import Fields
from portal.routes._page import Answer, Asked
from portal.routes.sign_in import retry_of, status_of
from portal.rules.refusal import Refused
from portal.services import accounts, own_account, second_factor
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import _desk, _frame
from portal.views import account as views
from portal.views import sign_in as door
from portal.views._forms import Errors

HOME = "/masa/hesap"


@dataclass(frozen=True)
class Owner:
    """A colleague in front of their own account, in which session, and when."""

    request: Asked
    db: Database
    town: Town
    clerk: SignedIn
    settings: Settings
    token: str
    now: datetime

    @property
    def language(self) -> Language:
        return languages.chosen(self.request)

    @property
    def frame(self) -> _frame.Town:
        return _page.town_in(self.request, self.town.facts)


def _owner(request: Asked, db: Database, town: Town, clerk: SignedIn, settings: Settings) -> Owner:
    return Owner(request, db, town, clerk, settings, _who.token_of(request, settings), clock.now())


OWNER = {"owner": Provide(_owner, sync_to_thread=False)}


@get("/masa/hesap", dependencies=OWNER, sync_to_thread=True)
def show(owner: Owner) -> Answer:
    """Everything about the account on one page."""
    return _account(owner, done=owner.request.query_params.get("kayit", ""))


@post("/masa/hesap/parola", dependencies=OWNER, sync_to_thread=True)
def change_password(owner: Owner, fields: Fields) -> Answer:
    """A new password for who knows the old one."""
    old, new, again = (fields.get(name, "") for name in ("old", "new", "again"))
    try:
        own_account.change_password(
            owner.db, owner.clerk, old, new, again, token=owner.token, language=owner.language.code, now=owner.now
        )
    except Refused as no:
        return _account(owner, refused=no)
    return _page.go(owner.request, f"{HOME}?kayit=parola")


@get("/masa/hesap/iki-adim", dependencies=OWNER, sync_to_thread=True)
def show_factor(owner: Owner) -> Answer:
    """The picture to be photographed by the telephone."""
    return _factor(owner)


@post("/masa/hesap/iki-adim", dependencies=OWNER, sync_to_thread=True)
def set_up_factor(owner: Owner, fields: Fields) -> Answer:
    """The telephone is the second factor from now on; recovery codes are shown once."""
    try:
        codes = own_account.set_up_factor(
            owner.db,
            owner.clerk,
            fields.get("password", ""),
            fields.get("code", ""),
            token=owner.token,
            secret=owner.settings.secret,
            language=owner.language.code,
            now=owner.now,
        )
    except Refused as no:
        return _factor(owner, no)
    return _codes(owner, codes, is_new_factor=True)


@post("/masa/hesap/iki-adim/kapat", dependencies=OWNER, sync_to_thread=True)
def turn_factor_off(owner: Owner, fields: Fields) -> Answer:
    """No second step any more, where none is asked."""
    try:
        own_account.turn_factor_off(
            owner.db,
            owner.clerk,
            fields.get("off_password", ""),
            token=owner.token,
            language=owner.language.code,
            now=owner.now,
        )
    except Refused as no:
        return _account(owner, refused=no)
    return _page.go(owner.request, f"{HOME}?kayit=kapali")


@post("/masa/hesap/kodlar", dependencies=OWNER, sync_to_thread=True)
def renew_codes(owner: Owner, fields: Fields) -> Answer:
    """Ten new recovery codes, shown once."""
    typed = fields.get("codes_password", "")
    try:
        codes = own_account.renew_codes(owner.db, owner.clerk, typed, secret=owner.settings.secret, now=owner.now)
    except Refused as no:
        return _account(owner, refused=no)
    return _codes(owner, codes, is_new_factor=False)


@post("/masa/hesap/oturum/{session:str}", dependencies=OWNER, sync_to_thread=True)
def end_session(owner: Owner, session: str) -> Answer:
    """Ends one of the colleague's own sessions; ending this very one is signing out."""
    with owner.db.transaction() as tx:
        ended = own_account.end_session(tx, owner.clerk, session, now=owner.now)
    if ended == accounts.token_hash(owner.token):
        answer = _page.go(owner.request, "/giris")
        answer.set_cookie(_who.own_cookie("masa", "", owner.settings, max_age=0))
        return answer
    return _page.go(owner.request, f"{HOME}?kayit=oturum")


@post("/masa/hesap/oturumlar", dependencies=OWNER, sync_to_thread=True)
def end_other_sessions(owner: Owner) -> Answer:
    """Ends every session of the colleague's but this one."""
    with owner.db.transaction() as tx:
        own_account.end_other_sessions(tx, owner.clerk, token=owner.token, now=owner.now)
    return _page.go(owner.request, f"{HOME}?kayit=oturumlar")


def _account(owner: Owner, *, done: str = "", refused: Refused | None = None) -> Answer:
    with owner.db.reading() as tx:
        account = own_account.read(tx, owner.clerk.id, now=owner.now)
        names = stored_town.clerk_names(tx)
    view = views.account_view(
        account,
        owner.clerk,
        owner.town,
        owner.language,
        frame=owner.frame,
        names=names,
        this=accounts.token_hash(owner.token),
        now=owner.now,
        done=done,
        refused=refused,
    )
    status, headers = (status_of(refused), retry_of(refused)) if refused else (200, {})
    return _page.page(owner.request, "account/account.html", view, status=status, headers=headers)


def _factor(owner: Owner, refused: Refused | None = None) -> Answer:
    clerk, plain = own_account.offer(owner.db, owner.clerk, token=owner.token, secret=owner.settings.secret)
    link = second_factor.app_link(clerk, plain, issuer=door.issuer(owner.town.facts, owner.language))
    view = views.FactorView(
        town=owner.frame,
        clerk=_desk.signed(owner.clerk),
        offer=door.Offer.of(plain, link),
        replaces=second_factor.is_on(clerk),
        errors=Errors().plus(refused) if refused else Errors(),
    )
    return _page.page(owner.request, "account/factor.html", view, status=status_of(refused) if refused else 200)


def _codes(owner: Owner, codes: list[str], *, is_new_factor: bool) -> Answer:
    view = views.OwnCodesView(
        town=owner.frame, clerk=_desk.signed(owner.clerk), codes=tuple(codes), is_new_factor=is_new_factor
    )
    return _page.page(owner.request, "account/codes.html", view)

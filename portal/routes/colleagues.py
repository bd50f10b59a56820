"""The administration's pages about colleagues: who may sign in, and what to do when a telephone is lost."""

from collections.abc import Callable

from litestar import get, post
from sqlmodel import Session

from db.queries import access
from db.queries import town as stored_town
from portal.routes import _page
from portal.routes._admin import ADMIN, Admin
from portal.routes._fields import Fields
from portal.routes._page import Answer
from portal.rules import permissions
from portal.rules.refusal import Refused
from portal.services import colleagues, own_account
from portal.views import colleagues as views

LIST = "/yonetim/personel"


@get("/yonetim/personel", dependencies=ADMIN, sync_to_thread=True)
def show(admin: Admin) -> Answer:
    """Everybody, those who have left last."""
    permissions.require(admin.clerk, "staff.manage")
    with admin.db.reading() as tx:
        view = views.staff_view(
            access.everybody(tx),
            access.departments_of_all(tx),
            access.last_seen(tx),
            access.fact(tx, permissions.SECOND_FACTOR),
            admin.clerk,
            admin.town,
            admin.language,
            frame=admin.frame,
            now=admin.now,
            done=admin.request.query_params.get("kayit", ""),
        )
    return _page.page(admin.request, "admin/staff.html", view)


@post("/yonetim/personel/iki-adim", dependencies=ADMIN, sync_to_thread=True)
def ask_factor(admin: Admin, fields: Fields) -> Answer:
    """Of whom a second factor is asked."""
    everybody = fields.get("policy", "") == permissions.EVERYBODY
    with admin.db.transaction() as tx:
        colleagues.ask_factor_of(tx, everybody, by=admin.clerk, now=admin.now)
    admin.forget_town()
    return _page.go(admin.request, f"{LIST}?kayit=ayar")


@get("/yonetim/personel/{colleague:int}", dependencies=ADMIN, sync_to_thread=True)
def show_one(admin: Admin, colleague: int) -> Answer:
    """One colleague's account."""
    return _one(admin, colleague)


@post("/yonetim/personel/{colleague:int}/iki-adim", dependencies=ADMIN, sync_to_thread=True)
def reset_factor(admin: Admin, colleague: int) -> Answer:
    """For a lost telephone."""
    return _done(
        admin, colleague, "iki-adim", lambda tx: colleagues.reset_factor(tx, colleague, by=admin.clerk, now=admin.now)
    )


@post("/yonetim/personel/{colleague:int}/oturumlar", dependencies=ADMIN, sync_to_thread=True)
def end_sessions(admin: Admin, colleague: int) -> Answer:
    """Signs a colleague out everywhere."""
    return _done(
        admin, colleague, "oturumlar", lambda tx: colleagues.end_sessions(tx, colleague, by=admin.clerk, now=admin.now)
    )


@post("/yonetim/personel/{colleague:int}/durum", dependencies=ADMIN, sync_to_thread=True)
def set_active(admin: Admin, colleague: int, fields: Fields) -> Answer:
    """Lets a colleague in again, or keeps them out at once."""
    is_active = fields.get("active", "") == "evet"
    return _done(
        admin,
        colleague,
        "acik" if is_active else "kapali",
        lambda tx: colleagues.set_active(tx, colleague, is_active, by=admin.clerk, now=admin.now),
    )


def _done(admin: Admin, colleague: int, what: str, act: Callable[[Session], None]) -> Answer:
    try:
        with admin.db.transaction() as tx:
            act(tx)
    except Refused as no:
        return _one(admin, colleague, no)
    admin.forget_town()
    return _page.go(admin.request, f"{LIST}/{colleague}?kayit={what}")


def _one(admin: Admin, colleague: int, refused: Refused | None = None) -> Answer:
    with admin.db.reading() as tx:
        view = views.colleague_view(
            colleagues.find(tx, colleague, by=admin.clerk),
            access.departments_of_all(tx),
            access.last_seen(tx),
            own_account.sessions(tx, colleague, now=admin.now),
            access.events(tx, colleague, limit=own_account.EVENTS_SHOWN),
            stored_town.clerk_names(tx),
            access.fact(tx, permissions.SECOND_FACTOR),
            admin.clerk,
            admin.town,
            admin.language,
            frame=admin.frame,
            now=admin.now,
            done=admin.request.query_params.get("kayit", ""),
            refused=refused,
        )
    return _page.page(admin.request, "admin/colleague.html", view, status=422 if refused else 200)

"""Who asks. Alone in reading the sign-in cookie."""

from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.datastructures import Cookie

from db.engine import Database
from portal import clock, threads
from portal.services import accounts, devices
from portal.services.accounts import SignedIn
from portal.settings import Settings

HALF, DEVICES = "yarim", "cihaz"
DEVICES_KNOWN = 180 * 24 * 3600


class NotSignedIn(Exception):
    """This address is for colleagues, and nobody has signed in."""


async def signed_in(request: Request[Any, Any, Any]) -> SignedIn:
    """The colleague who asks. Asking a handler for `clerk` is what guards its address."""
    state = request.app.state
    token = token_of(request, state.settings)
    clerk = await state.looks.who(token) if token else None
    if clerk is None:
        raise NotSignedIn
    if clerk.is_to_be_seen:
        await threads.change(accounts.see, state.db, token, now=clock.now())
    return clerk


def anyone(request: Request[Any, Any, Any], db: Database, settings: Settings) -> SignedIn | None:
    """The colleague who asks, if one does."""
    token = token_of(request, settings)
    return accounts.who(db, token, now=clock.now()) if token else None


def token_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The sign-in token the browser sent, or nothing."""
    return request.cookies.get(cookie_name("masa", settings), "")


def sign_in_cookie(token: str, settings: Settings) -> Cookie:
    """Keeps a colleague signed in until the browser closes or the session ends."""
    return own_cookie("masa", token, settings)


def visitor(request: Request[Any, Any, Any], settings: Settings) -> accounts.Visitor:
    """The browser at the door."""
    return accounts.Visitor(
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        devices=request.cookies.get(cookie_name(DEVICES, settings), ""),
    )


def half_token_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The token of a sign-in that still owes its second step, or nothing."""
    return request.cookies.get(cookie_name(HALF, settings), "")


def half_cookie(token: str, settings: Settings) -> Cookie:
    """Keeps a half session for as long as it may last; an empty token ends it."""
    return own_cookie(HALF, token, settings, max_age=int(accounts.HALF_FOR_SET_UP.total_seconds()) if token else 0)


def devices_cookie(notes: str, clerk_id: int, settings: Settings) -> Cookie:
    """Lets this browser be known again, so that strangers' guesses do not count against its colleague."""
    fresh = devices.noting(notes, clerk_id, secret=settings.secret)
    return own_cookie(DEVICES, fresh, settings, max_age=DEVICES_KNOWN)


def own_cookie(name: str, value: str, settings: Settings, *, max_age: int | None = None) -> Cookie:
    """A cookie only our own pages send and no script reads."""
    return Cookie(
        cookie_name(name, settings),
        value=value,
        path="/",
        max_age=max_age,
        httponly=True,
        secure=is_secure(settings),
        samesite="lax",
    )


def cookie_name(name: str, settings: Settings) -> str:
    """Behind https the name itself keeps other hosts from planting the cookie."""
    return f"__Host-{name}" if is_secure(settings) else name


def is_secure(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address the request came from, as the server (or its trusted proxy) saw it."""
    return request.client.host if request.client else ""


def sign_in_url(request: Request[Any, Any, Any]) -> str:
    """The sign-in page, which leads back here afterwards."""
    if request.method != "GET":
        return "/giris"
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/giris?sonra={quote(here, safe='/')}"

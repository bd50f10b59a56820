"""No traceback ever reaches a person: every failure is a page that says what to do next."""

import errno
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

import structlog
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash
from litestar.response import Response
from litestar.utils.scope.state import ScopeState
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    ResourceClosedError,
    SQLAlchemyError,
    TimeoutError,
)

from portal import clock, languages, logs, watching
from portal.metrics import Metrics
from portal.routes import _page, _who
from portal.rules.refusal import NotFound, Refused
from portal.services import official, shelves
from portal.services.townbook import TownBook
from portal.views import _frame
from portal.views.errors import ErrorPage, Typed, typed_texts

Asked = Request[Any, Any, Any]
log = structlog.get_logger()

_PAGES = {400: "400", 403: "403", 404: "404", 405: "404", 413: "413", 429: "429", 503: "503"}

# The database is away, full, read-only or has no place for one more; nothing of ours is wrong.
_AWAY = (OperationalError, InterfaceError, TimeoutError, DisconnectionError, PendingRollbackError, ResourceClosedError)
_FULL = (errno.ENOSPC, errno.EDQUOT)
# Seconds. A database starts again within them; a disk is emptied by a person who is on the way.
_TRY_AGAIN_AFTER = {"Retry-After": "10"}

# Where only a part of a page was asked for, the explanation takes the place of the page's own words.
_IN_PLACE = {"HX-Retarget": "#icerik", "HX-Reselect": "#icerik", "HX-Reswap": "outerHTML"}


def on_http_error(request: Asked, error: HTTPException) -> Response[Any]:
    """What the framework refuses: unknown addresses, forged forms, bodies without measure."""
    status = error.status_code
    if status >= 500:
        return on_failure(request, error)
    log.info("refused", status=status, route=watching.template(request.scope), why=type(error).__name__)
    answer = _draw(request, _PAGES.get(status, "400"), status=404 if status == 405 else status)
    if status == 403:
        _forget_foreign_token(request, answer)
    return answer


def _forget_foreign_token(request: Asked, answer: Response[Any]) -> None:
    """A form token made with another secret would be refused for ever; one of ours is left to the forms still open."""
    config = request.app.csrf_config
    token = request.cookies.get(config.cookie_name, "") if config else ""
    if config is None or not token:
        return
    half, signature = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
    if not compare_digest(signature.encode(), generate_csrf_hash(half, config.secret).encode()):
        answer.delete_cookie(config.cookie_name)


def on_not_found(request: Asked, _error: NotFound) -> Response[Any]:
    """Missing and not yours look the same."""
    return _draw(request, "404", status=404)


def on_refused(request: Asked, error: Refused) -> Response[Any]:
    """A rule said no where no form was there to carry it."""
    # A rule's own words are ours: what somebody typed is in its values.
    log.info("refused", route=watching.template(request.scope), why=error.message)
    return _draw(request, "422", status=422, problem=error)


def on_not_signed_in(request: Asked, _error: _who.NotSignedIn) -> Response[Any]:
    """First sign in, then go on where you wanted to be."""
    if request.method == "GET":
        return _page.go(request, _who.sign_in_url(request))
    return _draw(request, "401", status=401, back="/giris")


def on_damaged(request: Asked, error: official.Damaged) -> Response[Any]:
    """A stored letter is not what was signed: say so, and show nothing in its place."""
    log.error("damaged letter", route=watching.template(request.scope))
    return _draw(request, "letter", status=500)


def on_database_error(request: Asked, error: SQLAlchemyError) -> Response[Any]:
    """The database is away, full or read-only: say so, and keep what was typed."""
    metrics: Metrics = request.app.state.metrics
    metrics.database_errors += 1
    why = error.orig if isinstance(error, DBAPIError) else error
    log.error("database", route=watching.template(request.scope), why=logs.kind(why))
    if isinstance(error, _AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return _draw(request, "503", status=503)
    return on_failure(request, error)


def on_not_kept(request: Asked, error: shelves.NotKept) -> Response[Any]:
    """A file could not be written: nothing was taken, and what was typed is kept."""
    log.error("file not kept", route=watching.template(request.scope), why=str(error))
    return _draw(request, "503", status=503)


def on_machine_error(request: Asked, error: OSError) -> Response[Any]:
    """No room for what a browser sends is a trouble of the machine; everything else is a fault of ours."""
    if error.errno in _FULL:
        return on_not_kept(request, shelves.NotKept(type(error).__name__))
    return on_failure(request, error)


def on_failure(request: Asked, error: Exception) -> Response[Any]:
    """A fault of ours: logged whole for us, one calm sentence and a number for the reader."""
    number = request.scope["state"].get(watching.NUMBER, "")
    log.error("failure", route=watching.template(request.scope), method=request.method, exc_info=error)
    return _draw(request, "500", status=500, request_id=number)


def _draw(request: Asked, name: str, *, status: int, **facts: Any) -> Response[Any]:
    view = ErrorPage(town=_town(request), typed=_typed(request), **{"back": _back(request), **facts})
    headers = {**_IN_PLACE, **_TRY_AGAIN_AFTER} if status == 503 else _IN_PLACE
    return _page.page(request, f"errors/{name}.html", view, status=status, headers=headers)


def _town(request: Asked) -> _frame.Town:
    book: TownBook = request.app.state.book
    try:
        return _frame.Town.of(book.town(now=clock.now()).facts, languages.chosen(request).code)
    except SQLAlchemyError:
        return _frame.Town(name="")


def _typed(request: Asked) -> tuple[Typed, ...]:
    """What had been typed, given back only to our own pages."""
    form = ScopeState.from_scope(request.scope).form
    if request.method != "POST" or not isinstance(form, dict) or not is_from_here(request):
        return ()
    return typed_texts({name: value[0] if isinstance(value, list) else value for name, value in form.items()})


def is_from_here(request: Asked) -> bool:
    """Whether a browser says that one of our own pages sent this; a client that says nothing is no browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.headers.get("Host", "")


def _back(request: Asked) -> str:
    return "/masa/kuyruk" if request.url.path.startswith(("/masa", "/yonetim")) else "/"

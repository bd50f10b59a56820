"""The wiring: which addresses there are, what handlers may ask for, and what every answer carries."""

from functools import cache
from typing import Any, Self

from litestar import Request, Router
from litestar.concurrency import set_asyncio_executor
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.types import Message, Scope
from sqlalchemy.exc import SQLAlchemyError
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from db.engine import Database
from portal import asking, logs, statics, warming
from portal.again import Again
from portal.metrics import Metrics
from portal.routes import HANDLERS, _errors, _fields, _state, _who
from portal.routes._looks import Looks
from portal.rules.refusal import NotFound, Refused
from portal.services import official, shelves
from portal.services.townbook import TownBook
from portal.settings import Settings
from portal.threads import Threads
from portal.watching import Portal, Watch

MOST_BODY = 1_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # What may be kept says so itself.
    "cache-control": "no-store",
}


def create_app(settings: Settings) -> Portal:
    """The portal over the database the settings name. Migrating and loading the town are done before."""
    logs.prepare()
    set_asyncio_executor(_threads())
    db = Database(settings.database_url)
    metrics = Metrics()
    secure = _who.is_secure(settings)
    app = Portal(
        # Through one router: a second handler registered at an address on its own would be put into a thread twice.
        route_handlers=[statics.serve, _Addresses("/", route_handlers=HANDLERS)],
        request_class=_fields.Asking,
        state=State({"db": db, "book": TownBook(db), "looks": Looks(db), "settings": settings, "metrics": metrics}),
        dependencies={
            "db": Provide(_state.database, sync_to_thread=False),
            "settings": Provide(_state.settings, sync_to_thread=False),
            "town": Provide(_state.town),
            "clerk": Provide(_who.signed_in),
            "fields": Provide(_fields.read_fields),
        },
        exception_handlers={
            HTTPException: _errors.on_http_error,
            NotFound: _errors.on_not_found,
            Refused: _errors.on_refused,
            _who.NotSignedIn: _errors.on_not_signed_in,
            official.Damaged: _errors.on_damaged,
            SQLAlchemyError: _errors.on_database_error,
            shelves.NotKept: _errors.on_not_kept,
            OSError: _errors.on_machine_error,
            Exception: _errors.on_failure,
        },
        csrf_config=CSRFConfig(
            secret=settings.secret.hex(),
            cookie_name=_who.cookie_name("form", settings),
            cookie_secure=secure,
            cookie_httponly=True,
            cookie_samesite="lax",
            header_name="x-csrf-token",
        ),
        before_request=_only_what_may_be_read,
        before_send=[_put_secure_headers if secure else _put_headers],
        on_startup=[warming.begin],
        on_shutdown=[db.close],
        request_max_body_size=MOST_BODY,
        openapi_config=None,
        logging_config=None,
    )
    app.watch = Watch(metrics, settings.trusted_proxies)
    app.answering = asking.heads_too(Again(app.answering))
    if settings.trusted_proxies:
        app.answering = ProxyHeadersMiddleware(app.answering, list(settings.trusted_proxies))  # type: ignore[arg-type]
    return app


@cache
def _threads() -> Threads:
    """One set for a process, however many apps it makes."""
    return Threads()


class _Addresses(Router):
    """All our addresses, made for one app and given to it as they are: copying them takes as long as making them."""

    def __deepcopy__(self, _seen: object) -> Self:
        return self


async def _only_what_may_be_read(request: Request[Any, Any, Any]) -> None:
    """A second lock beside the form's token: what another site sends is refused unread."""
    # No address of ours holds a NUL, and PostgreSQL cannot even be asked for it.
    if "\0" in request.scope["path"]:
        raise NotFound
    if request.method not in ("GET", "HEAD", "OPTIONS") and not _errors.is_from_here(request):
        raise PermissionDeniedException("sent from another site")


async def _put_headers(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        _add(message, _PUT)


async def _put_secure_headers(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        _add(message, _PUT_SECURE)


def _add(message: Any, headers: dict[bytes, bytes]) -> None:
    kept = list(message.get("headers", []))
    present = {name.lower() for name, _ in kept}
    kept += [each for each in headers.items() if each[0] not in present]
    message["headers"] = kept


_PUT = {name.encode(): value.encode() for name, value in _HEADERS.items()}
_PUT_SECURE = {**_PUT, b"strict-transport-security": b"max-age=31536000; includeSubDomains"}

"""Machines ask here whether we are alive, whether we can work, and how the house is doing."""

import shutil
from hmac import compare_digest

from litestar import Response, get
from litestar.datastructures import State
from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.queries import health
from db.queries.health import Figures
from portal import clock, metrics
from portal.routes._page import Asked
from portal.rules import lifecycle
from portal.rules.refusal import NotFound
from portal.settings import Settings

# Below this the next photo may be the one that fills the disk.
LEAST_FREE_BYTES = 50_000_000
_OPEN = frozenset(status.value for status in lifecycle.OPEN)


@get("/saglik", sync_to_thread=False)
def alive() -> Response[str]:
    """The process answers."""
    return _plain("ok")


@get("/saglik/hazir", sync_to_thread=True)
def ready(db: Database, settings: Settings) -> Response[str]:
    """Whether a visitor would be served: 503 and one word for what is missing, which says nothing to a stranger."""
    try:
        if not db.is_up_to_date():
            return _plain("schema", status=503)
    except DBAPIError:
        return _plain("database", status=503)
    if shutil.disk_usage(settings.data_dir).free < LEAST_FREE_BYTES:
        return _plain("disk", status=503)
    return _plain("ok")


@get("/olcum", sync_to_thread=True)
def measure(request: Asked, db: Database, settings: Settings, state: State) -> Response[bytes]:
    """The counts for Prometheus, for who knows the token; for anybody else there is no such address."""
    expected = f"Bearer {settings.metrics_token}"
    said = request.headers.get("Authorization", "")
    if not settings.metrics_token or not compare_digest(said.encode(), expected.encode()):
        raise NotFound
    now = clock.now()
    kind, words = metrics.written(state.metrics, _figures(db), now=now)
    return Response(words, headers={"Cache-Control": "no-store", "Content-Type": kind})


def _figures(db: Database) -> Figures | None:
    try:
        with db.reading() as tx:
            return health.figures(tx, open_statuses=_OPEN, now=clock.now())
    except DBAPIError:
        return None


def _plain(word: str, *, status: int = 200) -> Response[str]:
    return Response(word, status_code=status, media_type="text/plain", headers={"Cache-Control": "no-store"})

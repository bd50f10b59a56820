"""Machines ask here whether we are alive, and whether we can work."""

from litestar import Response, get
from sqlalchemy import text

from db.engine import Database


@get("/saglik", sync_to_thread=False)
def alive() -> Response[str]:
    """The process answers."""
    return Response("ok", media_type="text/plain", headers={"Cache-Control": "no-store"})


@get("/saglik/hazir", sync_to_thread=True)
def ready(db: Database) -> Response[str]:
    """The database answers too; otherwise the error page for a database that is away."""
    with db.reading() as tx:
        tx.execute(text("SELECT 1"))
    return Response("ok", media_type="text/plain", headers={"Cache-Control": "no-store"})

"""Photos, each shown only to those who may see what it belongs to."""

from litestar import Response, get

from portal.routes import _who
from portal.routes._visit import VISIT, Visit
from portal.services import attachments, tracking

# The name never holds anything else, but whoever may see it can change: the browser may keep it for an hour.
_CACHE = "private, max-age=3600"


@get("/foto/{name:str}", dependencies=VISIT, sync_to_thread=True)
def large(visit: Visit, name: str) -> Response[bytes]:
    """A photo to look at."""
    return _photo(visit, name, small=False)


@get("/foto/{name:str}/kucuk", dependencies=VISIT, sync_to_thread=True)
def small(visit: Visit, name: str) -> Response[bytes]:
    """A photo for a list."""
    return _photo(visit, name, small=True)


def _photo(visit: Visit, name: str, *, small: bool) -> Response[bytes]:
    # Who asks is found out before what is asked for, so that a photo of others takes as long as none.
    clerk = _who.anyone(visit.request, visit.db, visit.settings)
    with visit.db.reading() as tx:
        own = tracking.opened_by(tx, visit.keys)
        tracking.photo(tx, name, draft=visit.draft(tx), own=own, clerk=clerk)
    content = attachments.fetch(attachments.store(visit.settings.data_dir), name, small=small)
    return Response(
        content, media_type=attachments.MEDIA_TYPE, headers={"Cache-Control": _CACHE, "Content-Disposition": "inline"}
    )

"""Show me the count: how each date of a case came about, at the desk and for whoever has the number."""

from litestar import get

from portal.routes._page import Answer, go, page
from portal.routes._visit import VISIT, Visit
from portal.routes.case import DESK, Desk
from portal.rules import references
from portal.rules.refusal import NotFound
from portal.services import casework, counts, tracking
from portal.services.accounts import SignedIn
from portal.views import count as views


@get("/masa/basvuru/{ref:str}/sure", dependencies=DESK, sync_to_thread=True)
def at_desk(desk: Desk, clerk: SignedIn, ref: str) -> Answer:
    """The dates of a case, counted day by day."""
    if not references.is_valid(ref):
        raise NotFound
    with desk.db.reading() as tx:
        case = casework.visible(tx, ref, to=clerk)
        counted = counts.of_case(tx, case, town=desk.town)
    reader = desk.reader
    view = views.desk_count_view(case, counted, desk.town, reader.frame, reader.language, clerk=clerk)
    return page(desk.request, "staff/count.html", view)


@get("/takip/{reference:str}/sure", dependencies=VISIT, sync_to_thread=True)
def for_citizen(visit: Visit, reference: str) -> Answer:
    """The same without anything of a person: the number alone opens it."""
    found = references.find_reference(reference)
    if found.reference is None:
        return go(visit.request, f"/takip/{reference}")
    if found.reference != reference:
        return go(visit.request, f"/takip/{found.reference}/sure")
    try:
        with visit.db.reading() as tx:
            case = tracking.look(tx, reference).case
            counted = counts.of_case(tx, case, town=visit.town)
    except NotFound:
        return go(visit.request, f"/takip/{reference}")
    view = views.count_view(case, counted, visit.town, visit.frame, visit.language, reference=reference)
    return page(visit.request, "track/count.html", view)

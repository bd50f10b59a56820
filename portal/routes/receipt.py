"""The receipt: shown to the browser that sent the report, and to nobody else."""

from litestar import get

from portal.routes._page import Answer, go, page
from portal.routes._visit import VISIT, Visit
from portal.rules.refusal import NotFound
from portal.services import applications, tracking
from portal.views.receipt import receipt_view


@get("/alindi/{reference:str}", dependencies=VISIT, sync_to_thread=True)
def show(visit: Visit, reference: str) -> Answer:
    """Shows the number and what happens next; without the key, only the public side of the report."""
    key = visit.key_of(reference)
    try:
        with visit.db.reading() as tx:
            tracked = tracking.look(tx, reference, key=key)
            ways = tracking.ways_to(tx, tracked) if tracked.is_own else {}
            promise = applications.promise_of(tx, tracked.case) if tracked.is_own else None
    except NotFound:
        return go(visit.request, "/takip")
    if not tracked.is_own:
        return go(visit.request, f"/takip/{reference}")
    view = receipt_view(
        visit.town,
        visit.frame,
        tracked,
        visit.language,
        link=f"{visit.settings.base_url}/takip/{reference}?k={key}",
        email=ways.get("email", ""),
        phone=ways.get("phone", ""),
        now=visit.now,
        promise=promise,
    )
    return page(visit.request, "receipt/receipt.html", view)

"""What came through CİMER: its number and day, and the note that its answer was entered there."""

from datetime import date

from litestar import get, post

from portal.routes import _page
from portal.routes._fields import Fields
from portal.routes._page import Answer
from portal.routes.case import DESK, Desk, visible
from portal.rules.refusal import Refused
from portal.services import cimer
from portal.services.accounts import SignedIn
from portal.views import cimer as views
from portal.views._forms import word


@get("/masa/basvuru/{ref:str}/cimer", dependencies=DESK, sync_to_thread=True)
def show(desk: Desk, clerk: SignedIn, ref: str) -> Answer:
    """Asks for CİMER's number and day, or whether the answer was entered."""
    return _form(desk, ref, {})


@post("/masa/basvuru/{ref:str}/cimer", dependencies=DESK, sync_to_thread=True)
def take(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Notes either of them on the case."""
    typed = {name: word(fields, name, 200) for name in views.NAMES}
    version = word(fields, "version", 9)
    seen = int(version) if version.isascii() and version.isdigit() else 0
    try:
        with desk.db.transaction() as tx:
            case = visible(tx, ref, clerk)
            if "answered" in fields:
                cimer.answered(tx, case, seen=seen, by=clerk, town=desk.town, now=desk.now)
            else:
                cimer.take(
                    tx,
                    case,
                    number=typed["number"],
                    arrived_on=_day(typed["arrived_on"], "arrived_on"),
                    due_on=_day(typed["due_on"], "due_on"),
                    seen=seen,
                    by=clerk,
                    town=desk.town,
                    now=desk.now,
                )
    except Refused as no:
        return _form(desk, ref, typed, refusal=no)
    return _page.go(desk.request, f"/masa/basvuru/{ref}")


def _form(desk: Desk, ref: str, typed: dict[str, str], *, refusal: Refused | None = None) -> Answer:
    reader = desk.reader
    with desk.db.reading() as tx:
        case = visible(tx, ref, desk.clerk)
        clock = cimer.clock_of(tx, case)
    view = views.cimer_view(case, clock, typed, reader, refusal=refusal)
    return _page.page(desk.request, "staff/cimer.html", view, status=422 if refusal else 200)


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("Tarihi gün, ay ve yıl olarak girin.", field=field) from None

"""Official letters on the applicant's side: the receipt, and every letter as a page and as PDF."""

from litestar import Response, get

from db.models import Letter
from portal.routes._page import Answer, page
from portal.routes._visit import VISIT, Visit
from portal.rules.refusal import NotFound
from portal.services import official, tracking
from portal.services.tracking import Tracked
from portal.views import papers as views

PDF = ".pdf"


@get("/takip/{reference:str}/alindi.pdf", dependencies=VISIT, sync_to_thread=True)
def receipt(visit: Visit, reference: str) -> Response[bytes]:
    """The receipt of a submission, made when it is first asked for."""
    with visit.db.reading() as tx:
        tracked = own(visit, tracking.look(tx, reference, key=visit.key_of(reference)))
        letter = official.receipt_of(tx, tracked.submission)
    store = official.store(visit.settings.data_dir)
    if letter is None:
        with visit.db.transaction() as tx:
            tracked = tracking.look(tx, reference)
            letter = official.receipt(tx, tracked.case, tracked.submission, store=store, town=visit.town, now=visit.now)
    return pdf(official.fetch(store, letter), letter.number)


@get("/takip/{reference:str}/yazi/{name:str}", dependencies=VISIT, sync_to_thread=True)
def show(visit: Visit, reference: str, name: str) -> Answer | Response[bytes]:
    """A letter for the applicant it was written to; its pages where the address ends in .pdf."""
    with visit.db.reading() as tx:
        tracked = own(visit, tracking.look(tx, reference, key=visit.key_of(reference)))
        letter = official.letter_of(tx, name.removesuffix(PDF), tracked.case, tracked.submission)
    if name.endswith(PDF):
        return pages_of(visit, letter)
    return page(visit.request, "track/letter.html", views.paper_view(visit.frame, letter, reference, visit.language))


def pages_of(visit: Visit, letter: Letter) -> Response[bytes]:
    return pdf(official.fetch(official.store(visit.settings.data_dir), letter), letter.number)


def own(visit: Visit, tracked: Tracked) -> Tracked:
    """Only who holds the key reads what was written to its owner."""
    if not tracked.is_own:
        raise NotFound
    return tracked


def pdf(pages: bytes, name: str) -> Response[bytes]:
    """Pages to be read at once, and kept by nobody on the way."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pages, media_type=official.MEDIA_TYPE, headers=headers)

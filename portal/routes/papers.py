"""Official letters on the applicant's side: the receipt, and every letter as a page and as PDF."""

from datetime import datetime

from litestar import Response, get

from db.engine import Database
from db.models import Letter
from portal.routes._page import Answer, page
from portal.routes._visit import VISIT, Visit
from portal.services import official, tracking
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import papers as views

PDF = ".pdf"


@get("/takip/{reference:str}/alindi.pdf", dependencies=VISIT, sync_to_thread=True)
def receipt(visit: Visit, reference: str) -> Response[bytes]:
    """The receipt of a submission, for who holds its key."""
    with visit.db.reading() as tx:
        tracked = tracking.look_own(tx, reference, key=visit.key_of(reference))
        letter = official.receipt_of(tx, tracked.submission)
    return receipt_pages(visit.db, letter, reference, settings=visit.settings, town=visit.town, now=visit.now)


@get("/takip/{reference:str}/yazi/{name:str}", dependencies=VISIT, sync_to_thread=True)
def show(visit: Visit, reference: str, name: str) -> Answer | Response[bytes]:
    """A letter for the applicant it was written to; its pages where the address ends in .pdf."""
    with visit.db.reading() as tx:
        case, submission = tracking.opened(tx, reference, visit.key_of(reference))
        letter = official.letter_of(tx, name.removesuffix(PDF), case, submission)
    if name.endswith(PDF):
        return pages_of(letter, visit.settings)
    return page(visit.request, "track/letter.html", views.paper_view(visit.frame, letter, reference, visit.language))


def receipt_pages(
    db: Database, letter: Letter | None, reference: str, *, settings: Settings, town: Town, now: datetime
) -> Response[bytes]:
    """The receipt as it was made; made now where nobody has asked for it before."""
    store = official.store(settings.data_dir)
    if letter is None:
        with db.transaction() as tx:
            case, submission = tracking.rows_of(tx, reference)
            letter = official.receipt(tx, case, submission, store=store, town=town, now=now)
    return pages_of(letter, settings)


def pages_of(letter: Letter, settings: Settings) -> Response[bytes]:
    """A letter's pages, exactly as they were signed."""
    return pdf(official.fetch(official.store(settings.data_dir), letter), letter.number)


def pdf(pages: bytes, name: str) -> Response[bytes]:
    """Pages to be read at once, and kept by nobody on the way."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pages, media_type=official.MEDIA_TYPE, headers=headers)

"""What belongs to a written application alone: its enclosures, and the signature given at the counter."""

from dataclasses import replace
from urllib.parse import quote

from litestar import Response, get, post
from sqlmodel import Session

from db.models import Case, Enclosure
from portal.routes import case as case_page
from portal.routes._fields import Fields
from portal.routes._page import Answer, page
from portal.routes._visit import VISIT, Visit
from portal.routes.case import DESK, Desk
from portal.rules import references
from portal.rules.refusal import NotFound, Refused
from portal.services import applications, enclosures, signatures
from portal.services.accounts import SignedIn
from portal.settings import Settings
from portal.views.application import IdForm, SignForm


@get("/masa/basvuru/{ref:str}/ek/{name:str}", dependencies=DESK, sync_to_thread=True)
def for_desk(desk: Desk, clerk: SignedIn, ref: str, name: str) -> Response[bytes]:
    """An enclosure, for a colleague who may read what the case is about."""
    _check(ref)
    with desk.db.reading() as tx:
        found = enclosures.for_clerk(tx, ref, name, by=clerk)
    return _file(found, desk.settings)


@get("/takip/{reference:str}/ek/{name:str}", dependencies=VISIT, sync_to_thread=True)
def for_applicant(visit: Visit, reference: str, name: str) -> Response[bytes]:
    """An enclosure, for the applicant who sent it and holds the key."""
    _check(reference)
    with visit.db.reading() as tx:
        found = enclosures.for_applicant(tx, reference, name, key=visit.key_of(reference))
    return _file(found, visit.settings)


@post("/masa/basvuru/{ref:str}/imza", dependencies=DESK, sync_to_thread=True)
def sign(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Writes down that the applicant came, showed who they are and signed."""
    form = SignForm.read(fields)

    def note(tx: Session, case: Case) -> None:
        signatures.sign_at_counter(tx, case, seen=form.seen, by=clerk, town=desk.town, now=desk.now)

    return case_page.changed(desk, ref, form, note)


@post("/masa/basvuru/{ref:str}/kimlik", dependencies=DESK, sync_to_thread=True)
def show_id(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Shows the whole identity number once, to who says what for."""
    form, number = IdForm.read(fields), ""
    try:
        with desk.db.transaction() as tx:
            case = case_page.visible(tx, ref, clerk)
            number = applications.show_id(
                tx, case, reason=form.reason, secret=desk.settings.secret, by=clerk, now=desk.now
            )
    except Refused as no:
        form = form.refused(no)
    view = case_page.view_of(desk, ref, form)
    if view.application is None:
        raise NotFound
    shown = replace(view, application=replace(view.application, shown_id=number))
    return page(desk.request, "staff/case.html", shown, status=422 if form.is_refused else 200)


def _check(reference: str) -> None:
    if not references.is_valid(reference):
        raise NotFound


def _file(enclosure: Enclosure, settings: Settings) -> Response[bytes]:
    content = enclosures.fetch(enclosures.store(settings.data_dir), enclosure.name)
    # Kept as it came, so it may be a page with a script in it whatever it begins like: only ever saved, never opened.
    name = quote(enclosure.original_name, safe="")
    return Response(
        content,
        media_type=enclosure.media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )

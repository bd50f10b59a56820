"""Acts under a law: what may be done with an application, its form, the letter beforehand, and the doing."""

from litestar import Response, get, post
from sqlmodel import Session

from portal.routes import _page
from portal.routes._fields import Fields
from portal.routes._page import Answer
from portal.routes.case import DESK, Desk, visible
from portal.rules.refusal import NotFound, Refused
from portal.services import enclosures, official
from portal.services.accounts import SignedIn
from portal.services.proceedings import documents, performing
from portal.services.proceedings.acts import OFFERED
from portal.services.proceedings.matter import Matter
from portal.views import _proceeding_forms as forms
from portal.views import proceeding as views
from portal.views._proceeding_forms import Typed

# One file, and what a browser writes around it.
MOST_UPLOAD = 20_000_000


@get("/masa/basvuru/{ref:str}/islem", dependencies=DESK, sync_to_thread=True)
def show(desk: Desk, clerk: SignedIn, ref: str) -> Answer:
    """Everything that may be done with this application, and what not yet."""
    return _list(desk, ref)


@post("/masa/basvuru/{ref:str}/belge", dependencies=DESK, sync_to_thread=True, request_max_body_size=MOST_UPLOAD)
def add_document(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Lays a document ready that the applicant gets with the decision, or takes one back."""
    store, file = enclosures.store(desk.settings.data_dir), None
    with desk.db.reading() as tx:
        _matter(tx, desk, ref)
    try:
        if "remove" not in fields:
            content, name = _document(fields)
            file = enclosures.read(content, name, documents.ANSWER)
            enclosures.put(store, file, content)
        with desk.db.transaction() as tx:
            case = visible(tx, ref, clerk)
            if file is not None:
                documents.add(tx, case, file, seen=_seen(fields), by=clerk, now=desk.now)
            else:
                documents.remove(tx, case, fields["remove"], seen=_seen(fields), by=clerk, now=desk.now)
    except Refused as no:
        if file is not None:
            enclosures.remove(store, file.name)
        return _list(desk, ref, refusal=no)
    if file is None:
        enclosures.remove(store, fields["remove"])
    return _page.go(desk.request, f"/masa/basvuru/{ref}/islem")


@get("/masa/basvuru/{ref:str}/islem/{act:str}", dependencies=DESK, sync_to_thread=True)
def ask(desk: Desk, clerk: SignedIn, ref: str, act: str) -> Answer:
    """The form of one act."""
    return _form(desk, ref, act, {}, status=200)


@post("/masa/basvuru/{ref:str}/islem/{act:str}", dependencies=DESK, sync_to_thread=True)
def take(desk: Desk, clerk: SignedIn, ref: str, act: str, fields: Fields) -> Answer:
    """Shows the letter of an act before it leaves, or does the act: one that owes no letter at once."""
    seen, typed = _seen(fields), _typed(desk, ref, act, fields)
    try:
        if "again" in fields:
            return _form(desk, ref, act, typed, status=200, seen=seen)
        if "sure" not in fields and (preview := _preview(desk, ref, act, typed, seen)):
            return preview
        with desk.db.transaction() as tx:
            case = visible(tx, ref, clerk)
            performing.perform(
                tx,
                case,
                forms.act_of(act, typed),
                seen=seen,
                by=clerk,
                town=desk.town,
                store=official.store(desk.settings.data_dir),
                now=desk.now,
            )
    except Refused as no:
        return _form(desk, ref, act, typed, status=422, seen=seen, refusal=no)
    return _page.go(desk.request, f"/masa/basvuru/{ref}")


@post("/masa/basvuru/{ref:str}/islem/{act:str}/taslak.pdf", dependencies=DESK, sync_to_thread=True)
def draft(desk: Desk, clerk: SignedIn, ref: str, act: str, fields: Fields) -> Response[bytes] | Answer:
    """The letter of an act as its pages would look, marked as a draft."""
    typed = _typed(desk, ref, act, fields)
    try:
        with desk.db.reading() as tx:
            content = performing.preview(_matter(tx, desk, ref), forms.act_of(act, typed))
    except Refused as no:
        return _form(desk, ref, act, typed, status=422, seen=_seen(fields), refusal=no)
    if content is None:
        raise NotFound
    return Response(
        official.preview(content),
        status_code=200,
        media_type=official.MEDIA_TYPE,
        headers={"Cache-Control": "no-store"},
    )


def _list(desk: Desk, ref: str, *, refusal: Refused | None = None) -> Answer:
    reader = desk.reader
    with desk.db.reading() as tx:
        matter = _matter(tx, desk, ref)
        ready = documents.waiting(tx, matter.case)
        view = views.proceedings_view(matter, ready, reader.language, frame=reader.frame, refusal=_shown(refusal))
    return _page.page(desk.request, "staff/proceedings/list.html", view, status=422 if refusal else 200)


def _document(fields: Fields) -> tuple[bytes, str]:
    """The chosen file, with no more of it than may be taken, and its name."""
    chosen = fields.files("file_answer")
    if not chosen:
        raise Refused("Eklenecek dosyayı seçin.", field="file_answer")
    chosen[0].file.seek(0)
    return chosen[0].file.read(enclosures.MOST_BYTES + 1), chosen[0].filename


def _preview(desk: Desk, ref: str, act: str, typed: Typed, seen: int) -> Answer | None:
    reader = desk.reader
    with desk.db.reading() as tx:
        matter = _matter(tx, desk, ref)
        content = performing.preview(matter, forms.act_of(act, typed))
        if content is None:
            return None
        view = views.preview_view(matter, act, typed, content, reader.language, frame=reader.frame, seen=seen)
    return _page.page(desk.request, "staff/proceedings/preview.html", view)


def _form(
    desk: Desk,
    ref: str,
    act: str,
    typed: Typed,
    *,
    status: int,
    seen: int | None = None,
    refusal: Refused | None = None,
) -> Answer:
    reader = desk.reader
    with desk.db.reading() as tx:
        matter = _matter(tx, desk, ref)
        _check_offered(matter, act)
        # Whoever was told that the case has changed takes its new version with the form.
        is_outdated = refusal is not None and refusal.field == "version"
        version = matter.case.version if seen is None or is_outdated else seen
        view = views.act_view(
            matter, act, typed, reader.language, frame=reader.frame, seen=version, refusal=_shown(refusal)
        )
    return _page.page(desk.request, "staff/proceedings/act.html", view, status=status)


def _shown(refusal: Refused | None) -> Refused | None:
    """A refusal about the version or the status concerns no field of this form."""
    if refusal is None or refusal.field not in ("version", "status", "date"):
        return refusal
    return Refused(refusal.message, "", **refusal.values)


def _typed(desk: Desk, ref: str, act: str, fields: Fields) -> Typed:
    with desk.db.reading() as tx:
        matter = _matter(tx, desk, ref)
        _check_offered(matter, act)
        asked = forms.FORMS[act].fields(matter.application.kind, desk.reader.language)
    return forms.typed_in(fields, fields.every, [each.name for each in asked])


def _matter(tx: Session, desk: Desk, ref: str) -> Matter:
    case = visible(tx, ref, desk.clerk)
    if case.legal_type not in OFFERED:
        raise NotFound
    return Matter.read(tx, case, by=desk.clerk, town=desk.town, now=desk.now)


def _check_offered(matter: Matter, act: str) -> None:
    if act not in OFFERED[matter.application.kind]:
        raise NotFound


def _seen(fields: Fields) -> int:
    version = str(fields.get("version", ""))
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0

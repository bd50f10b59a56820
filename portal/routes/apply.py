"""Written applications: freedom of information, petition, personal data. One form each, kept until it is complete."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from litestar import get, post
from obstore.store import LocalStore
from sqlmodel import Session

from db.models import Draft, Enclosure
from db.queries import enclosures as stored
from db.queries import post as stored_post
from portal.routes._fields import Fields
from portal.routes._page import Answer, go, page
from portal.routes._visit import VISIT, Visit
from portal.rules.applications import INFORMATION, PERSONAL_DATA, PETITION, Form
from portal.rules.refusal import Refused
from portal.services import applications, drafts, enclosures, tracking
from portal.services.enclosures import File
from portal.services.filing import Intake
from portal.views import apply as views
from portal.views._forms import Errors, word
from portal.views.pages import NOTICE_VERSION

# Five files of fifteen megabytes, and what a browser writes around them.
MOST_UPLOAD = 80_000_000


@get("/bilgi-edinme", dependencies=VISIT, sync_to_thread=True)
def information(visit: Visit) -> Answer:
    """The form for a request under the law on the right to information."""
    return _show(visit, INFORMATION)


@post("/bilgi-edinme", dependencies=VISIT, sync_to_thread=True, request_max_body_size=MOST_UPLOAD)
def take_information(visit: Visit, fields: Fields) -> Answer:
    """Takes a request for information, or says what it still lacks."""
    return _take(visit, INFORMATION, fields)


@get("/dilekce", dependencies=VISIT, sync_to_thread=True)
def petition(visit: Visit) -> Answer:
    """The form for a petition."""
    return _show(visit, PETITION)


@post("/dilekce", dependencies=VISIT, sync_to_thread=True, request_max_body_size=MOST_UPLOAD)
def take_petition(visit: Visit, fields: Fields) -> Answer:
    """Takes a petition, or says what it still lacks."""
    return _take(visit, PETITION, fields)


@get("/kisisel-veri", dependencies=VISIT, sync_to_thread=True)
def personal_data(visit: Visit) -> Answer:
    """The form for those whose personal data we hold."""
    return _show(visit, PERSONAL_DATA)


@post("/kisisel-veri", dependencies=VISIT, sync_to_thread=True, request_max_body_size=MOST_UPLOAD)
def take_personal_data(visit: Visit, fields: Fields) -> Answer:
    """Takes an application about personal data, or says what it still lacks."""
    return _take(visit, PERSONAL_DATA, fields)


def _show(visit: Visit, kind: str) -> Answer:
    """The form as this browser left it; what was written in the report's first step comes along."""
    token = visit.token_of(kind)
    with visit.db.reading() as tx:
        draft = drafts.find(tx, token, now=visit.now)
        if draft is not None and draft.reference:
            draft, token = None, ""
        files = stored.of_draft(tx, draft.id or 0) if draft else ()
        report = visit.draft(tx)
    kept = applications.typed_of(draft, secret=visit.settings.secret) if draft else {}
    brought = report.fields.get("words", "") if report and report.fields.get("application") == kind else ""
    form = views.form_of(kept, kind, kim=word(visit.request.query_params, "kim", 10), words=brought)
    token = token or drafts.new_token()
    view = views.apply_view(
        visit.town, visit.frame, form, files, visit.language, form_id=drafts.form_of(token), errors=Errors()
    )
    return visit.remember_draft(page(visit.request, "apply/form.html", view), token, kind)


def _take(visit: Visit, kind: str, fields: Fields) -> Answer:
    """Keeps what was typed and enclosed; when nothing is wrong any more, it is sent, once."""
    token = visit.token_of(kind) or drafts.new_token()
    form = views.read_form(fields, kind, fields.every("rights"))
    store = enclosures.store(visit.settings.data_dir)
    files, refusals = _take_in(store, fields)
    problems: dict[str, Refused] = {}
    kept: Sequence[Enclosure] = ()
    taken: list[str] = []
    with visit.db.transaction() as tx:
        draft = drafts.of(tx, token, now=visit.now)
        reference = _sent_before(tx, draft, fields)
        if not reference:
            taken = enclosures.take_from_draft(tx, draft, fields.every("remove"))
            refusals += _add_all(visit, tx, draft, files)
            kept = stored.of_draft(tx, draft.id or 0)
            form = replace(form, enclosed=enclosures.enclosed(kept))
            problems = _together(refusals, applications.problems(form.as_asked()))
            if problems:
                applications.keep_typed(tx, draft, form, secret=visit.settings.secret, now=visit.now)
            else:
                reference = _send(visit, tx, draft, form)
    used = {each.name for each in kept}
    for name in [*taken, *(each.name for each in files if each.name not in used)]:
        enclosures.remove(store, name)
    if not problems:
        return _receipt(visit, reference, is_own=draft.reference == reference)
    view = views.apply_view(
        visit.town, visit.frame, form, kept, visit.language, form_id=draft.form_id, errors=Errors(problems)
    )
    return visit.remember_draft(page(visit.request, "apply/form.html", view, status=422), token, kind)


def _sent_before(tx: Session, draft: Draft, fields: Fields) -> str:
    """What this form became before, also where its page is older than the browser's memory of it."""
    older = stored_post.draft_by_form(tx, word(fields, "form_id", 64))
    return draft.reference or (older.reference if older else "")


def _send(visit: Visit, tx: Session, draft: Draft, form: Form) -> str:
    door = Intake(language=visit.language.code, form_id=draft.form_id, draft_id=draft.id, notice_version=NOTICE_VERSION)
    receipt = applications.open_application(
        tx, form, door, town=visit.town, secret=visit.settings.secret, now=visit.now
    )
    drafts.finish(tx, draft, receipt.reference, now=visit.now)
    return receipt.reference


def _receipt(visit: Visit, reference: str, *, is_own: bool) -> Answer:
    answer = go(visit.request, f"/alindi/{reference}")
    if not is_own:
        return answer
    with visit.db.reading() as tx:
        key = tracking.key_for(tx, reference, secret=visit.settings.secret)
    return visit.open(answer, reference, key)


def _take_in(store: LocalStore, fields: Fields) -> tuple[list[File], list[Refused]]:
    files: list[File] = []
    refusals: list[Refused] = []
    for purpose in enclosures.PURPOSES:
        for each in fields.files(f"file_{purpose}"):
            each.file.seek(0)
            # One byte more than may be kept is enough to know that it is too large.
            content = each.file.read(enclosures.MOST_BYTES + 1)
            try:
                file = enclosures.read(content, each.filename, purpose)
            except Refused as no:
                refusals.append(no)
                continue
            enclosures.put(store, file, content)
            files.append(file)
    return files, refusals


def _add_all(visit: Visit, tx: Session, draft: Draft, files: list[File]) -> list[Refused]:
    refusals = []
    for each in files:
        try:
            enclosures.add_to_draft(tx, draft, each, now=visit.now)
        except Refused as no:
            refusals.append(no)
    return refusals


def _together(refusals: list[Refused], problems: Mapping[str, Refused]) -> dict[str, Refused]:
    """Why a file was not taken is said instead of that it is missing; a field says one thing at a time."""
    found = dict(problems)
    for no in reversed(refusals):
        found[no.field] = no
    return found

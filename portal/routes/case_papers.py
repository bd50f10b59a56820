"""Official letters at the desk: read, written, seen before they are sent, sent."""

from dataclasses import replace

from litestar import Response, get, post
from sqlmodel import Session

from db.models import Case
from db.queries import cases
from portal import languages
from portal.routes import _page, papers
from portal.routes._fields import Fields
from portal.routes._page import Answer
from portal.routes.case import DESK, Desk
from portal.rules import permissions
from portal.rules.refusal import NotFound, Refused
from portal.services import casework, correspondence, official
from portal.services.accounts import SignedIn
from portal.services.correspondence import Draft
from portal.views import _desk
from portal.views import papers as views
from portal.views.papers import PaperForm


@get("/masa/basvuru/{ref:str}/alindi.pdf", dependencies=DESK, sync_to_thread=True)
def receipt(desk: Desk, clerk: SignedIn, ref: str) -> Response[bytes]:
    """The receipt of the submission whose number the address names."""
    with desk.db.reading() as tx:
        _readable(tx, ref, clerk)
        submission = cases.submission(tx, ref)
        letter = official.receipt_of(tx, submission) if submission else None
    return papers.receipt_pages(desk.db, letter, ref, settings=desk.settings, town=desk.town, now=desk.now)


@get("/masa/basvuru/{ref:str}/yazi/{name:str}", dependencies=DESK, sync_to_thread=True)
def show(desk: Desk, clerk: SignedIn, ref: str, name: str) -> Answer | Response[bytes]:
    """A letter of the case; its pages where the address ends in .pdf."""
    with desk.db.reading() as tx:
        letter = official.letter_of(tx, name.removesuffix(papers.PDF), _readable(tx, ref, clerk))
    if name.endswith(papers.PDF):
        return papers.pages_of(letter, desk.settings)
    language = languages.chosen(desk.request)
    view = views.desk_paper_view(_frame(desk), _desk.signed(clerk), letter, ref, language)
    return _page.page(desk.request, "staff/letter.html", view)


@get("/masa/basvuru/{ref:str}/yazi", dependencies=DESK, sync_to_thread=True)
def write(desk: Desk, clerk: SignedIn, ref: str) -> Answer:
    """Asks what kind of letter it shall be and what it shall say."""
    with desk.db.reading() as tx:
        case = _writable(tx, ref, clerk)
    return _form(desk, clerk, case, PaperForm(seen=case.version, kind="letter"))


@post("/masa/basvuru/{ref:str}/yazi/onizleme", dependencies=DESK, sync_to_thread=True)
def preview(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer | Response[bytes]:
    """The letter as it would be sent, as a page or as PDF; or the form again, to go on writing."""
    form = PaperForm.read(fields)
    with desk.db.reading() as tx:
        case = _writable(tx, ref, clerk)
        try:
            drafts = _drafted(tx, desk, clerk, case, form)
        except Refused as no:
            return _form(desk, clerk, case, form.refused(no))
    if form.act == "edit":
        return _form(desk, clerk, case, form)
    if form.act == "pdf":
        return papers.pdf(official.preview(drafts[0].content), ref)
    return _preview(desk, clerk, case, form, drafts)


@post("/masa/basvuru/{ref:str}/yazi", dependencies=DESK, sync_to_thread=True)
def send(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Issues the letter that was previewed, and tells the applicants."""
    form = PaperForm.read(fields)
    try:
        with desk.db.transaction() as tx:
            case = _writable(tx, ref, clerk)
            issued = correspondence.send(
                tx,
                case,
                _drafted(tx, desk, clerk, case, form),
                seen=form.seen,
                seen_words=form.seen_words,
                store=official.store(desk.settings.data_dir),
                by=clerk,
                town=desk.town,
                now=desk.now,
            )
    except Refused as no:
        return _again(desk, clerk, ref, form.refused(no))
    return _page.go(desk.request, f"/masa/basvuru/{ref}/yazi/{issued[0].name}")


def _again(desk: Desk, clerk: SignedIn, ref: str, form: PaperForm) -> Answer:
    """The form as it was typed, at the version its writer has now been told of."""
    with desk.db.reading() as tx:
        case = _writable(tx, ref, clerk)
    return _form(desk, clerk, case, form.seeing(case.version) if form.is_outdated else form)


def _drafted(tx: Session, desk: Desk, clerk: SignedIn, case: Case, form: PaperForm) -> tuple[Draft, ...]:
    return correspondence.draft(
        tx, case, form.kind, subject=form.subject, words=form.words, by=clerk, town=desk.town, now=desk.now
    )


def _preview(desk: Desk, clerk: SignedIn, case: Case, form: PaperForm, drafts: tuple[Draft, ...]) -> Answer:
    form = replace(form, seen_words=correspondence.digest(drafts))
    view = views.preview_view(
        _frame(desk),
        _desk.signed(clerk),
        case,
        form,
        languages.chosen(desk.request),
        [each.content for each in drafts],
    )
    return _page.page(desk.request, "staff/letter_preview.html", view)


def _form(desk: Desk, clerk: SignedIn, case: Case, form: PaperForm) -> Answer:
    with desk.db.reading() as tx:
        applicants = len(cases.submissions(tx, case))
    view = views.write_view(
        _frame(desk), _desk.signed(clerk), case, form, languages.chosen(desk.request), applicants=applicants
    )
    return _page.page(desk.request, "staff/letter_form.html", view, status=422 if view.refused else 200)


def _frame(desk: Desk) -> views.Frame:
    return _page.town_in(desk.request, desk.town.facts)


def _readable(tx: Session, ref: str, clerk: SignedIn) -> Case:
    """The case, if this colleague may also read what was said in it."""
    case = casework.visible(tx, ref, to=clerk)
    if case.is_special and not permissions.may(clerk, "special.view", case):
        raise NotFound
    return case


def _writable(tx: Session, ref: str, clerk: SignedIn) -> Case:
    case = _readable(tx, ref, clerk)
    permissions.require(clerk, "case.reply", case)
    return case

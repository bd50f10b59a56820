"""The page of a case: look at it, move it, give it to somebody, write about it, answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.di import Provide
from sqlmodel import Session

from db.engine import Database
from db.models import Case
from db.queries import casefile
from db.queries import post as stored_post
from portal import clock, languages
from portal.routes import _page, _state
from portal.routes._fields import Fields
from portal.routes._page import Answer, Asked
from portal.rules import references
from portal.rules.refusal import NotFound, Refused
from portal.services import applications, callbacks, casework, counts
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import _desk
from portal.views import case as views
from portal.views._case_forms import AssignForm, CallForm, CaseForm, NoteForm, ReplyForm, StatusForm
from portal.views._case_record import Reader, Record
from portal.views.case import CaseView


@dataclass(frozen=True)
class Desk:
    """A colleague in front of a page of the desk, and when."""

    request: Asked
    db: Database
    town: Town
    settings: Settings
    clerk: SignedIn
    now: datetime

    @property
    def reader(self) -> Reader:
        return Reader(
            clerk=self.clerk,
            town=self.town,
            language=languages.chosen(self.request),
            frame=_page.town_in(self.request, self.town.facts),
            now=self.now,
            mail_folder=_desk.mail_note(self.settings.smtp_url, str(self.settings.data_dir / "mail"), self.clerk),
            known_tag=_page.known_tag(self.request),
        )


async def _at_desk(request: Asked, clerk: SignedIn) -> Desk:
    state = request.app.state
    return Desk(request, state.db, await _state.town(state), state.settings, clerk, clock.now())


DESK = {"desk": Provide(_at_desk)}


@get("/masa/basvuru/{ref:str}", dependencies=DESK, sync_to_thread=True)
def show(desk: Desk, clerk: SignedIn, ref: str) -> Answer:
    """The case; only the parts that move on by themselves where those were asked for."""
    with desk.db.reading() as tx:
        record = _record(tx, visible(tx, ref, clerk), desk)
    tag = views.tag_of(record, desk.reader)
    if answer := _page.not_modified(desk.request, tag):
        return answer
    view = views.case_view(record, desk.reader)
    return _page.page(desk.request, "staff/case.html", view, part="staff/case.swap.html", headers=_page.tagged(tag))


@post("/masa/basvuru/{ref:str}/durum", dependencies=DESK, sync_to_thread=True)
def change_status(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Moves the case, and writes to the applicants where the move owes them an answer."""
    form = StatusForm.read(fields, fields.every("reason"))

    def move(tx: Session, case: Case) -> None:
        wanted = form.move(desk.town)
        casework.change_status(tx, case, wanted, seen=form.seen, by=clerk, town=desk.town, now=desk.now)

    return changed(desk, ref, form, move)


@post("/masa/basvuru/{ref:str}/atama", dependencies=DESK, sync_to_thread=True)
def assign(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Gives the case to a department or a person."""
    form = AssignForm.read(fields)

    def give(tx: Session, case: Case) -> None:
        department_id = form.department_id(desk.town, now_in=case.department_id)
        casework.assign(
            tx,
            case,
            department_id=department_id,
            assignee_id=form.assignee_id,
            seen=form.seen,
            by=clerk,
            town=desk.town,
            now=desk.now,
        )

    return changed(desk, ref, form, give)


@post("/masa/basvuru/{ref:str}/not", dependencies=DESK, sync_to_thread=True)
def add_note(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Writes something down for colleagues."""
    form = NoteForm.read(fields)

    def note(tx: Session, case: Case) -> None:
        casework.add_note(tx, case, form.note, seen=form.seen, by=clerk, now=desk.now)

    return changed(desk, ref, form, note)


@post("/masa/basvuru/{ref:str}/yanit", dependencies=DESK, sync_to_thread=True)
def reply(desk: Desk, clerk: SignedIn, ref: str, fields: Fields) -> Answer:
    """Answers every applicant, and leaves the case where it stands."""
    form = ReplyForm.read(fields)

    def answer(tx: Session, case: Case) -> None:
        casework.reply(tx, case, form.reply, seen=form.seen, by=clerk, town=desk.town, now=desk.now)

    return changed(desk, ref, form, answer)


@post("/masa/basvuru/{ref:str}/arama/{call:int}", dependencies=DESK, sync_to_thread=True)
def record_call(desk: Desk, clerk: SignedIn, ref: str, call: int, fields: Fields) -> Answer:
    """Writes down that an applicant was rung up."""
    form = CallForm.read(fields, call)

    def finish(tx: Session, case: Case) -> None:
        owed = next((each for each in stored_post.callbacks_of(tx, case.id or 0) if each.id == call), None)
        if owed is None:
            raise NotFound
        callbacks.finish_call(tx, owed, form.outcome, by=clerk, now=desk.now)

    return changed(desk, ref, form, finish)


def changed(desk: Desk, ref: str, form: CaseForm, act: Callable[[Session, Case], None]) -> Answer:
    """Tries the change, then shows the case as it stands: with the form as it was typed where a rule said no."""
    try:
        with desk.db.transaction() as tx:
            act(tx, visible(tx, ref, desk.clerk))
    except Refused as no:
        form = form.refused(no)
    try:
        view = view_of(desk, ref, form)
    except NotFound:
        if form.is_refused:
            raise
        # Given to another department, the case has left this desk.
        return _page.go(desk.request, "/masa/kuyruk")
    return _page.changed(
        desk.request, view, page="staff/case.html", swap="staff/changed.swap.html", back=f"/masa/basvuru/{ref}"
    )


def view_of(desk: Desk, ref: str, sent: CaseForm) -> CaseView:
    """The case as it stands, with the form that was just sent."""
    with desk.db.reading() as tx:
        return views.case_view(_record(tx, visible(tx, ref, desk.clerk), desk), desk.reader, sent=sent)


def visible(tx: Session, ref: str, clerk: SignedIn) -> Case:
    """The case under a number as an address has it; not found where it is not this colleague's."""
    if not references.is_valid(ref):
        raise NotFound
    return casework.visible(tx, ref, to=clerk)


def _record(tx: Session, case: Case, desk: Desk) -> Record:
    file = casefile.read(tx, case.id or 0)
    return Record(
        case=case,
        submissions=file.submissions,
        persons=file.persons,
        points=file.points,
        events=file.events,
        clocks=file.clocks,
        outgoing=file.outgoing,
        callbacks=file.callbacks,
        attachments=file.attachments,
        papers=file.letters,
        extensions=counts.extensions(case, file.clocks),
        application=applications.filed(file, secret=desk.settings.secret),
    )

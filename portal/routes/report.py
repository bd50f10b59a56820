"""A citizen reports, step by step. Every step is an address that shows a form and takes it back."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get, post
from sqlmodel import Session

from db.models import Attachment, Draft
from db.queries import post as stored
from portal.routes._fields import Fields
from portal.routes._page import Answer, go, page
from portal.routes._visit import VISIT, Visit
from portal.rules import places
from portal.rules.refusal import Refused, msgid
from portal.services import applications, attachments, drafts, steps, topics, tracking, whereabouts
from portal.services.attachments import Picture
from portal.services.steps import Step, Unfinished
from portal.views import report as views
from portal.views._forms import Errors, word
from portal.views.apply import ADDRESSES
from portal.views.pages import NOTICE_VERSION

# Five photos of fifteen megabytes, and what a browser writes around them.
MOST_UPLOAD = 80_000_000

_WAY_BACK = "/bildir?yeniden=1"

View = Callable[..., views.StepView]


@get("/bildir", dependencies=VISIT, sync_to_thread=True)
def what(visit: Visit) -> Answer:
    """Asks what happened."""
    report = _unfinished(visit)
    if report is None or report.fields.get("reference"):
        report = Unfinished({})
    asked = word(visit.request.query_params, "konu", 12)
    if visit.town.category_by_code(asked):
        report = Unfinished({**report.fields, "category": asked}, report.photos)
    view = views.what_view(
        visit.town,
        visit.frame,
        report,
        Errors(),
        visit.language,
        has_lost_form="yeniden" in visit.request.query_params,
    )
    return page(visit.request, "report/what.html", view)


@post("/bildir", dependencies=VISIT, sync_to_thread=True)
def take_what(visit: Visit, fields: Fields) -> Answer:
    """Takes the words and the topic; where the topic is missing, the words suggest some."""
    typed = views.read_what(fields)
    if address := _own_form(visit, typed):
        return address
    kept = _unfinished(visit) or Unfinished({})
    report = _with(kept, typed)
    problems = steps.problems(Step.WHAT, report, visit.town)
    if problems:
        found = topics.suggest(visit.town, typed["words"]) if "category" in problems else []
        view = views.what_view(
            visit.town,
            visit.frame,
            report,
            Errors(problems),
            visit.language,
            suggestions=views.suggested(found, visit.language),
        )
        return page(visit.request, "report/what.html", view, status=422)
    if typed["category"] != kept.fields.get("category"):
        typed["done"] = [each for each in kept.fields.get("done", ()) if each != Step.QUESTIONS]
    return _keep(visit, Step.WHAT, typed)


@post("/bildir/konu", dependencies=VISIT, sync_to_thread=True)
def suggest(visit: Visit, fields: Fields) -> Answer:
    """The topics that the words typed so far may be about. A post, so that nobody's words end up in a log."""
    chosen = visit.town.category_by_code(word(fields, "suggested", 12))
    found = [] if word(fields, "category", 12) else topics.suggest(visit.town, views.read_what(fields)["words"])
    if chosen and chosen not in found:
        found = [chosen, *found]
    view = views.SuggestionsView(
        suggestions=views.suggested(found, visit.language), chosen=chosen.code if chosen else ""
    )
    return page(visit.request, "report/_suggestions.html", view)


@get("/bildir/yer", dependencies=VISIT, sync_to_thread=True)
def place(visit: Visit) -> Answer:
    """Asks where it happened."""
    return _show(visit, Step.PLACE, views.place_view, "report/place.html")


@post("/bildir/yer", dependencies=VISIT, sync_to_thread=True)
def take_place(visit: Visit, fields: Fields) -> Answer:
    """Takes the place; a point alone is enough to know the neighbourhood."""
    typed = views.read_place(fields)
    if not typed["neighbourhood"] and typed["lat"] is not None:
        found = whereabouts.locate(visit.town, typed["lat"], typed["lon"]).neighbourhood
        typed["neighbourhood"] = found.code if found else ""
    return _take(visit, Step.PLACE, typed, views.place_view, "report/place.html")


@get("/bildir/yer/bul", dependencies=VISIT, sync_to_thread=True)
def find_place(visit: Visit) -> Response[dict[str, str]]:
    """Tells a script which neighbourhood a point lies in."""
    query = visit.request.query_params
    point = places.parse_coordinates(f"{word(query, 'lat', 20)} {word(query, 'lon', 20)}")
    return Response(_found(visit, point), headers={"Cache-Control": "no-store"})


@get("/bildir/foto", dependencies=VISIT, sync_to_thread=True)
def photo(visit: Visit) -> Answer:
    """Asks for photos; also a way to begin."""
    with visit.db.reading() as tx:
        draft = visit.draft(tx)
        shots = _shots(tx, draft)
    report = Unfinished.of(draft, len(shots))
    view = views.photo_view(visit.town, visit.frame, report, Errors(), visit.language, attachments=shots)
    return page(visit.request, "report/photo.html", view)


@post("/bildir/foto", dependencies=VISIT, sync_to_thread=True, request_max_body_size=MOST_UPLOAD)
def take_photo(visit: Visit, fields: Fields) -> Answer:
    """Takes every photo that is good, says of each other one why not, and goes on when there is none of those."""
    if "remove" in fields:
        return _remove(visit, fields["remove"])
    pictures, refusals = _read_all(fields)
    for each in pictures:
        attachments.put(attachments.store(visit.settings.data_dir), each)
    goes_on = fields.get("act") != "stay"
    with visit.db.transaction() as tx:
        draft, token = _begun(visit, tx)
        refusals += _add_all(visit, tx, draft, pictures)
        shots = _shots(tx, draft)
        report = Unfinished.of(draft, len(shots))
        problems = steps.problems(Step.PHOTO, report, visit.town) if goes_on else {}
        if goes_on and not problems and not refusals:
            drafts.keep(tx, draft, _done(draft, Step.PHOTO), now=visit.now)
            report = Unfinished.of(draft, len(shots))
    _forget_unused(visit, pictures, shots)
    if refusals or problems:
        errors = Errors(problems).plus(*_in_short(refusals))
        view = views.photo_view(
            visit.town, visit.frame, report, errors, visit.language, attachments=shots, refusals=refusals
        )
        answer = page(visit.request, "report/photo.html", view, status=422)
    else:
        step = steps.next_step(report, visit.town) if goes_on else Step.PHOTO
        answer = go(visit.request, step.address)
    return visit.remember_draft(answer, token) if token else answer


@get("/bildir/sorular", dependencies=VISIT, sync_to_thread=True)
def questions(visit: Visit) -> Answer:
    """Asks what the category needs to know."""
    return _show(visit, Step.QUESTIONS, views.questions_view, "report/questions.html")


@post("/bildir/sorular", dependencies=VISIT, sync_to_thread=True)
def take_questions(visit: Visit, fields: Fields) -> Answer:
    """Takes the answers."""
    typed = views.read_answers({name: fields.every(name) for name in fields})
    return _take(visit, Step.QUESTIONS, typed, views.questions_view, "report/questions.html")


@get("/bildir/kim", dependencies=VISIT, sync_to_thread=True)
def who(visit: Visit) -> Answer:
    """Asks who writes, and says what we do with that."""
    return _show(visit, Step.WHO, views.who_view, "report/who.html")


@post("/bildir/kim", dependencies=VISIT, sync_to_thread=True)
def take_who(visit: Visit, fields: Fields) -> Answer:
    """Takes who writes, with the version of the privacy notice that stood beside it."""
    typed = {**views.read_who(fields), "notice_version": NOTICE_VERSION}
    return _take(visit, Step.WHO, typed, views.who_view, "report/who.html")


@get("/bildir/ozet", dependencies=VISIT, sync_to_thread=True)
def summary(visit: Visit) -> Answer:
    """Shows everything once more before it is sent."""
    with visit.db.reading() as tx:
        draft = visit.draft(tx)
        shots = _shots(tx, draft)
    if draft is None:
        return go(visit.request, _WAY_BACK)
    if draft.reference:
        return _receipt(visit, draft.reference)
    report = Unfinished.of(draft, len(shots))
    step = steps.next_step(report, visit.town)
    if step != Step.SUMMARY:
        return go(visit.request, step.address)
    return page(visit.request, "report/summary.html", _summary(visit, draft, shots))


@post("/bildir/ozet", dependencies=VISIT, sync_to_thread=True)
def send(visit: Visit, fields: Fields) -> Answer:
    """Sends the report. Sending it again leads to the same receipt."""
    with visit.db.transaction() as tx:
        draft = visit.draft(tx, hold=True)
        shots = _shots(tx, draft)
        form_id = word(fields, "form_id", 64)
        is_own = draft is not None and form_id in ("", draft.form_id)
        sent = draft if is_own else stored.draft_by_form(tx, form_id)
        if sent is not None and (draft is None or sent.id != draft.id):
            return go(visit.request, f"/alindi/{sent.reference}" if sent.reference else _WAY_BACK)
        if draft is None:
            return go(visit.request, _WAY_BACK)
        report = Unfinished.of(draft, len(shots))
        # What was sent before had been complete, and its fields are gone.
        problems = {} if draft.reference else steps.all_problems(report, visit.town, language=visit.language.code)
        if not problems:
            receipt = drafts.send(
                tx,
                draft,
                steps.report_of(report, report.category(visit.town)),
                language=visit.language.code,
                notice_version=report.fields.get("notice_version", NOTICE_VERSION),
                town=visit.town,
                secret=visit.settings.secret,
                now=visit.now,
            )
    if problems:
        return page(visit.request, "report/summary.html", _summary(visit, draft, shots, problems), status=422)
    return visit.open(go(visit.request, f"/alindi/{receipt.reference}"), receipt.reference, receipt.key)


def _own_form(visit: Visit, typed: Mapping[str, Any]) -> Answer | None:
    """The way to the form of its own that a law's application needs; what was written comes along."""
    category = visit.town.category_by_code(typed["category"])
    kind = applications.kind_of(category) if category else ""
    if not kind:
        return None
    with visit.db.transaction() as tx:
        draft, token = _begun(visit, tx)
        drafts.keep(tx, draft, {"words": typed["words"], "category": "", "application": kind}, now=visit.now)
    answer = go(visit.request, ADDRESSES[kind])
    return visit.remember_draft(answer, token) if token else answer


def _receipt(visit: Visit, reference: str) -> Answer:
    """The receipt of what this browser has sent; the first answer, with its key, may have been lost on the way."""
    with visit.db.reading() as tx:
        key = tracking.key_for(tx, reference, secret=visit.settings.secret)
    return visit.open(go(visit.request, f"/alindi/{reference}"), reference, key)


def _show(visit: Visit, step: Step, view: View, template: str) -> Answer:
    """A step's page, or the first step before it that is still to be done."""
    report = _unfinished(visit)
    if report is None:
        return go(visit.request, _WAY_BACK)
    if report.fields.get("reference"):
        return _receipt(visit, report.fields["reference"])
    wanted = steps.next_step(report, visit.town, before=step)
    if wanted != step:
        return go(visit.request, wanted.address)
    return page(visit.request, template, view(visit.town, visit.frame, report, Errors(), visit.language))


def _take(visit: Visit, step: Step, typed: Mapping[str, Any], view: View, template: str) -> Answer:
    """Keeps what a step said and goes on, or shows it again with what is wrong."""
    kept = _unfinished(visit)
    if kept is None:
        return go(visit.request, _WAY_BACK)
    if kept.fields.get("reference"):
        return _receipt(visit, kept.fields["reference"])
    report = _with(kept, typed)
    problems = steps.problems(step, report, visit.town, language=visit.language.code)
    if problems:
        shown = view(visit.town, visit.frame, report, Errors(problems), visit.language)
        return page(visit.request, template, shown, status=422)
    return _keep(visit, step, typed)


def _keep(visit: Visit, step: Step, typed: Mapping[str, Any]) -> Answer:
    with visit.db.transaction() as tx:
        draft, token = _begun(visit, tx)
        drafts.keep(tx, draft, typed, now=visit.now)
        drafts.keep(tx, draft, _done(draft, step), now=visit.now)
        report = Unfinished.of(draft, len(_shots(tx, draft)))
    answer = go(visit.request, steps.next_step(report, visit.town).address)
    return visit.remember_draft(answer, token) if token else answer


def _unfinished(visit: Visit) -> Unfinished | None:
    """What this browser has typed so far; a report that was sent tells only its reference."""
    with visit.db.reading() as tx:
        draft = visit.draft(tx)
        if draft is None:
            return None
        if draft.reference:
            return Unfinished({"reference": draft.reference})
        return Unfinished.of(draft, len(_shots(tx, draft)))


def _begun(visit: Visit, tx: Session) -> tuple[Draft, str]:
    """The unfinished form of this browser, else a new one with the token to remember it by."""
    draft = visit.draft(tx)
    if draft is None or draft.reference:
        return drafts.begin(tx, now=visit.now)
    return draft, ""


def _with(report: Unfinished, typed: Mapping[str, Any]) -> Unfinished:
    return Unfinished({**report.fields, **typed}, report.photos)


def _done(draft: Draft, step: Step) -> dict[str, Any]:
    return {"done": list(dict.fromkeys([*draft.fields.get("done", ()), step.value]))}


def _shots(tx: Session, draft: Draft | None) -> list[Attachment]:
    return list(stored.draft_attachments(tx, draft.id)) if draft and draft.id else []


def _summary(
    visit: Visit, draft: Draft, shots: list[Attachment], problems: Mapping[Step, Mapping[str, Refused]] | None = None
) -> views.SummaryView:
    return views.summary_view(
        visit.town,
        visit.frame,
        Unfinished.of(draft, len(shots)),
        visit.language,
        attachments=shots,
        form_id=draft.form_id,
        problems=problems or {},
    )


def _found(visit: Visit, point: tuple[float, float] | None) -> dict[str, str]:
    say = visit.language.say
    if point is None:
        unknown = msgid("Konumunuz bulunamadı. Mahalleyi listeden seçebilirsiniz.")
        return {"neighbourhood": "", "name": "", "words": say(unknown)}
    where = whereabouts.locate(visit.town, *point)
    if where.neighbourhood is None:
        outside = whereabouts.outside(visit.town, where, language=visit.language.code)
        return {"neighbourhood": "", "name": "", "words": say(outside)}
    name = where.neighbourhood.name
    found = Refused("Konumunuz: %(name)s Mahallesi. Yanlışsa listeden düzeltin.", name=name)
    return {"neighbourhood": where.neighbourhood.code, "name": name, "words": say(found)}


def _read_all(fields: Fields) -> tuple[list[Picture], list[Refused]]:
    pictures: list[Picture] = []
    refusals: list[Refused] = []
    for file in fields.files("photos"):
        file.file.seek(0)
        # One byte more than may be kept is enough to know that it is too large.
        content = file.file.read(attachments.MOST_BYTES + 1)
        try:
            pictures.append(attachments.read(content, file.filename))
        except Refused as no:
            refusals.append(no)
    return pictures, refusals


def _add_all(visit: Visit, tx: Session, draft: Draft, pictures: list[Picture]) -> list[Refused]:
    refusals = []
    for each in pictures:
        try:
            added = attachments.add_to_draft(tx, draft, each, now=visit.now)
        except Refused as no:
            refusals.append(no)
            continue
        if added is not None:
            _place_from(visit, tx, draft, each)
    return refusals


def _forget_unused(visit: Visit, pictures: list[Picture], shots: list[Attachment]) -> None:
    used = {each.name for each in shots}
    for each in pictures:
        if each.name not in used:
            attachments.remove(attachments.store(visit.settings.data_dir), each.name)


def _place_from(visit: Visit, tx: Session, draft: Draft, picture: Picture) -> None:
    """A photo taken in town says where it happened, as long as nobody has said it yet."""
    if picture.latitude is None or picture.longitude is None:
        return
    if draft.fields.get("lat") is not None or draft.fields.get("neighbourhood"):
        return
    found = whereabouts.locate(visit.town, picture.latitude, picture.longitude).neighbourhood
    if found is not None:
        point = {"lat": picture.latitude, "lon": picture.longitude, "point_from_photo": True}
        drafts.keep(tx, draft, {**point, "neighbourhood": found.code}, now=visit.now)


def _in_short(refusals: list[Refused]) -> list[Refused]:
    if len(refusals) < 2:
        return refusals
    return [Refused("%(n)s fotoğraf eklenemedi; nedenleri aşağıda yazıyor.", "photos", n=len(refusals))]


def _remove(visit: Visit, name: str) -> Answer:
    with visit.db.transaction() as tx:
        draft = visit.draft(tx)
        is_gone = draft is not None and attachments.take_from_draft(tx, draft, name)
    if is_gone:
        attachments.remove(attachments.store(visit.settings.data_dir), name)
    return go(visit.request, Step.PHOTO.address)

"""A citizen follows a report by its number, opens it, and adds what was forgotten."""

from dataclasses import dataclass

from litestar import get, post

from portal.again import give_again
from portal.routes import _state
from portal.routes._fields import Fields
from portal.routes._page import Answer, go, is_partial, not_modified, page, tagged
from portal.routes._visit import VISIT, Visit
from portal.routes._who import address_of
from portal.rules import references
from portal.rules.refusal import NotFound, Refused
from portal.services import attachments, tracking
from portal.services.attachments import Picture
from portal.services.tracking import Tracked
from portal.views import track as views
from portal.views._forms import word

# One photo at a time here, and what a browser writes around it.
MOST_UPLOAD = 20_000_000


@get("/takip", dependencies=VISIT, sync_to_thread=True)
def find(visit: Visit) -> Answer:
    """Asks for a number, and reads it however it was typed."""
    typed = visit.request.query_params.get("no")
    if typed is None:
        return page(visit.request, "track/find.html", views.find_view(visit.frame, ""))
    found = references.find_reference(typed)
    if found.reference is None:
        return _not_found(visit, typed, found.problem, status=422)
    with visit.db.reading() as tx:
        try:
            tracking.look(tx, found.reference)
        except NotFound:
            return _not_found(visit, typed, "unknown", status=404)
    return go(visit.request, f"/takip/{found.reference}")


@get("/takip/{reference:str}", dependencies=VISIT, sync_to_thread=True)
def show(visit: Visit, reference: str) -> Answer:
    """Shows what became of a report. A key in the address is exchanged for a cookie and led away from."""
    found = references.find_reference(reference)
    if found.reference is None:
        return _not_found(visit, reference, found.problem, status=404)
    if found.reference != reference:
        return go(visit.request, f"/takip/{found.reference}")
    if key := visit.request.query_params.get("k"):
        return _exchange(visit, reference, key)
    try:
        tracked = _look(visit, reference)
    except NotFound:
        return _not_found(visit, reference, "unknown", status=404)
    # An open page asks every ten seconds, and mostly in vain. The whole page has a form, which is each time another.
    if is_partial(visit.request):
        until = _state.next_minute(visit.now)
        shows = _Shows(visit.request.app.state, visit.town, until, reference, tracked.moves)
        give_again(visit.request, shows.still)
    tag = views.tag_of(tracked, visit.language, now=visit.now)
    if unchanged := not_modified(visit.request, tag):
        return unchanged
    has_thanks = "eklendi" in visit.request.query_params
    view = views.track_view(visit.town, visit.frame, tracked, visit.language, now=visit.now, has_thanks=has_thanks)
    return page(visit.request, "track/case.html", view, part="track/_live.html", headers=tagged(tag))


@dataclass
class _Shows(_state.Standing):
    """The part of a followed report that reloads itself; no more of it is kept than tells whether it has moved."""

    reference: str
    moved_with: tracking.Moves

    async def is_the_same(self) -> bool:
        """Whether it would show the same now."""
        return await _state.asked(self.state.db, lambda db: tracking.moves(db, self.reference)) == self.moved_with


@post("/takip/{reference:str}/ac", dependencies=VISIT, sync_to_thread=True)
def unlock(visit: Visit, reference: str, fields: Fields) -> Answer:
    """Opens a report to whoever knows the end of its telephone number."""
    try:
        key = tracking.unlock(
            visit.db,
            reference,
            word(fields, "last4", 20).replace(" ", ""),
            address=address_of(visit.request),
            secret=visit.settings.secret,
            now=visit.now,
        )
    except Refused as no:
        return _again(visit, reference, lock_refusal=no)
    return visit.open(go(visit.request, f"/takip/{reference}"), reference, key)


@post("/takip/{reference:str}/bilgi", dependencies=VISIT, sync_to_thread=True, request_max_body_size=MOST_UPLOAD)
def add_information(visit: Visit, reference: str, fields: Fields) -> Answer:
    """Takes what an applicant adds, with a photo if there is one."""
    words, form_id = views.read_information(fields)
    store = attachments.store(visit.settings.data_dir)
    pictures: list[Picture] = []
    is_new = False
    try:
        _require_key(visit, reference)
        pictures = _read(fields)
        for each in pictures:
            attachments.put(store, each)
        with visit.db.transaction() as tx:
            is_new = tracking.add_information(
                tx,
                reference,
                words,
                key=visit.key_of(reference),
                form_id=form_id,
                pictures=pictures,
                town=visit.town,
                now=visit.now,
            )
    except Refused as no:
        return _again(visit, reference, words=words, form_id=form_id, refusal=no)
    finally:
        if not is_new:
            for each in pictures:
                attachments.remove(store, each.name)
    return go(visit.request, f"/takip/{reference}?eklendi=1")


@post("/takip/{reference:str}/kapat", dependencies=VISIT, sync_to_thread=True)
def close(visit: Visit, reference: str) -> Answer:
    """Takes the key from this browser, for those who use somebody else's."""
    return visit.close(go(visit.request, "/takip"), reference)


def _look(visit: Visit, reference: str) -> Tracked:
    with visit.db.reading() as tx:
        return tracking.look(tx, reference, key=visit.key_of(reference))


def _exchange(visit: Visit, reference: str, key: str) -> Answer:
    with visit.db.reading() as tx:
        is_right = tracking.opens(tx, reference, key)
    answer = go(visit.request, f"/takip/{reference}")
    return visit.open(answer, reference, key) if is_right else answer


def _require_key(visit: Visit, reference: str) -> None:
    """Nobody's photo is unpacked for a report they may not write to."""
    with visit.db.reading() as tx:
        tracking.opened(tx, reference, visit.key_of(reference))


def _read(fields: Fields) -> list[Picture]:
    pictures = []
    for file in fields.files("photos")[:1]:
        file.file.seek(0)
        pictures.append(attachments.read(file.file.read(attachments.MOST_BYTES + 1), file.filename))
    return pictures


def _again(
    visit: Visit,
    reference: str,
    *,
    words: str = "",
    form_id: str = "",
    refusal: Refused | None = None,
    lock_refusal: Refused | None = None,
) -> Answer:
    view = views.track_view(
        visit.town,
        visit.frame,
        _look(visit, reference),
        visit.language,
        now=visit.now,
        words=words,
        form_id=form_id,
        refusal=refusal,
        lock_refusal=lock_refusal,
    )
    return page(visit.request, "track/case.html", view, status=422)


def _not_found(visit: Visit, typed: str, problem: str, *, status: int) -> Answer:
    return page(visit.request, "track/find.html", views.find_view(visit.frame, typed, problem), status=status)

"""The queue: what waits for my department, always as it stands."""

from dataclasses import replace
from datetime import datetime

from litestar import get
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from sqlmodel import Session

from db import search
from db.queries import queue
from db.queries.owed import Bounds
from db.queries.queue import Wanted
from portal import clock, languages
from portal.routes import _page, _state
from portal.routes._page import Answer, Asked
from portal.routes._sent import Sent
from portal.rules import permissions
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _desk
from portal.views import _queue_form as forms
from portal.views import queue as views
from portal.views._queue_form import QueueForm
from portal.views._queue_lists import may_see_escalated
from portal.views.queue import Listed, Tag

PAGE = 50
_sent = Sent()


@get("/masa/kuyruk")
async def show(request: Asked, state: State, clerk: SignedIn) -> Answer:
    """The wanted cases; only the list where that was asked for, and nothing at all when it has not changed."""
    now, language, town = clock.now(), languages.chosen(request), await _state.town(state)
    form = QueueForm.read(request.query_params, town)
    seen = Tag.read(_page.known_tag(request))
    tag = Tag.of(form, clerk, language, now=now)
    # Every open queue asks every few seconds, and mostly in vain: that is answered without another thread.
    if seen and seen.state == tag.state:
        return _page.unchanged(str(seen))
    return await sync_to_thread(_draw, request, state, town, clerk, form, tag=tag, seen=seen, now=now)


def _draw(
    request: Asked,
    state: State,
    town: Town,
    clerk: SignedIn,
    form: QueueForm,
    *,
    tag: Tag,
    seen: Tag | None,
    now: datetime,
) -> Answer:
    db, settings = _state.database(state), _state.settings(state)
    wanted = form.wanted(clerk, town, now=now)
    since = seen.since if seen else None
    with db.reading() as tx:
        listed = _listed(tx, form, wanted, _bounds(clerk, town, now=now), since=since)
    tag = Tag(tag.state, since) if since else tag
    view = views.queue_view(
        listed,
        form,
        clerk,
        town,
        languages.chosen(request),
        frame=_page.town_in(request, town.facts),
        tag=tag,
        mail_folder=_desk.mail_note(settings.smtp_url, str(settings.data_dir / "mail"), clerk),
        now=now,
    )
    rows = view.rows
    if _page.keeps_rows(request):
        view = view.without(_sent.rows(_page.known_tag(request)))
    _sent.note(view.tag, rows)
    headers = _page.tagged_at(request, str(tag), form.address())
    return _page.page(request, "staff/queue.html", view, part="staff/_queue.html", headers=headers)


def _bounds(clerk: SignedIn, town: Town, *, now: datetime) -> Bounds:
    """What is in danger is counted of everything this colleague may see, whatever the list is narrowed to."""
    return Bounds(
        departments=permissions.visible_departments(clerk),
        now=now,
        soon_before=forms.soon_before(town, now),
        untouched_before=forms.untouched_before(town, now),
        with_escalated=may_see_escalated(clerk),
    )


def _listed(tx: Session, form: QueueForm, wanted: Wanted, bounds: Bounds, *, since: datetime | None) -> Listed:
    order, place = form.order_of_query, form.place
    if wanted.words:
        wanted = replace(wanted, has_common_words=search.is_common(tx, wanted.words))
    rows = queue.page(tx, wanted, order=order, after=place, limit=PAGE + 1)
    shown = rows[:PAGE]
    previous = None
    if place and shown:
        first = views.first_place(shown, form)
        previous = queue.before(tx, wanted, order=order, first=first, limit=PAGE)
    counts, alarms = queue.numbers(tx, wanted, bounds)
    return Listed(rows=shown, has_more=len(rows) > PAGE, counts=counts, alarms=alarms, previous=previous, since=since)

"""The queue: what waits for my department, always as it stands."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from litestar import get
from litestar.concurrency import sync_to_thread
from litestar.datastructures import MultiDict, State
from sqlmodel import Session

from db import search
from db.queries import queue
from db.queries.owed import Alarms, Bounds
from db.queries.queue import Wanted
from portal import clock, languages
from portal.again import give_again
from portal.routes import _page, _state, _who
from portal.routes._page import Answer, Asked
from portal.routes._sent import Lately, Sent
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
_alarms: Lately[Alarms] = Lately()


@get("/masa/kuyruk")
async def show(request: Asked, clerk: SignedIn) -> Answer:
    """The wanted cases; only the list where that was asked for, and nothing at all when it has not changed.

    What has not changed is answered without the database and without another thread, and given again to whoever asks
    in the same words.
    """
    # The app's own, not the handler's copy of it: that would be made anew for every question.
    state = request.app.state
    now, language, town = clock.now(), languages.chosen(request), await _state.town(state)
    form = _form(tuple(request.query_params.multi_items()), town)
    seen = Tag.read(_page.known_tag(request))
    tag = Tag.of(form, clerk, language, now=now)
    until = min(_state.next_minute(now), clerk.is_known_until)
    shows = _Shows(state, town, until, _who.token_of(request, state.settings), clerk)
    if seen and seen.state == tag.state:
        give_again(request, shows.still)
        return _page.unchanged(str(seen))
    answer = await sync_to_thread(_draw, request, state, town, clerk, form, tag=tag, seen=seen, now=now)
    if not seen:
        give_again(request, shows.still)
    return answer


@dataclass
class _Shows(_state.Standing):
    """A list as a colleague sees it."""

    token: str
    clerk: SignedIn

    async def is_the_same(self) -> bool:
        """Whether it would show the same to the same colleague now."""
        clerk: SignedIn | None = await self.state.looks.who(self.token)
        if clerk != self.clerk or clerk.lists_at != self.clerk.lists_at or clerk.is_to_be_seen:
            return False
        self.until = min(self.until, clerk.is_known_until)
        return True


@lru_cache(maxsize=500)
def _form(asked: tuple[tuple[str, str], ...], town: Town) -> QueueForm:
    """The same address asks for the same list, many times a minute."""
    return QueueForm.read(MultiDict(asked), town)


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
    # Of many thousands that are late each is looked at to be counted: once a minute, unless something changes.
    bounds = _bounds(clerk, town, now=now.replace(second=0, microsecond=0))
    alarms = _alarms.find((db, clerk.lists_at, bounds))
    with db.reading() as tx:
        listed = _listed(tx, form, wanted, None if alarms else bounds, since=since)
    if alarms:
        listed = replace(listed, alarms=alarms)
    else:
        _alarms.keep((db, clerk.lists_at, bounds), listed.alarms)
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


def _listed(tx: Session, form: QueueForm, wanted: Wanted, bounds: Bounds | None, *, since: datetime | None) -> Listed:
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

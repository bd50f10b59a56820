"""The queue: what waits for my department, always as it stands."""

from dataclasses import replace
from datetime import datetime

from litestar import get
from sqlmodel import Session

from db import search
from db.engine import Database
from db.queries import owed, queue
from db.queries.owed import Alarms
from portal import clock, languages
from portal.routes import _page
from portal.routes._page import Answer, Asked
from portal.rules import permissions
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import _desk
from portal.views import _queue_form as forms
from portal.views import queue as views
from portal.views._queue_form import QueueForm
from portal.views._queue_lists import may_see_escalated
from portal.views.queue import Listed, Tag

PAGE = 50


@get("/masa/kuyruk", sync_to_thread=True)
def show(request: Asked, db: Database, settings: Settings, town: Town, clerk: SignedIn) -> Answer:
    """The wanted cases; only the list where that was asked for, and nothing at all when it has not changed."""
    now, language = clock.now(), languages.chosen(request)
    form = QueueForm.read(request.query_params, town)
    wanted = form.wanted(clerk, town, now=now)
    seen = Tag.read(_page.known_tag(request))
    with db.reading() as tx:
        # The counts of what is in danger are of everything this colleague may see, whatever the list is narrowed to.
        version = queue.version(tx, permissions.visible_departments(clerk))
        tag = Tag.of(form, clerk, language, version=version, now=now)
        if seen and seen.state == tag.state:
            return _page.unchanged(str(seen))
        tag = Tag(tag.state, seen.since) if seen else tag
        wanted = replace(wanted, has_common_words=bool(wanted.words) and search.is_common(tx, wanted.words))
        alarms = _alarms(tx, clerk, town, now=now)
        listed = _listed(tx, form, wanted, alarms, since=seen.since if seen else None)
    view = views.queue_view(
        listed,
        form,
        clerk,
        town,
        language,
        frame=_page.town_in(request, town.facts),
        tag=tag,
        mail_folder=_desk.mail_note(settings.smtp_url, str(settings.data_dir / "mail"), clerk),
        now=now,
    )
    headers = _page.tagged_at(request, str(tag), form.address())
    return _page.page(request, "staff/queue.html", view, part="staff/_queue.html", headers=headers)


def _alarms(tx: Session, clerk: SignedIn, town: Town, *, now: datetime) -> Alarms:
    return owed.alarms(
        tx,
        permissions.visible_departments(clerk),
        now=now,
        soon_before=forms.soon_before(town, now),
        untouched_before=forms.untouched_before(town, now),
        with_escalated=may_see_escalated(clerk),
    )


def _listed(
    tx: Session, form: QueueForm, wanted: queue.Wanted, alarms: owed.Alarms, *, since: datetime | None
) -> Listed:
    order, place = form.order_of_query, form.place
    rows = queue.page(tx, wanted, order=order, after=place, limit=PAGE + 1)
    shown = rows[:PAGE]
    previous = None
    if place and shown:
        first = views.first_place(shown, form)
        previous = queue.before(tx, wanted, order=order, first=first, limit=PAGE)
    return Listed(
        rows=shown,
        has_more=len(rows) > PAGE,
        counts=queue.counts(tx, wanted),
        alarms=alarms,
        previous=previous,
        since=since,
    )

"""The queue: what waits for my department, always as it stands."""

from dataclasses import replace
from datetime import datetime

from litestar import get
from sqlmodel import Session

from db import search
from db.engine import Database
from db.queries import queue
from portal import clock, languages
from portal.routes import _page
from portal.routes._page import Answer, Asked
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.settings import Settings
from portal.views import _desk
from portal.views import queue as views
from portal.views._queue_form import QueueForm
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
        version = queue.version(tx, wanted.departments)
        tag = Tag.of(form, clerk, language, version=version, now=now)
        if seen and seen.state == tag.state:
            return _page.unchanged(str(seen))
        tag = Tag(tag.state, seen.since) if seen else tag
        wanted = replace(wanted, has_common_words=bool(wanted.words) and search.is_common(tx, wanted.words))
        listed = _listed(tx, form, wanted, since=seen.since if seen else None)
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


def _listed(tx: Session, form: QueueForm, wanted: queue.Wanted, *, since: datetime | None) -> Listed:
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
        previous=previous,
        since=since,
    )

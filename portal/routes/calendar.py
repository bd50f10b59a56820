"""The working calendar: looked at, changed after a preview, and followed while the dates are counted anew."""

from litestar import get, post

from db.queries import calendars as editions
from db.queries import town as stored
from portal.routes import _page
from portal.routes._admin import ADMIN, Admin
from portal.routes._fields import Fields
from portal.routes._page import Answer
from portal.rules.refusal import Refused
from portal.services import calendar_changes, calendars, recount
from portal.views import calendar as views
from portal.views._calendar_forms import CalendarForm
from portal.views.calendar import CalendarView, PreviewView

EDITIONS_SHOWN = 50


@get("/yonetim/takvim", dependencies=ADMIN, sync_to_thread=True)
def show(admin: Admin) -> Answer:
    """The calendar; only how far the recount has come where that was asked for."""
    if _page.is_partial(admin.request):
        with admin.db.reading() as tx:
            progress = recount.progress(tx)
        return _page.swap(admin.request, "admin/_progress.html", views.ProgressPart.of(progress, admin.language))
    return _page.page(admin.request, "admin/calendar.html", _calendar(admin))


@post("/yonetim/takvim/onizleme", dependencies=ADMIN, sync_to_thread=True)
def preview(admin: Admin, fields: Fields) -> Answer:
    """What a change would do to the open dates; nothing is changed yet."""
    form = CalendarForm.read(fields)
    try:
        view = _preview(admin, form)
    except Refused as no:
        return _page.page(admin.request, "admin/calendar.html", _calendar(admin, form.refused(no)), status=422)
    return _page.page(admin.request, "admin/preview.html", view)


@post("/yonetim/takvim/uygula", dependencies=ADMIN, sync_to_thread=True)
def apply(admin: Admin, fields: Fields) -> Answer:
    """Publishes the change that was looked at; the worker counts the dates anew."""
    form = CalendarForm.read(fields)
    try:
        change = form.change()
        with admin.db.transaction() as tx:
            calendar_changes.apply(tx, change, seen=form.seen, reason=form.reason, by=admin.clerk, now=admin.now)
    except Refused as no:
        return _again(admin, form.refused(no))
    admin.forget_town()
    return _page.go(admin.request, "/yonetim/takvim")


def _again(admin: Admin, form: CalendarForm) -> Answer:
    """The preview as it is now, with what was wrong; the calendar where the change makes no sense any more."""
    try:
        view = _preview(admin, form)
    except Refused as no:
        return _page.page(admin.request, "admin/calendar.html", _calendar(admin, form.refused(no)), status=422)
    return _page.page(admin.request, "admin/preview.html", view, status=422)


def _preview(admin: Admin, form: CalendarForm) -> PreviewView:
    change = form.change()
    with admin.db.reading() as tx:
        newest = editions.newest_id(tx) or 0
        wanted = calendar_changes.proposed(tx, change)
        found = recount.preview(tx, wanted, now=admin.now, days=change.days)
        removed = stored.day(tx, change.removed) if change.removed else None
        progress = recount.progress(tx)
    return views.preview_view(
        found,
        change,
        removed,
        progress,
        form.seeing(newest),
        admin.clerk,
        admin.town,
        admin.language,
        frame=admin.frame,
        now=admin.now,
    )


def _calendar(admin: Admin, form: CalendarForm | None = None) -> CalendarView:
    with admin.db.reading() as tx:
        return views.calendar_view(
            calendars.current(tx),
            stored.days(tx),
            editions.history(tx, EDITIONS_SHOWN),
            recount.progress(tx),
            form,
            admin.clerk,
            admin.town,
            admin.language,
            frame=admin.frame,
            now=admin.now,
        )

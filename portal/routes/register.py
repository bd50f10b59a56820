"""The register of written applications, and the yearly report that the law asks for."""

from litestar import get

from db.engine import Database
from db.queries import register
from portal import clock, languages
from portal.reports import information
from portal.routes import _page
from portal.routes._page import Answer, Asked
from portal.rules import permissions
from portal.rules.refusal import NotFound
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import register as views
from portal.views.register import RegisterForm

PAGE = 50


@get("/masa/kayit-defteri", sync_to_thread=True)
def show(request: Asked, db: Database, town: Town, clerk: SignedIn) -> Answer:
    """The entries of one register in one year, newest first."""
    now = clock.now()
    form = RegisterForm.read(request.query_params, this_year=views.this_year(now))
    sought = form.sought(clerk)
    with db.reading() as tx:
        rows = register.page(tx, sought, now=now, before=form.before, limit=PAGE + 1)
        total = register.count(tx, sought, now=now)
        years = register.years(tx, form.kind)
    view = views.register_view(
        rows[:PAGE],
        form,
        clerk,
        town,
        languages.chosen(request),
        frame=_page.town_in(request, town.facts),
        total=total,
        years=years,
        has_more=len(rows) > PAGE,
        now=now,
    )
    return _page.page(request, "staff/register.html", view)


@get("/masa/rapor/bilgi-edinme", sync_to_thread=True)
def yearly(request: Asked, db: Database, town: Town, clerk: SignedIn) -> Answer:
    """The yearly report on requests for information (4982 art. 30)."""
    if permissions.scope_of(clerk, "report.view") == "none":
        raise NotFound
    now = clock.now()
    form = RegisterForm.read(request.query_params, this_year=views.this_year(now))
    with db.reading() as tx:
        report = information.of_year(tx, form.year, permissions.visible_departments(clerk), now=now)
        years = register.years(tx, "information")
    view = views.report_view(
        report, clerk, languages.chosen(request), frame=_page.town_in(request, town.facts), years=years
    )
    return _page.page(request, "staff/report_information.html", view)

"""What each month brought each department: the page, and the same as a table for a spreadsheet."""

from litestar import Response, get

from db.engine import Database
from db.queries import sums
from portal import clock, languages, packing
from portal.reports import departments
from portal.routes import _page
from portal.routes._page import Answer, Asked
from portal.rules import permissions
from portal.rules.refusal import NotFound
from portal.services.accounts import SignedIn
from portal.services.figures import Months
from portal.services.townbook import Town
from portal.views import _sheet
from portal.views import departments as views
from portal.views.departments import MonthsForm


@get("/masa/rapor/birimler", sync_to_thread=True)
def show(request: Asked, db: Database, town: Town, clerk: SignedIn) -> Answer:
    """The year's figures of every department this colleague answers for, or of one month by month."""
    form = MonthsForm.read(request.query_params, clerk, town, now=clock.now())
    months, years = _read(db, form, clerk)
    view = views.months_view(
        months,
        form,
        clerk,
        town,
        languages.chosen(request),
        frame=_page.town_in(request, town.facts),
        years=years,
    )
    return _page.page(request, "staff/report_departments.html", view)


@get("/masa/rapor/birimler.csv", sync_to_thread=True)
def as_sheet(request: Asked, db: Database, town: Town, clerk: SignedIn) -> Response[bytes]:
    """One line for every department and month."""
    form = MonthsForm.read(request.query_params, clerk, town, now=clock.now())
    months, _years = _read(db, form, clerk)
    lines = views.sheet(months, form, town, languages.chosen(request))
    content, coded = packing.packed(_sheet.written(lines), request.headers.get("Accept-Encoding", ""))
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={
            **coded,
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="birim-raporu-{form.year}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _read(db: Database, form: MonthsForm, clerk: SignedIn) -> tuple[Months, list[int]]:
    if permissions.scope_of(clerk, "report.view") == "none":
        raise NotFound
    with db.reading() as tx:
        return departments.of_year(tx, form.year, form.departments(clerk)), sums.years(tx)

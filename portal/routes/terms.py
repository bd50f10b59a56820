"""The numbers the rules count with: looked at and set by the administrator."""

from litestar import get, post

from db.queries import town as stored
from portal.routes import _page
from portal.routes._admin import ADMIN, Admin
from portal.routes._fields import Fields
from portal.routes._page import Answer
from portal.rules.refusal import Refused
from portal.services import terms
from portal.views import terms as views
from portal.views.terms import TermsForm, TermsView


@get("/yonetim/sureler", dependencies=ADMIN, sync_to_thread=True)
def show(admin: Admin) -> Answer:
    """Every term with the article it comes from, and each category's limits."""
    return _page.page(admin.request, "admin/terms.html", _view(admin))


@post("/yonetim/sureler", dependencies=ADMIN, sync_to_thread=True)
def save(admin: Admin, fields: Fields) -> Answer:
    """Sets the terms that were changed; what begins from now on is counted with them."""
    form = TermsForm.read(fields)
    try:
        with admin.db.transaction() as tx:
            terms.save(tx, form.terms, form.fee_effect, by=admin.clerk)
    except Refused as no:
        return _page.page(admin.request, "admin/terms.html", _view(admin, form.refused(no)), status=422)
    admin.forget_town()
    return _page.go(admin.request, "/yonetim/sureler?kayit=tamam")


def _view(admin: Admin, form: TermsForm | None = None) -> TermsView:
    with admin.db.reading() as tx:
        facts = stored.facts(tx)
    is_saved = form is None and admin.request.query_params.get("kayit") == "tamam"
    return views.terms_view(facts, form, admin.clerk, admin.town, admin.language, frame=admin.frame, is_saved=is_saved)

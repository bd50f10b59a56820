"""The front page of the administration."""

from litestar import get

from portal.routes import _page
from portal.routes._admin import ADMIN, Admin
from portal.routes._page import Answer
from portal.views import administration as views


@get("/yonetim", dependencies=ADMIN, sync_to_thread=True)
def show(admin: Admin) -> Answer:
    """What can be set here."""
    return _page.page(admin.request, "admin/index.html", views.index_view(admin.clerk, admin.frame))

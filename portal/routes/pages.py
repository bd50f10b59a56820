"""The pages that only tell something: the front page, the privacy notice, accessibility."""

from litestar import get

from portal.routes._page import Answer, Asked, page, town_in
from portal.services.townbook import Town
from portal.views.pages import AccessibilityView, HomeView, NoticeView


@get("/", sync_to_thread=True)
def home(request: Asked, town: Town) -> Answer:
    """Says what this is and opens the doors."""
    return page(request, "home.html", HomeView(town=town_in(request, town.facts)))


@get("/aydinlatma", sync_to_thread=True)
def privacy(request: Asked, town: Town) -> Answer:
    """Says what we do with what people tell us."""
    return page(request, "notice.html", NoticeView(town=town_in(request, town.facts)))


@get("/erisilebilirlik", sync_to_thread=True)
def accessibility(request: Asked, town: Town) -> Answer:
    """Says who can use this service how, and whom to tell when they cannot."""
    return page(request, "accessibility.html", AccessibilityView(town=town_in(request, town.facts)))

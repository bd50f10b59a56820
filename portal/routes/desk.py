"""The desk's own front door."""

from litestar import get

from portal.routes._page import Answer, Asked, go
from portal.services.accounts import SignedIn


@get("/masa", sync_to_thread=True)
def home(request: Asked, clerk: SignedIn) -> Answer:
    """Work begins at the queue."""
    return go(request, "/masa/kuyruk")

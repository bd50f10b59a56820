"""What the front page of the administration may see."""

from dataclasses import dataclass

from portal.services.accounts import SignedIn
from portal.views import _desk
from portal.views._frame import Signed, Town


@dataclass(frozen=True, kw_only=True)
class IndexView:
    """The frame alone: what can be set is the template's to say."""

    town: Town
    clerk: Signed


def index_view(clerk: SignedIn, frame: Town) -> IndexView:
    return IndexView(town=frame, clerk=_desk.signed(clerk))

"""What the pages that only tell something may see."""

from dataclasses import dataclass

from portal.views._frame import Town

# A citizen's record names the version that was shown, so a changed word is a new version.
NOTICE_VERSION = "2026-11"


@dataclass(frozen=True, kw_only=True)
class HomeView:
    """The front page."""

    town: Town


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """The privacy notice, in the version that counts now."""

    town: Town
    version: str = NOTICE_VERSION


@dataclass(frozen=True, kw_only=True)
class AccessibilityView:
    """What works for whom, and whom to tell when something does not."""

    town: Town

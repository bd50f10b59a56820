"""The only clock. Nothing else in the house asks what time it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")
# Before anything there is.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present moment, in UTC and saying so."""
    return datetime.now(UTC)

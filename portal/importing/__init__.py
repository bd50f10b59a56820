"""Taking over the records of another system: check every row first, then write in batches."""

from portal.importing.takeover import Outcome, Stopped, run

__all__ = ["Outcome", "Stopped", "run"]

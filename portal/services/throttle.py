"""Guessing is slowed down: every try is written down before it is made, and taken back when it was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from db.engine import Database
from db.queries import access, staff
from portal.rules.refusal import Refused


@dataclass(frozen=True)
class Budget:
    """How many failed tries a key has in how long; `kind` says what is tried, `key` who or where."""

    kind: str
    key: str
    most: int
    within: timedelta


class TooMany(Refused):
    """The tries are used up for now."""


def spend(db: Database, budgets: Sequence[Budget], *, now: datetime, refusal: Refused) -> list[int]:
    """Takes one try from each budget, or refuses; answers what `take_back` wants when the try was right.

    Written first and counted afterwards, so that a thousand tries at the same moment are not all the tenth.
    """
    with db.reading() as tx:
        if any(staff.tries(tx, each.kind, each.key, since=now - each.within) >= each.most for each in budgets):
            raise refusal
    with db.transaction() as tx:
        spent = access.note_tries(tx, dict.fromkeys((each.kind, each.key) for each in budgets), now=now)
    with db.reading() as tx:
        if any(staff.tries(tx, each.kind, each.key, since=now - each.within) > each.most for each in budgets):
            raise refusal
    return spent


def hidden(word: str) -> str:
    """What is counted of a word somebody typed: enough to know it again, too little to read it."""
    return sha256(word.encode("utf-8", "replace")).hexdigest()[:32]

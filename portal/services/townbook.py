"""The town, read once and kept at hand: names, categories, outlines and the calendar change a few times a year."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlmodel import Session

from db.engine import Database
from db.models import Category, CategoryGroup, Department, Neighbourhood
from db.queries import town as stored
from portal import clock
from portal.rules import deadlines
from portal.services import calendars

FRESH_FOR = timedelta(seconds=20)


@dataclass(eq=False)
class Surrounding:
    """Land around the town, and the authority that is competent there."""

    name: str
    authority_tr: str
    authority_en: str
    drawn: str = field(repr=False)

    @cached_property
    def outline(self) -> dict[str, Any]:
        """Taken apart when somebody first asks about a place outside: the largest part of the town by far."""
        outline: dict[str, Any] = json.loads(self.drawn)
        return outline


@dataclass(frozen=True, eq=False)
class Town:
    """One picture of the town, equal only to itself. Rows are shared: read them, never change them."""

    facts: Mapping[str, str]
    departments: Mapping[int, Department]
    groups: Sequence[CategoryGroup]
    categories: Mapping[int, Category]
    neighbourhoods: Mapping[int, Neighbourhood]
    surroundings: Sequence[Surrounding]
    clerk_names: Mapping[int, str]
    colleagues: Mapping[int, Sequence[int]]
    calendar: deadlines.Calendar

    @property
    def name(self) -> str:
        return self.facts.get("name", "")

    def category_by_code(self, code: str) -> Category | None:
        """The category in use under this code."""
        return next((each for each in self.categories.values() if each.code == code and each.is_active), None)

    def department_by_code(self, code: str) -> Department | None:
        """The department in use under this code."""
        return next((each for each in self.departments.values() if each.code == code and each.is_active), None)

    @property
    def coordinating_department(self) -> Department | None:
        """Where a case goes that nobody wants: the solution centre."""
        return self.department_by_code(self.facts.get("coordinating_department", ""))


def read(tx: Session) -> Town:
    """The town as it is stored at this moment."""
    facts = stored.facts(tx)
    return Town(
        facts=facts,
        departments={each.id: each for each in stored.departments(tx) if each.id is not None},
        groups=stored.groups(tx),
        categories={each.id: each for each in stored.categories(tx) if each.id is not None},
        neighbourhoods={each.id: each for each in stored.neighbourhoods(tx) if each.id is not None},
        surroundings=[Surrounding(*each) for each in stored.surroundings(tx)],
        clerk_names=stored.clerk_names(tx),
        colleagues=stored.colleagues(tx),
        calendar=calendars.current(tx),
    )


class TownBook:
    """Answers with the town, and reads it again when its picture is older than a few seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._picture: tuple[Town | None, datetime] = (None, clock.NEVER)
        self._stored: Sequence[Any] = ()

    def town(self, *, now: datetime) -> Town:
        with self._lock:
            town = self.fresh(now=now)
            if town is None:
                with self._db.reading() as tx:
                    town = self._read(tx)
                self._picture = town, now
            return town

    def _read(self, tx: Session) -> Town:
        # What is drawn from a picture is kept by it: the old one stays for as long as it is true.
        town, stored_now = self._picture[0], stored.everything(tx)
        if town is None or stored_now != self._stored:
            town, self._stored = read(tx), stored_now
        return town

    def fresh(self, *, now: datetime) -> Town | None:
        """The town where its picture is fresh enough; nothing where it has to be read again."""
        town, read_at = self._picture
        return town if now - FRESH_FOR < read_at <= now else None

    def forget(self) -> None:
        """Read the town again at the next question."""
        with self._lock:
            self._picture = (None, clock.NEVER)

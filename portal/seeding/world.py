"""What every invented case leans on: the town, its calendar, its colleagues, and the last moment there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlmodel import Session, select

from db.models import Category, Clerk, Neighbourhood
from db.queries import staff
from portal.clock import ISTANBUL
from portal.rules import deadlines
from portal.seeding.voices import pick
from portal.services import townbook
from portal.services.townbook import Town

_NOBODY = (None,)


@dataclass(frozen=True)
class World:
    """The town as the year meets it. Nothing happens after `until`."""

    town: Town
    until: datetime
    secret: bytes
    categories: Mapping[str, Category]
    departments: Mapping[str, int]
    quarters: Sequence[Neighbourhood]
    operators: Sequence[int]
    clerks: Mapping[int, Sequence[int]]
    last_of: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    _hours: dict[date, tuple[datetime, datetime] | None] = field(default_factory=dict)
    _dues: dict[tuple[date, int, str], datetime] = field(default_factory=dict)

    @classmethod
    def read(cls, tx: Session, *, until: datetime, secret: bytes) -> "World":
        """The stored town and the colleagues who work there."""
        town = townbook.read(tx)
        active = [each for each in town.departments.values() if each.is_active and each.id is not None]
        operators = tx.exec(select(Clerk.id).where(Clerk.role == "operator", Clerk.is_active)).all()
        return cls(
            town=town,
            until=until,
            secret=secret,
            categories={each.code: each for each in town.categories.values() if each.is_active},
            departments={each.code: each.id for each in active if each.id is not None},
            quarters=[each for each in town.neighbourhoods.values() if each.is_active],
            operators=sorted(key for key in operators if key is not None),
            clerks={each.id: _clerks_of(tx, each.id) for each in active if each.id is not None},
        )

    @property
    def centre(self) -> int:
        """Where objections go."""
        return self.departments[self.town.facts["coordinating_department"]]

    def due(self, received: datetime, value: int, unit: str, *, round_the_clock: bool = False) -> datetime:
        """What `deadlines.due` says; a limit in days is counted once for each day."""
        if unit == "hours":
            return deadlines.due(received, value, unit, self.town.calendar, round_the_clock=round_the_clock).at
        key = (received.astimezone(ISTANBUL).date(), value, unit)
        if key not in self._dues:
            self._dues[key] = deadlines.due(received, value, unit, self.town.calendar).at  # type: ignore[arg-type]
        return self._dues[key]

    def at_work(self, moment: datetime, rng: Random) -> datetime:
        """This moment if the town is at work then; otherwise some minutes after it next opens."""
        late = timedelta(seconds=int(rng.random() * 5400))
        on = moment.astimezone(ISTANBUL).date()
        window = self.hours(on)
        while window is None or moment >= window[1]:
            on += timedelta(days=1)
            window = self.hours(on)
        return window[0] + late if moment < window[0] else moment

    def hours(self, on: date) -> tuple[datetime, datetime] | None:
        """What the calendar's `hours` says, once for each day."""
        if on not in self._hours:
            self._hours[on] = self.town.calendar.hours(on)
        return self._hours[on]

    def somebody(self, rng: Random, clerks: Sequence[int]) -> int | None:
        """One of these colleagues, if there is any; the same year is told whoever works here."""
        return pick(rng, clerks or _NOBODY)


def _clerks_of(tx: Session, department_id: int) -> list[int]:
    return sorted(each.id for each in staff.colleagues_of(tx, department_id) if each.id is not None)

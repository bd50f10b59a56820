"""A year shaped like a real town's: its weeks, seasons and storms. The same seed and end write the same year."""

import gc
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, islice
from random import Random

from sqlmodel import Session

from db.engine import Database
from db.queries import cases as stored
from portal.clock import ISTANBUL
from portal.rules import references
from portal.seeding import plan, story, voices
from portal.seeding.life import Life
from portal.seeding.world import World
from portal.services import history
from portal.services.history import PastCase

DAYS = 365
BATCH = 2000
STORMS = 4
STORM_FORCE = 20
_IN_A_STORM = frozenset({"SU-01", "SU-02", "SU-04", "SU-05", "SU-06", "YOL-01", "YOL-05", "YOL-07", "PRK-02", "IDR-07"})
_WEEK = (1.18, 1.08, 1.02, 1.0, 0.97, 0.45, 0.3)
_HOLIDAY = 0.3
# How many ask in each hour of the day, from midnight on.
_HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 3, 8, 12, 13, 11, 8, 10, 11, 10, 9, 6, 5, 5, 5, 4, 3, 2)
_BY_HOUR = list(accumulate(_HOURS))


def write(
    db: Database, *, cases: int, seed: int, end: date, secret: bytes, progress: Callable[[int, int], None]
) -> None:
    """Write so many cases, received in the year up to the end of a day; a year that is here already stays as it is."""
    until = _midnight(end + timedelta(days=1))
    with db.reading() as tx:
        world = World.read(tx, until=until, secret=secret)
    told = _tell(world, cases=cases, seed=seed, end=end)
    done = 0
    with _without_collector():
        while batch := list(islice(told, BATCH)):
            with db.transaction() as tx:
                history.write(tx, _not_here(tx, batch))
            done += len(batch)
            progress(done, cases)


@contextmanager
def _without_collector() -> Iterator[None]:
    # Millions of rows that never refer to each other: looking for circles among them takes a tenth of the time.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _not_here(tx: Session, batch: list[PastCase]) -> list[PastCase]:
    here = stored.taken_references(tx, [each.case["reference"] for each in batch])
    return [each for each in batch if each.case["reference"] not in here]


def _tell(world: World, *, cases: int, seed: int, end: date) -> Iterator[PastCase]:
    """Every case of the year, in the order in which they were received."""
    numbers = _Numbers(seed, end)
    storms = _storms(seed, end)
    days = [end - timedelta(days=ago) for ago in reversed(range(DAYS))]
    weights = [_Weights(world, on, is_storm=on in storms) for on in days]
    for on, weight, number in zip(days, weights, _shares([each.total for each in weights], cases), strict=True):
        rng = Random(f"{seed}/{on.isoformat()}")  # noqa: S311
        for received_at in sorted(_moment(rng, on) for _ in range(number)):
            code = weight.pick(rng)
            matter = story.tell(world, rng, code, received_at, reference=numbers.next())
            yield Life(world, rng, matter).live(plan.steps(world, rng, matter)).past_case()


class _Weights:
    """What is asked for on one day, and how much of it."""

    def __init__(self, world: World, on: date, *, is_storm: bool) -> None:
        self._codes = sorted(world.categories.keys() & voices.texts().keys())
        self._summed = list(accumulate(_weight(code, on, is_storm=is_storm) for code in self._codes))
        is_holiday = on.weekday() < 5 and not world.town.calendar.counts(on)
        usual = _HOLIDAY if is_holiday else _WEEK[on.weekday()]
        # A storm does not wait for Monday.
        self.total = self._summed[-1] * (max(usual, 1.0) if is_storm else usual)

    def pick(self, rng: Random) -> str:
        """The category of one matter."""
        return self._codes[bisect(self._summed, rng.random() * self._summed[-1])]


def _weight(code: str, on: date, *, is_storm: bool) -> float:
    texts = voices.texts()[code]
    season = 1.0 if not texts.season else 1.6 if on.month in texts.season else texts.off_season
    return texts.weight * season * (STORM_FORCE if is_storm and code in _IN_A_STORM else 1)


def _storms(seed: int, end: date) -> set[date]:
    """A few days of the year, never two in one season."""
    rng = Random(f"{seed}/storms")  # noqa: S311
    season = DAYS // STORMS
    return {end - timedelta(days=place * season + int(rng.random() * (season - 20)) + 10) for place in range(STORMS)}


def _shares(weights: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total."""
    summed = [round(part * total / sum(weights)) for part in accumulate(weights)]
    return [here - before for before, here in zip([0, *summed], summed, strict=False)]


def _moment(rng: Random, on: date) -> datetime:
    hour = bisect(_BY_HOUR, rng.random() * _BY_HOUR[-1])
    return _midnight(on) + timedelta(hours=hour, seconds=int(rng.random() * 3600))


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), ISTANBUL).astimezone(UTC)


class _Numbers:
    """Reference numbers that look random, are the same for the same year, and never meet within it."""

    _SPACE = 9 * 10**10

    def __init__(self, seed: int, end: date) -> None:
        rng = Random(f"{seed}/{end.isoformat()}/numbers")  # noqa: S311
        # A step that shares no factor with the space visits every number before it repeats one.
        self._step = 30 * rng.randrange(10**8, 10**9) + 1
        self._at = rng.randrange(self._SPACE)

    def next(self) -> str:
        """The next number, with its check digit."""
        self._at = (self._at + self._step) % self._SPACE
        return references.new_reference(lambda _space: self._at)

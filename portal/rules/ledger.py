"""A clock is a ledger: what happened to a limit, entry by entry, and the date that follows from it.

Nothing here is stored as a truth of its own: the same entries on the same calendar give the same date, always.

- `started`: the count begins; the day of it is day 0. A second one corrects the day of receipt.
- `paused` and `resumed`: the days between do not count; what was left is left.
- `interrupted` and `resumed`: the whole count begins anew on the day it is taken up (4982 art. 11, where the legal
  office reads "kesilir" so).
- `extended`: so much is added to the limit, in its own unit (4982 art. 11: fifteen working days more).
- `stopped`: nobody waits any more; a later `resumed` gives no time back, for nobody stopped the law.
- `recomputed`: the same ledger, on another calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from portal.rules import deadlines
from portal.rules.deadlines import Calendar, CountedDay, Due, Pause
from portal.rules.refusal import Refused, msgid

Act = Literal["started", "paused", "resumed", "interrupted", "extended", "stopped", "recomputed"]
State = Literal["running", "paused", "stopped"]

# A date another authority has set, such as CİMER's: nothing is counted.
FIXED = "fixed"

_MAY_FOLLOW: dict[str, frozenset[State]] = {
    "started": frozenset({"running", "paused"}),
    "paused": frozenset({"running"}),
    "interrupted": frozenset({"running"}),
    "resumed": frozenset({"paused", "stopped"}),
    "extended": frozenset({"running", "paused"}),
    "stopped": frozenset({"running", "paused"}),
    "recomputed": frozenset({"running", "paused"}),
}


class Entry(Protocol):
    """A line of the ledger. `at` is when it took effect, `value` what an extension adds, `due_at` what followed."""

    @property
    def act(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def value(self) -> int | None: ...
    @property
    def due_at(self) -> datetime: ...


class Line(NamedTuple):
    """An entry that is nowhere stored: what a ledger would come to."""

    act: str
    at: datetime
    due_at: datetime
    value: int | None = None


@dataclass(frozen=True)
class Limit:
    """What was promised, before anything happened to it."""

    value: int
    unit: str
    round_the_clock: bool = False


class Reckoning(NamedTuple):
    """What follows from a ledger: the date, how it was counted, and whether anybody still waits.

    `earlier` are the days of counts that were cut off; `began` is the moment the standing count begins at.
    """

    due: Due
    state: State
    began: datetime
    value: int
    earlier: tuple[CountedDay, ...] = ()


def reckon(limit: Limit, entries: Iterable[Entry], calendar: Calendar) -> Reckoning:
    """The date that follows from these entries, which are in the order they were written."""
    play = _Play(limit, calendar)
    for entry in entries:
        play.take(entry)
    return play.outcome()


def state_of(entries: Iterable[Entry]) -> State:
    """Whether the clock runs, without counting anything."""
    state: State = "running"
    for entry in entries:
        state = STATE_AFTER.get(entry.act, state)
    return state


def overran(entries: Sequence[Entry], due_at: datetime) -> bool:
    """Whether a clock was stopped only after its day; a wait for the applicant has moved that day already."""
    ends = [entry.at for entry in entries if entry.act == "stopped"]
    return bool(ends) and due_at < ends[-1]


def check(entries: Sequence[Entry], act: Act, at: datetime, *, now: datetime) -> None:
    """Refuses an entry that cannot follow the ones before it."""
    if at > now:
        raise Refused("Bu tarih gelecekte; bugünü veya geçmiş bir günü girin.", field="date")
    state = state_of(entries)
    if entries and state not in _MAY_FOLLOW[act]:
        raise Refused(_WHY_NOT[act, state], field="date")
    if act == "started":
        _check_receipt(entries, at)
    elif entries and at < entries[-1].at:
        raise Refused(
            "Bu tarih, sürenin son işleminden (%(day)s) önce olamaz.",
            field="date",
            day=_spoken(entries[-1].at),
        )


def moment_after(entries: Sequence[Entry], now: datetime) -> datetime:
    """Now, or the moment of the last entry if the machine's clock was set back since: a ledger never runs backwards."""
    return max([now, *(entry.at for entry in entries)])


STATE_AFTER: dict[str, State] = {
    "started": "running",
    "paused": "paused",
    "interrupted": "paused",
    "resumed": "running",
    "stopped": "stopped",
}
_STOPPED = msgid("Bu süre sona ermiş; üzerinde işlem yapılamaz.")
_WHY_NOT: dict[tuple[str, State], str] = {
    ("paused", "paused"): msgid("Süre zaten durmuş durumda."),
    ("interrupted", "paused"): msgid("Süre zaten durmuş durumda."),
    ("resumed", "running"): msgid("Süre zaten işliyor."),
    **{(act, "stopped"): _STOPPED for act in ("started", "paused", "interrupted", "extended", "stopped", "recomputed")},
}


def _check_receipt(entries: Sequence[Entry], at: datetime) -> None:
    later = [entry for entry in entries if entry.act not in ("started", "recomputed") and entry.at < at]
    if later:
        raise Refused(
            "Geliş tarihi, bu süre üzerindeki ilk işlemden (%(day)s) sonra olamaz.",
            field="date",
            day=_spoken(later[0].at),
        )


def _spoken(moment: datetime) -> str:
    return moment.astimezone(deadlines.ISTANBUL).strftime("%d.%m.%Y")


class _Play:
    """Plays a ledger from its first entry to its last."""

    def __init__(self, limit: Limit, calendar: Calendar) -> None:
        self._limit = limit
        self._calendar = calendar
        self._value = limit.value
        self._began: datetime | None = None
        self._pauses: list[Pause] = []
        self._since: datetime | None = None
        self._is_cut = False
        self._state: State = "running"
        self._earlier: list[CountedDay] = []
        self._fixed: datetime | None = None

    def take(self, entry: Entry) -> None:
        if entry.act == "started":
            self._began, self._fixed = entry.at, entry.due_at
        elif entry.act in ("paused", "interrupted"):
            self._since, self._is_cut = entry.at, entry.act == "interrupted"
        elif entry.act in ("resumed", "stopped"):
            self._end_wait(entry.at)
        elif entry.act == "extended":
            self._value += entry.value or 0
        self._state = STATE_AFTER.get(entry.act, self._state)

    def outcome(self) -> Reckoning:
        began, due = self._start(), self._due()
        if self._earlier and due.days:
            again = due.days[0]._replace(why=deadlines.RESTARTED)
            due = due._replace(days=(again, *due.days[1:]))
        return Reckoning(due, self._state, began, self._value, tuple(self._earlier))

    def _end_wait(self, at: datetime) -> None:
        if self._since is None:
            return
        if self._is_cut:
            self._cut(at)
        elif at > self._since:
            self._pauses.append((self._since, at))
        self._since = None

    def _cut(self, at: datetime) -> None:
        """What was counted till the interruption is shown, and counts no more."""
        again_on = deadlines.local_day(at)
        self._earlier += [day for day in self._due().days if day.on < again_on]
        last = self._earlier[-1].on if self._earlier else again_on
        while (last := last + deadlines.ONE_DAY) < again_on:
            self._earlier.append(CountedDay(last, 0, False, deadlines.PAUSED))
        self._began, self._pauses = at, []

    def _due(self) -> Due:
        if self._limit.unit == FIXED:
            at = self._fixed or self._start()
            on = deadlines.local_day(at)
            return Due(on, at, (), on)
        return deadlines.due(
            self._start(),
            self._value,
            self._limit.unit,  # type: ignore[arg-type]
            self._calendar,
            round_the_clock=self._limit.round_the_clock,
            pauses=self._pauses,
        )

    def _start(self) -> datetime:
        if self._began is None:
            raise ValueError("a ledger begins with the day of receipt")
        return self._began

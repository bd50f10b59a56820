"""The days of a count in words, month by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from portal.languages import Language
from portal.rules import deadlines
from portal.rules.deadlines import CountedDay
from portal.rules.refusal import msgid
from portal.services.counts import Counted
from portal.views import _words


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """One day: when it was, what it counts for, and why it does not or is special."""

    day: str
    moment: str
    counted: str
    notes: tuple[str, ...]
    kind: str


@dataclass(frozen=True, kw_only=True)
class Month:
    """The days of one month."""

    name: str
    days: tuple[DayLine, ...]


def months(days: Sequence[CountedDay], counted: Counted, language: Language) -> tuple[Month, ...]:
    """Every day of a count, none left out."""
    writer = _DayWriter(counted, language)
    return tuple(
        Month(
            name=_words.month_and_year(date(year, month, 1), language.code),
            days=tuple(writer.line(each) for each in those),
        )
        for (year, month), those in groupby(days, key=lambda each: (each.on.year, each.on.month))
    )


class _DayWriter:
    """Writes the days of one clock."""

    def __init__(self, counted: Counted, language: Language) -> None:
        self._calendar = counted.calendar
        self._unit = counted.clock.unit
        self._is_round_the_clock = counted.clock.round_the_clock
        self._found = counted.found
        self._language = language
        self._happened = _happenings(counted)

    def line(self, day: CountedDay) -> DayLine:
        return DayLine(
            day=_words.day_of_month(day.on, self._language.code),
            moment=_words.machine(day.on),
            counted=self._counted(day),
            notes=tuple(self._notes(day)),
            kind=self._kind(day),
        )

    def _counted(self, day: CountedDay) -> str:
        if self._unit == "hours":
            return duration(day.minutes, self._language) if day.minutes else ""
        return self._language.gettext(msgid("%(n)s. gün")) % {"n": day.number} if day.counts else ""

    def _kind(self, day: CountedDay) -> str:
        if self._is_last(day):
            return "last"
        if day.why == deadlines.PAUSED:
            return "paused"
        return "counted" if day.counts else "off"

    def _is_last(self, day: CountedDay) -> bool:
        due = self._found.due if self._found else None
        return due is not None and day.on == due.on and day == due.days[-1]

    def _notes(self, day: CountedDay) -> Iterable[str]:
        say = self._language.gettext
        if day.why:
            yield self._why(day)
        elif self._unit == "hours" and not day.minutes and not self._is_last(day):
            yield say(msgid("Çalışma saatlerinden sonra"))
        for happened in self._happened.get(day.on, ()):
            yield say(happened)
        due = self._found.due if self._found else None
        if due is not None and due.counted_to != due.on and day.on == due.counted_to:
            yield say(msgid("Süre bugün doluyor; tatil olduğu için izleyen iş gününe uzar"))
        if self._is_last(day):
            yield say(msgid("Son gün"))

    def _why(self, day: CountedDay) -> str:
        words = named(day.why, self._language)
        special = self._calendar.holidays.get(day.on)
        if special is None or special.kind != "half" or day.why == deadlines.PAUSED or self._is_round_the_clock:
            return words
        if self._unit == "hours":
            half = msgid("yarım gün")
        else:
            half = msgid("yarım gün, sayıldı") if day.counts else msgid("yarım gün, sayılmadı")
        return f"{words}: {self._language.gettext(half)}"


_HAPPENED = {
    "paused": msgid("Süre bugün durduruldu"),
    "interrupted": msgid("Süre bugün kesildi"),
    "resumed": msgid("Süre bugün yeniden işlemeye başladı"),
    "extended": msgid("Süre bugün uzatıldı"),
    "stopped": msgid("Süre bugün sona erdi"),
}
_TOLD = msgid("Uzatma bugün bildirildi")


def _happenings(counted: Counted) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for entry in counted.entries:
        if entry.act not in _HAPPENED:
            continue
        on = deadlines.local_day(entry.at)
        is_told_here = entry.act == "extended" and entry.told_on == on
        found.setdefault(on, []).append(_TOLD if is_told_here else _HAPPENED[entry.act])
        if entry.told_on is not None and entry.told_on != on:
            found.setdefault(entry.told_on, []).append(_TOLD)
    return found


_ESTIMATED = " (tahmini)"


def named(why: str, language: Language) -> str:
    """The reason of a day; two feasts on one day are named one after the other, each in the reader's language."""
    said = language.gettext(why)
    return said if said != why else "; ".join(_one(each, language) for each in why.split("; "))


def _one(name: str, language: Language) -> str:
    if not name.endswith(_ESTIMATED):
        return language.gettext(name)
    return f"{language.gettext(name.removesuffix(_ESTIMATED))} {language.gettext(msgid('(tahmini)'))}"


def duration(minutes: int, language: Language) -> str:
    """2 saat 30 dakika."""
    hours, left = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(language.gettext(msgid("%(hours)s saat")) % {"hours": hours})
    if left or not hours:
        parts.append(language.gettext(msgid("%(minutes)s dakika")) % {"minutes": left})
    return " ".join(parts)

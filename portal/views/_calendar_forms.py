"""The forms of the calendar: what was typed, what was wrong, and the change it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time

from portal.rules.deadlines import Calendar, Window
from portal.rules.refusal import Refused
from portal.services.calendar_changes import MOST_REASON, Change, DayOff
from portal.views import _forms
from portal.views._forms import Errors

WEEKDAYS = range(7)


@dataclass(frozen=True, kw_only=True)
class CalendarForm:
    """One of the page's forms, whichever was sent: `what` is day, remove, week or half."""

    what: str = ""
    on: str = ""
    kind: str = ""
    name: str = ""
    removed: str = ""
    half: str = ""
    opens: tuple[str, ...] = ("",) * 7
    closes: tuple[str, ...] = ("",) * 7
    reason: str = ""
    seen: int = 0
    errors: Errors = field(default_factory=Errors)

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "CalendarForm":
        """The form as it was sent."""
        seen = _forms.word(fields, "seen", 12)
        return cls(
            what=_forms.word(fields, "what", 8),
            on=_forms.word(fields, "on", 10),
            kind=_forms.word(fields, "kind", 8),
            name=_forms.word(fields, "name", 300),
            removed=_forms.word(fields, "removed", 10),
            half=_forms.word(fields, "half", 3),
            opens=tuple(_forms.word(fields, f"open_{weekday}", 8) for weekday in WEEKDAYS),
            closes=tuple(_forms.word(fields, f"close_{weekday}", 8) for weekday in WEEKDAYS),
            reason=_forms.word(fields, "reason", 2 * MOST_REASON),
            seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
        )

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        """The form as the calendar stands."""
        week = [calendar.week.get(weekday) for weekday in WEEKDAYS]
        return cls(
            half="yes" if calendar.half_day_counts else "no",
            opens=tuple(each[0].isoformat("minutes") if each else "" for each in week),
            closes=tuple(each[1].isoformat("minutes") if each else "" for each in week),
        )

    def change(self) -> Change:
        """What is wanted, or a refusal of what cannot be read."""
        if self.what == "day":
            return Change(added=DayOff(_day(self.on), self.kind, self.name))
        if self.what == "remove":
            return Change(removed=_day(self.removed))
        if self.what == "half" and self.half in ("yes", "no"):
            return Change(half_day_counts=self.half == "yes")
        if self.what == "week":
            return Change(week=dict(self._week()))
        raise Refused("Ne değiştirmek istediğinizi seçin.")

    def standing_on(self, calendar: Calendar) -> "CalendarForm":
        """What was sent, and for the page's other forms what stands."""
        now = CalendarForm.of(calendar)
        return replace(
            self,
            half=self.half or now.half,
            opens=self.opens if self.what == "week" else now.opens,
            closes=self.closes if self.what == "week" else now.closes,
        )

    def refused(self, no: Refused) -> "CalendarForm":
        """The form with what was wrong; nothing typed is lost."""
        return replace(self, errors=self.errors.plus(no))

    def seeing(self, edition_id: int) -> "CalendarForm":
        """The form of somebody who is shown what would become of this edition."""
        return replace(self, seen=edition_id)

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The change once more, for the form that publishes it."""
        week = ((f"open_{weekday}", f"close_{weekday}") for weekday in WEEKDAYS)
        hours = tuple(
            pair
            for (opens, closes), start, end in zip(week, self.opens, self.closes, strict=True)
            for pair in ((opens, start), (closes, end))
        )
        said = {
            "day": (("on", self.on), ("kind", self.kind), ("name", self.name)),
            "remove": (("removed", self.removed),),
            "half": (("half", self.half),),
            "week": hours,
        }
        return (("what", self.what), ("seen", str(self.seen)), *said.get(self.what, ()))

    def _week(self) -> Iterator[tuple[int, Window]]:
        for weekday, (opens, closes) in enumerate(zip(self.opens, self.closes, strict=True)):
            if opens or closes:
                yield weekday, (_hour(opens, f"open_{weekday}"), _hour(closes, f"close_{weekday}"))


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused("Tarihi gün, ay ve yıl olarak girin.", field="on") from None


def _hour(typed: str, name: str) -> time:
    try:
        found = time.fromisoformat(typed.replace(".", ":"))
    except ValueError:
        raise Refused(
            "Açılış ve kapanış saatini birlikte, 08.30 gibi girin; kapalı gün için ikisini de boş bırakın.", field=name
        ) from None
    return found.replace(second=0, microsecond=0, tzinfo=None)

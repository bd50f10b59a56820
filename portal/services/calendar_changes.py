"""What an administrator changes of the calendar: looked at first, then published as a new edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from db.models import CalendarEdition, TownDay
from db.queries import calendars as editions
from db.queries import town as stored
from portal.rules import deadlines, permissions
from portal.rules.deadlines import Calendar, Window
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused, msgid
from portal.services import calendars

MOST_NAME, MOST_REASON = 120, 300
KINDS: Mapping[str, str] = {
    "full": msgid("Tam gün kapalı"),
    "half": msgid("Yarım gün (saat 13.00'e kadar açık)"),
    "working": msgid("Çalışma günü"),
}
CHANGED = msgid(
    "Siz bakarken takvimi başka bir yönetici değiştirdi. Girdikleriniz duruyor; önizleme yeni takvime göre yenilendi."
)


class Outdated(Refused):
    """Somebody else has published a calendar since the preview was drawn."""

    def __init__(self) -> None:
        super().__init__(CHANGED)


@dataclass(frozen=True)
class DayOff:
    """A day the town wants to add."""

    on: date
    kind: str
    name: str


@dataclass(frozen=True)
class Change:
    """What shall be otherwise; what is left out stays as it is."""

    week: Mapping[int, Window] | None = None
    half_day_counts: bool | None = None
    added: DayOff | None = None
    removed: date | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The days that would mean something else."""
        return tuple(filter(None, (self.added.on if self.added else None, self.removed)))


def proposed(tx: Session, change: Change) -> Calendar:
    """The calendar as it would be; refused where the change makes no sense, or changes nothing."""
    now_counted = calendars.current(tx)
    wanted = deadlines.calendar_for(
        _days(tx, change),
        half_day_counts=now_counted.half_day_counts if change.half_day_counts is None else change.half_day_counts,
        week=now_counted.week if change.week is None else change.week,
    )
    if (wanted.half_day_counts, wanted.week, wanted.holidays) == (
        now_counted.half_day_counts,
        now_counted.week,
        now_counted.holidays,
    ):
        raise Refused("Takvim zaten böyle; değişen bir şey yok.")
    return wanted


def apply(tx: Session, change: Change, *, seen: int, reason: str, by: Actor, now: datetime) -> CalendarEdition:
    """Make the change and publish it; refused without a reason, or when a newer calendar was published meanwhile."""
    permissions.require(by, "town.manage")
    newest = editions.hold(tx)
    if (newest.id if newest else 0) != seen:
        raise Outdated
    if not reason:
        raise Refused("Değişikliğin nedenini yazın; başvuruların geçmişinde görünecek.", field="reason")
    if len(reason) > MOST_REASON:
        raise Refused("Neden en fazla %(most)s karakter olabilir.", field="reason", most=MOST_REASON)
    wanted = proposed(tx, change)
    if change.added:
        tx.add(TownDay(on=change.added.on, kind=change.added.kind, name=change.added.name))
    if change.removed:
        tx.delete(stored.day(tx, change.removed))
    tx.flush()
    return calendars.publish(tx, week=wanted.week, half_day_counts=wanted.half_day_counts, now=now, by=by, words=reason)


def check_week(week: Mapping[int, Window]) -> None:
    """Refuses hours nobody could work in."""
    if not week:
        raise Refused("Haftanın en az bir günü çalışma günü olmalı; saatlerini girin.", field="open_0")
    for weekday, (start, end) in sorted(week.items()):
        if start >= end:
            raise Refused("Kapanış saati, açılış saatinden sonra olmalı.", field=f"close_{weekday}")


def _days(tx: Session, change: Change) -> list[TownDay | DayOff]:
    days: dict[date, TownDay | DayOff] = {each.on: each for each in stored.days(tx)}
    if change.added:
        _check_day(change.added)
        if change.added.on in days:
            raise Refused("Bu gün için zaten bir kayıt var; değiştirmek için önce onu kaldırın.", field="on")
        days[change.added.on] = change.added
    if change.removed and days.pop(change.removed, None) is None:
        raise Refused("Bu gün listede yok; başka bir yönetici kaldırmış olabilir.")
    if change.week is not None:
        check_week(change.week)
    return list(days.values())


def _check_day(day: DayOff) -> None:
    known = deadlines.KNOWN_YEARS
    if day.on.year not in known:
        raise Refused(
            "Tarih %(first)s ile %(last)s yılları arasında olmalı.", field="on", first=known[0], last=known[-1]
        )
    if day.kind not in KINDS:
        raise Refused("Günün nasıl sayılacağını seçin.", field="kind")
    if not day.name:
        raise Refused("Günün adını yazın.", field="name")
    if len(day.name) > MOST_NAME:
        raise Refused("Ad en fazla %(most)s karakter olabilir.", field="name", most=MOST_NAME)

"""The rows of the queue, in words."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from portal.languages import Language
from portal.rules import permissions, references
from portal.rules.lifecycle import STEPS, Status
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _clock_words, _desk, _words


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRow:
    """One case in the list, in words. Equal rows are drawn once."""

    reference: str
    subject: str
    category: str
    place: str
    department: str
    received: str
    received_at: str
    due: str
    due_tone: str
    due_kind: str
    status: str
    status_tone: str
    assignee: str
    channel: str
    is_urgent: bool
    is_escalated: bool
    mark: str

    template = "staff/_row.html"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"


@dataclass(frozen=True)
class KeptRow:
    """A row that the browser shows already: the list only says where it stands."""

    reference: str

    template = "staff/_row_kept.html"
    mark = ""


@dataclass(frozen=True)
class Glance:
    """A moment as a row shows it: the day it is, and the hours to the end of its time where that is near."""

    day: date
    hours: int | None
    now: datetime = field(compare=False)

    @classmethod
    def at(cls, case: Any, now: datetime, today: date) -> "Glance":
        left = case.due_at - now if case.due_at else _FAR
        return cls(today, left // _HOUR if -_FAR < left < _FAR else None, now)


_HOUR, _FAR = timedelta(hours=1), timedelta(days=2)


@dataclass(frozen=True)
class RowWriter:
    """Writes rows for one colleague at one moment."""

    clerk: SignedIn
    town: Town
    language: Language
    now: datetime
    with_department: bool
    since: datetime | None

    def row(self, case: Any) -> QueueRow:
        hidden = case.is_special and not permissions.may(self.clerk, "special.view", case)
        at = Glance.at(case, self.now, _words.local_date(self.now))
        return _row(case, at, self.town, self.language, hidden, self.with_department, self._mark(case))

    def _mark(self, case: Any) -> str:
        if self.since is None or case.changed_at <= self.since:
            return ""
        return msgid("Yeni") if case.version == 1 else msgid("Değişti")


# With the case it was read from and its drawing, a row takes some five kilobytes.
@lru_cache(maxsize=1_500)
def _row(
    case: Any, at: Glance, town: Town, language: Language, hidden: bool, with_department: bool, mark: str
) -> QueueRow:
    """The same case at the same glance reads the same: it is put into words once."""
    category = _desk.category_name(town, case.category_id, language)
    quarter = _desk.neighbourhood_name(town, case.neighbourhood_id)
    due, tone = _due_of(case, at.now, language)
    return QueueRow(
        reference=case.reference,
        subject=category if hidden else case.subject,
        category="" if hidden else category,
        place=", ".join(filter(None, (quarter, case.street))),
        department=_desk.department_name(town, case.department_id, language) if with_department else "",
        received=_words.when(case.received_at, at.now, language.code),
        received_at=_words.machine(case.received_at),
        due=due,
        due_tone=tone,
        due_kind=_clock_words.due_kind(case.due_kind, language) if case.is_open and case.due_at else "",
        status=_desk.status_label(case.status),
        status_tone=STEPS[Status(case.status)].tone,
        assignee=town.clerk_names.get(case.assignee_id, ""),
        channel=_desk.channel_label(case.channel),
        is_urgent=case.priority == "urgent",
        is_escalated=case.is_open and case.escalated_at is not None,
        mark=mark,
    )


def _due_of(case: Any, now: datetime, language: Language) -> tuple[str, str]:
    if not case.is_open:
        return "", ""
    if case.due_at is None:
        return language.gettext(msgid("süre bekletiliyor")), ""
    return _words.due_words(case.due_at, now, language.code), _words.due_tone(case.due_at, now)

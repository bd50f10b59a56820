"""The rows of the queue, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.languages import Language
from portal.rules import permissions, references
from portal.rules.lifecycle import STEPS, Status
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _clock_words, _desk, _words


@dataclass(frozen=True, kw_only=True)
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

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"


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
        code = self.language.code
        category = _desk.category_name(self.town, case.category_id, self.language)
        hidden = case.is_special and not permissions.may(self.clerk, "special.view", case)
        quarter = _desk.neighbourhood_name(self.town, case.neighbourhood_id)
        due, tone = _due_of(case, self.now, self.language)
        return QueueRow(
            reference=case.reference,
            subject=category if hidden else case.subject,
            category="" if hidden else category,
            place=", ".join(filter(None, (quarter, case.street))),
            department=_desk.department_name(self.town, case.department_id, self.language)
            if self.with_department
            else "",
            received=_words.when(case.received_at, self.now, code),
            received_at=_words.machine(case.received_at),
            due=due,
            due_tone=tone,
            due_kind=_clock_words.due_kind(case.due_kind, self.language) if case.is_open and case.due_at else "",
            status=_desk.status_label(case.status),
            status_tone=STEPS[Status(case.status)].tone,
            assignee=self.town.clerk_names.get(case.assignee_id, ""),
            channel=_desk.channel_label(case.channel),
            is_urgent=case.priority == "urgent",
            is_escalated=case.is_open and case.escalated_at is not None,
            mark=self._mark(case),
        )

    def _mark(self, case: Any) -> str:
        if self.since is None or case.changed_at <= self.since:
            return ""
        return msgid("Yeni") if case.version == 1 else msgid("Değişti")


def _due_of(case: Any, now: datetime, language: Language) -> tuple[str, str]:
    if not case.is_open:
        return "", ""
    if case.due_at is None:
        return language.gettext(msgid("süre bekletiliyor")), ""
    return _words.due_words(case.due_at, now, language.code), _words.due_tone(case.due_at, now)

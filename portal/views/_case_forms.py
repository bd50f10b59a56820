"""The forms of a case: what may be done, what was typed, what was wrong. Every form knows the version it saw."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from portal.languages import Language
from portal.rules import lifecycle, permissions
from portal.rules.lifecycle import DECLINE_REASONS, Status
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused, msgid
from portal.services.casework import Move, Outdated
from portal.services.townbook import Town
from portal.views import _desk, _forms
from portal.views._forms import Errors, Option, OptionGroup


@dataclass(frozen=True, kw_only=True)
class CaseForm:
    """What every form of a case shares."""

    name = ""

    seen: int = 0
    errors: Errors = field(default_factory=Errors)
    is_outdated: bool = False

    def refused(self, no: Refused) -> Self:
        """The form with what was wrong; nothing typed is lost."""
        # A rule speaks of the status, the form of where it leads; the version is no field one could go to.
        field_here = {"status": "to", "version": ""}.get(no.field, no.field)
        return replace(self, errors=self.errors.plus(_at(field_here, no)), is_outdated=isinstance(no, Outdated))

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)

    @property
    def summary(self) -> "Summary":
        """The errors under the names of the fields on the page, which holds several forms."""
        return Summary(Errors({f"{self.name}-{key}" if key else "": no for key, no in self.errors.items()}))


@dataclass(frozen=True)
class Summary:
    """Errors as the summary at the top links them."""

    errors: Errors


@dataclass(frozen=True, kw_only=True)
class StatusForm(CaseForm):
    """Where the case shall go, and what that owes."""

    name = "durum"

    to: str = ""
    reply: str = ""
    reason: str = ""
    reason_words: str = ""
    planned_on: str = ""
    department: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, object], reasons: list[str]) -> "StatusForm":
        """The form as it was sent. A reason is one of the list, or a sentence: both bear the same name."""
        words = (_forms.text({"reason": each}, "reason") for each in reasons)
        said = [each for each in words if each]
        return cls(
            seen=_seen(fields),
            to=_forms.word(fields, "to", 16),
            reply=_forms.text(fields, "reply", 20_000),
            reason=next((each for each in said if each in DECLINE_REASONS), ""),
            reason_words=next((each for each in said if each not in DECLINE_REASONS), ""),
            planned_on=_forms.word(fields, "planned_on", 10),
            department=_forms.word(fields, "department", 12),
        )

    def move(self, town: Town) -> Move:
        """The wanted move, or a refusal of what cannot be read."""
        if self.to not in tuple(Status):
            raise Refused("Yeni durumu seçin.", field="to")
        to = Status(self.to)
        department = town.department_by_code(self.department)
        return Move(
            to,
            reply=self.reply,
            reason=self.reason if to == Status.DECLINED else self.reason_words,
            planned_on=self._day(),
            department_id=department.id if department else None,
        )

    def refused(self, no: Refused) -> Self:
        """As every form, with a missing reason told at the box that is meant."""
        is_sentence = no.field == "reason" and self.to != Status.DECLINED
        return super().refused(_at("reason-words", no) if is_sentence else no)

    def _day(self) -> date | None:
        if not self.planned_on:
            return None
        try:
            return date.fromisoformat(self.planned_on)
        except ValueError:
            raise Refused("Tarihi gün, ay ve yıl olarak girin.", field="planned_on") from None


@dataclass(frozen=True, kw_only=True)
class AssignForm(CaseForm):
    """Whose the case shall be."""

    name = "atama"

    department: str = ""
    assignee: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "AssignForm":
        return cls(
            seen=_seen(fields),
            department=_forms.word(fields, "department", 12),
            assignee=_forms.word(fields, "assignee", 18),
        )

    def department_id(self, town: Town, *, now_in: int) -> int:
        """The chosen department; the one that has the case where the form offers no choice."""
        if not self.department:
            return now_in
        department = town.department_by_code(self.department)
        if department is None or department.id is None:
            raise Refused("Birimi listeden seçin.", field="department")
        return department.id

    @property
    def assignee_id(self) -> int | None:
        """The chosen colleague; nobody for an empty choice."""
        if not self.assignee:
            return None
        if not (self.assignee.isascii() and self.assignee.isdigit()):
            raise Refused("Sorumlu, seçilen birimde çalışan biri olmalı.", field="assignee")
        return int(self.assignee)


@dataclass(frozen=True, kw_only=True)
class NoteForm(CaseForm):
    """Words for colleagues."""

    name = "not"

    note: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "NoteForm":
        return cls(seen=_seen(fields), note=_forms.text(fields, "note", 20_000))


@dataclass(frozen=True, kw_only=True)
class ReplyForm(CaseForm):
    """Words for every applicant."""

    name = "yanit"

    reply: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "ReplyForm":
        return cls(seen=_seen(fields), reply=_forms.text(fields, "reply", 20_000))


@dataclass(frozen=True, kw_only=True)
class CallForm(CaseForm):
    """What came of a call."""

    call: int = 0
    outcome: str = ""

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"arama-{self.call}"

    @classmethod
    def read(cls, fields: Mapping[str, object], call: int) -> "CallForm":
        return cls(seen=_seen(fields), call=call, outcome=_forms.text(fields, "outcome", 2000))


@dataclass(frozen=True, kw_only=True)
class Way:
    """A move the status form offers, and what it will ask for."""

    to: str
    label: str
    hint: str
    needs: str


def ways(case_status: str, bounces: int, language: Language, *, is_legal: bool = False) -> tuple[Way, ...]:
    """The moves the table allows from here, each with what it needs; an application under a law ends by a decision."""
    found = []
    for move in lifecycle.moves(Status(case_status)):
        if is_legal and move.to in (Status.RESOLVED, Status.DECLINED):
            continue
        needs = _needs(move, bounces)
        if move.is_bounce and needs is None:
            continue
        label = move.label if move.is_bounce else _desk.status_label(move.to)
        found.append(
            Way(
                to=move.to,
                label=language.gettext(label),
                hint=language.gettext(_HINTS.get(tuple(needs or ()), "")) if needs else "",
                needs=" ".join(needs or ()),
            )
        )
    return tuple(found)


_HINTS: Mapping[tuple[str, ...], str] = {
    ("reply",): msgid("Başvurana yanıt ister."),
    ("reply", "reason"): msgid("Gerekçe ve başvurana yanıt ister."),
    ("date",): msgid("Tarih ister."),
    ("words",): msgid("Nedenini yazmanızı ister."),
    ("words", "department"): msgid("Nedenini ve işin hangi birime ait olduğunu ister."),
    ("words", "centre"): msgid("Nedenini ister; ikinci iade olduğu için kararı çözüm merkezi verir."),
}


def _needs(move: lifecycle.Move, bounces: int) -> list[str] | None:
    """What a move asks for; None for a return that is no longer possible."""
    if move.is_bounce:
        to = _return_leads_to(bounces)
        return ["words", "department" if to == "proposed" else "centre"] if to else None
    needs = ["reply"] if move.needs_reply else []
    if move.needs_reason:
        needs.append("reason" if move.to == Status.DECLINED else "words")
    if move.needs_date:
        needs.append("date")
    return needs


def _return_leads_to(bounces: int) -> str:
    try:
        return lifecycle.after_bounce(bounces)
    except Refused:
        return ""


def reasons(language: Language) -> tuple[Option, ...]:
    """Why a case may be declined."""
    return tuple(Option(code, language.gettext(label)) for code, label in DECLINE_REASONS.items())


def departments(town: Town, language: Language, *, but: int | None = None) -> tuple[Option, ...]:
    """Every department in use, except one."""
    return tuple(
        Option(each.code, _desk.department_name(town, each.id, language))
        for each in sorted(town.departments.values(), key=lambda one: one.name_tr)
        if each.is_active and each.id != but
    )


def assignees(by: Actor, department_id: int, town: Town, language: Language) -> tuple[Option | OptionGroup, ...]:
    """Who may be given the case: first the colleagues of its department, then, for who may move it, the others."""
    own = _named(by, town.colleagues.get(department_id, ()), town, language)
    if permissions.scope_of(by, "case.assign_department") == "none":
        return own
    others = [
        OptionGroup(_desk.department_name(town, key, language), _named(by, members, town, language))
        for key, members in town.colleagues.items()
        if key != department_id
    ]
    return (OptionGroup(_desk.department_name(town, department_id, language), own), *others) if own else tuple(others)


def _named(by: Actor, members: object, town: Town, language: Language) -> tuple[Option, ...]:
    me = language.gettext(msgid("ben"))
    return tuple(
        Option(str(one), f"{town.clerk_names[one]} ({me})" if one == by.id else town.clerk_names[one])
        for one in members  # type: ignore[attr-defined]
    )


def _at(field_here: str, no: Refused) -> Refused:
    return Refused(no.message, field_here, **no.values)


def _seen(fields: Mapping[str, object]) -> int:
    version = _forms.word(fields, "version", 9)
    return int(version) if version.isascii() and version.isdigit() else 0

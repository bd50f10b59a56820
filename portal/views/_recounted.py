"""A date that the calendar moved, in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from db.models import CaseEvent
from portal.languages import Language
from portal.rules.refusal import msgid
from portal.views import _clock_words, _words

KINDS: Mapping[str, str] = {
    **_clock_words.LABELS,
    "extension_notice": msgid("Süre uzatımının bildirilmesi"),
    "fee": msgid("Erişim ücretinin ödenmesi"),
    "result_owed": msgid("İşlem sonucunun bildirilmesi"),
    "missing_item": msgid("Eksik belgenin tamamlanması"),
}


def kind_label(kind: str, language: Language) -> str:
    """What the date is of: a clock, or something owed."""
    return language.gettext(KINDS.get(kind, kind))


def from_to(frm: datetime, to: datetime, language: Language) -> str:
    """The earlier date and the one that holds now."""
    return f"{_words.due_moment(frm, language.code)} → {_words.due_moment(to, language.code)}"


def recounted_words(event: CaseEvent, language: Language, *, with_reason: bool = True) -> str:
    """Which dates of a case moved, and why; nothing for an event of another kind.

    The reason is a colleague's own words: it is for the desk and the applicant, not for everybody with the number.
    """
    if event.kind != "recounted":
        return ""
    lines = [
        f"{kind_label(each['kind'], language)}: {from_to(_moment(each['from']), _moment(each['to']), language)}"
        for each in _moves(event.facts)
    ]
    if with_reason and (why := event.facts.get("why")):
        lines.append(language.gettext(msgid("Neden: %(why)s")) % {"why": language.gettext(str(why))})
    return "\n".join(lines)


def _moves(facts: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    yield {"kind": facts["kind"], "from": facts["from"], "to": facts["to"]}
    yield from facts.get("also", ())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

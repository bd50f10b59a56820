"""The dates a line of the timeline moved, for the desk and for the citizen."""

from datetime import date, datetime

from db.models import CaseEvent
from portal.languages import Language
from portal.rules.refusal import msgid
from portal.views import _words
from portal.views._recounted import recounted_words


def words(event: CaseEvent, language: Language, *, with_reason: bool = True) -> str:
    """From when to when a date moved, or which date it is about; empty where the line names none."""
    if event.kind == "recounted":
        return recounted_words(event, language, with_reason=with_reason)
    frm, to, due = (_day(event, name, language) for name in ("from", "to", "due"))
    if event.kind == "extended" and frm and to:
        return language.gettext(msgid("Son gün: %(frm)s → %(to)s")) % {"frm": frm, "to": to}
    if event.kind == "received_corrected" and frm and to:
        return language.gettext(msgid("Geliş: %(frm)s → %(to)s")) % {"frm": frm, "to": to}
    if event.kind == "escalated" and due:
        return language.gettext(msgid("Geçen son gün: %(day)s")) % {"day": due}
    return ""


def _day(event: CaseEvent, name: str, language: Language) -> str:
    """The day a fact names, however it was written down."""
    try:
        said = datetime.fromisoformat(str(event.facts.get(name, "")))
    except ValueError:
        return ""
    return _words.date_without_weekday(said if said.tzinfo else date(said.year, said.month, said.day), language.code)

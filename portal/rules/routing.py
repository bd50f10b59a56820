"""What a text is about, who answers it and how urgent it is."""

from collections.abc import Iterable, Mapping

# The answers that make anything urgent: danger, an injured person, an attack.
_ALARMS = frozenset({"tehlike", "yarali", "saldiri"})


def priority_for(category_priority: str, answers: Mapping[str, Iterable[str]]) -> str:
    """The category's own priority, unless an answer says that somebody is in danger."""
    alarmed = any("evet" in (answers.get(key) or ()) for key in _ALARMS)
    return "urgent" if alarmed else category_priority

"""The clocks of a case at the desk: each promise of time, and how near its end is."""

from dataclasses import dataclass

from db.models import Case, Clock
from portal.rules.refusal import msgid
from portal.views import _words
from portal.views._case_record import Reader


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """One promise of time, and how near its end is."""

    label: str
    promise: str
    due: str
    state: str
    tone: str


_CLOCK_LABELS = {
    "service": msgid("Hizmet süresi"),
    "legal": msgid("Yasal süre"),
    "objection": msgid("İtirazın yanıtlanması"),
}
_CLOCK_STATES = {
    "running": "",
    "paused": msgid("durduruldu, başvuran bekleniyor"),
    "stopped": msgid("bitti"),
}
_UNITS = {
    "hours": msgid("%(n)s saat"),
    "working_days": msgid("%(n)s iş günü"),
    "calendar_days": msgid("%(n)s takvim günü"),
}


def clock_line(clock: Clock, reader: Reader) -> ClockLine:
    """One clock in words."""
    is_running, code = clock.state == "running", reader.language.code
    tone = _words.due_tone(clock.due_at, reader.now) if is_running else ""
    promise = reader.say(_UNITS[clock.unit]) % {"n": _words.number(clock.value, reader.language.code)}
    return ClockLine(
        label=reader.say(_CLOCK_LABELS.get(clock.kind, clock.kind)),
        promise=f"{promise} · {clock.basis}" if clock.basis else promise,
        due=_words.date_and_time(clock.due_at, code)
        if clock.unit == "hours"
        else _words.date_without_weekday(clock.due_at, code),
        state=_words.due_words(clock.due_at, reader.now, code) if tone else reader.say(_CLOCK_STATES[clock.state]),
        tone=tone,
    )


def due(case: Case, reader: Reader) -> str:
    """How near the end of the case is."""
    if not case.is_open:
        return ""
    if case.due_at is None:
        return reader.say(msgid("süre bekletiliyor"))
    return _words.due_words(case.due_at, reader.now, reader.language.code)

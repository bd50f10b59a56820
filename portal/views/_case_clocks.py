"""The clocks of a case at the desk: each promise of time, and how near its end is."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.models import Case, Clock
from portal.rules.refusal import msgid
from portal.services import clocks
from portal.views import _clock_words, _words
from portal.views._case_record import Reader, Record


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """One promise of time, how near its end is, and where its count is shown."""

    label: str
    promise: str
    due: str
    url: str
    state: str
    tone: str


_CLOCK_STATES = {
    "running": "",
    "paused": msgid("durduruldu, başvuran bekleniyor"),
    "stopped": msgid("bitti"),
}


def clock_lines(record: Record, reader: Reader) -> Iterable[ClockLine]:
    """Each clock in words, the stricter first."""
    for each in clocks.in_order(record.clocks):
        yield _clock_line(each, record, reader)


def due(case: Case, reader: Reader) -> str:
    """How near the end of the case is."""
    if not case.is_open:
        return ""
    if case.due_at is None:
        return reader.say(msgid("süre bekletiliyor"))
    return _words.due_words(case.due_at, reader.now, reader.language.code)


def due_kind(case: Case, reader: Reader) -> str:
    """Which duty that end is of."""
    return _clock_words.due_kind(case.due_kind, reader.language) if case.is_open and case.due_at else ""


def _clock_line(clock: Clock, record: Record, reader: Reader) -> ClockLine:
    is_running, code = clock.state == "running", reader.language.code
    tone = _words.due_tone(clock.due_at, reader.now) if is_running else ""
    more = record.extensions.get(clock.id or 0, 0)
    return ClockLine(
        label=_clock_words.label(clock, reader.language),
        promise=_clock_words.promise(clock, reader.language, more=more),
        due=_words.date_and_time(clock.due_at, code)
        if clock.unit == "hours"
        else _words.date_without_weekday(clock.due_at, code),
        url=f"/masa/basvuru/{record.case.reference}/sure#{_clock_words.anchor(clock)}",
        state=_words.due_words(clock.due_at, reader.now, code) if tone else reader.say(_CLOCK_STATES[clock.state]),
        tone=tone,
    )

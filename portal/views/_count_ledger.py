"""The lines of a clock's ledger in words: what happened to a limit, and what date followed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.models import ClockEntry
from portal.languages import Language
from portal.rules.refusal import msgid
from portal.services.counts import Counted
from portal.views import _clock_words, _words


@dataclass(frozen=True, kw_only=True)
class Line:
    """Something that happened to a limit."""

    when: str
    moment: str
    title: str
    due: str
    words: str = ""


def lines(counted: Counted, language: Language, *, at_desk: bool) -> Iterable[Line]:
    """Each line, oldest first. What a colleague typed is for the desk; nobody's name is on either."""
    before: datetime | None = None
    for entry in counted.entries:
        yield Line(
            when=_words.date_and_time(entry.at, language.code),
            moment=_words.machine(entry.at),
            title=_title(entry, counted, language, before=before, at_desk=at_desk),
            due=_words.due_moment(entry.due_at, language.code) if entry.act not in _WITHOUT_A_DATE else "",
            words=entry.words if at_desk else "",
        )
        before = entry.due_at


# While a limit waits its last day is not known, and when it is over nobody needs one.
_WITHOUT_A_DATE = frozenset({"paused", "interrupted", "stopped"})

_TITLES: Mapping[str, str] = {
    "paused": msgid("Süre durduruldu"),
    "resumed": msgid("Süre yeniden işlemeye başladı"),
    "interrupted": msgid("Süre kesildi"),
    "stopped": msgid("Süre sona erdi"),
}


def _title(entry: ClockEntry, counted: Counted, language: Language, *, before: datetime | None, at_desk: bool) -> str:
    say = language.gettext
    if entry.act == "started":
        return say(msgid("Süre başladı")) if before is None else say(msgid("Geliş tarihi düzeltildi"))
    if entry.act == "extended":
        return _extended(entry, counted, language)
    if entry.act == "recomputed":
        return _recomputed(entry, language, before=before)
    if entry.act in ("paused", "interrupted"):
        return f"{say(_TITLES[entry.act])}: {say(_awaited(counted, at_desk=at_desk))}"
    said = say(_TITLES.get(entry.act, entry.act))
    return f"{said} ({entry.basis})" if entry.basis else said


def _awaited(counted: Counted, *, at_desk: bool) -> str:
    """What is waited for. Of the law's limits only a notice of costs holds one up (4982 art. 11)."""
    if counted.clock.law == "4982":
        return msgid("erişim ücretinin ödenmesi beklendi")
    return msgid("başvurandan bilgi beklendi") if at_desk else msgid("sizden bilgi beklendi")


def _extended(entry: ClockEntry, counted: Counted, language: Language) -> str:
    say = language.gettext
    more = _clock_words.limit(entry.value or 0, counted.clock.unit, language)
    said = say(msgid("Süre uzatıldı: %(more)s eklendi")) % {"more": more}
    if entry.basis:
        said = f"{said} ({entry.basis})"
    if entry.told_on:
        told = _words.date_without_weekday(entry.told_on, language.code)
        said = f"{said}. {say(msgid('Bildirildiği gün: %(day)s')) % {'day': told}}"
    return said


def _recomputed(entry: ClockEntry, language: Language, *, before: datetime | None) -> str:
    code = language.code
    frm = _words.date_without_weekday(before or entry.due_at, code)
    to = _words.date_without_weekday(entry.due_at, code)
    return language.gettext(msgid("Çalışma takvimi değişti: %(frm)s → %(to)s")) % {"frm": frm, "to": to}

"""What a citizen is promised: by when, by which law, and what happens if nobody answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.models import Case, Clock
from portal.languages import Language
from portal.rules import laws, ledger, lifecycle
from portal.rules.refusal import msgid
from portal.services import clocks as rules
from portal.services.tracking import Tracked
from portal.views import _clock_words, _words


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One date in a sentence, a link to its count, and what silence means."""

    words: str
    url: str
    late: str = ""
    silence: str = ""


def promises(tracked: Tracked, language: Language, *, now: datetime) -> Iterable[Promise]:
    """The dates that still stand, the stricter first; nothing once the case is answered."""
    if not lifecycle.is_open(tracked.case.status):
        return
    for clock in rules.in_order(tracked.clocks):
        if clock.state != "stopped":
            yield _promise(clock, tracked, language, now=now)


def count_url(tracked: Tracked) -> str:
    """Where every date of the case is counted; empty for a case without one."""
    return f"/takip/{tracked.submission.reference}/sure" if tracked.clocks else ""


def _promise(clock: Clock, tracked: Tracked, language: Language, *, now: datetime) -> Promise:
    limit = _clock_words.limit_of(clock, language, more=tracked.extensions.get(clock.id or 0, 0))
    is_late = clock.state == "running" and clock.due_at < now
    return Promise(
        words=_words_of(clock, tracked.case, limit, language),
        url=f"{count_url(tracked)}#{_clock_words.anchor(clock)}",
        late=_words.due_words(clock.due_at, now, language.code) if is_late else "",
        silence=_silence(clock, tracked.case, language),
    )


_RESTING = msgid("Siz yanıtlayana kadar süre bekletiliyor (%(limit)s).")
_SENTENCES: Mapping[str, str] = {
    "law": msgid("En geç %(day)s gününe kadar yanıt verilir (%(limit)s, %(law)s sayılı Kanun)."),
    "service_law": msgid("Yasaya göre yanıt için son gün %(day)s (%(limit)s, %(law)s sayılı Kanun)."),
    "legal": msgid("En geç %(day)s gününe kadar yanıt verilir (%(limit)s)."),
    "cimer": msgid("En geç %(day)s gününe kadar yanıt verilir (CİMER)."),
    "objection": msgid("İtirazınız en geç %(day)s gününe kadar yanıtlanır (%(limit)s)."),
    "service": msgid("Belediyemizin hedefi: %(day)s (%(limit)s)."),
    "fixed": msgid("Yanıt için son gün: %(day)s."),
}


def _words_of(clock: Clock, case: Case, limit: str, language: Language) -> str:
    if clock.state == "paused":
        return language.gettext(_RESTING) % {"limit": limit}
    values = {"day": _words.due_moment(clock.due_at, language.code), "limit": limit, "law": clock.law}
    return language.gettext(_SENTENCES[_sentence_of(clock, case)]) % values


def _sentence_of(clock: Clock, case: Case) -> str:
    if clock.law == "cimer":
        return "cimer"
    if clock.unit == ledger.FIXED:
        return "fixed"
    if clock.kind == "legal" and clock.law:
        return "law" if _is_invoked(clock, case) else "service_law"
    return clock.kind if clock.kind in _SENTENCES else "fixed"


def _is_invoked(clock: Clock, case: Case) -> bool:
    """Whether this is the law the applicant asked under; whoever reports a pothole has asked for a service."""
    return case.legal_type != "service" or clock.law == "3194"


def _silence(clock: Clock, case: Case, language: Language) -> str:
    if clock.law not in laws.LAWS or clock.state != "running" or not _is_invoked(clock, case):
        return ""
    return language.gettext(laws.LAWS[clock.law].silence)

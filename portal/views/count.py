"""Show me the count: every date of a case, with the days that were counted to it one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.models import Case
from portal.languages import Language
from portal.rules import laws, references
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.counts import Counted
from portal.services.townbook import Town
from portal.views import _clock_words, _count_days, _count_ledger, _desk, _words
from portal.views._count_days import Month
from portal.views._count_ledger import Line
from portal.views._frame import Signed
from portal.views._frame import Town as Frame
from portal.views._parts import Fact


@dataclass(frozen=True, kw_only=True)
class ClockCount:
    """One clock: what was promised, what happened to it, the days, and what they come to."""

    anchor: str
    label: str
    promise: str
    state: str
    tone: str
    facts: tuple[Fact, ...]
    ledger: tuple[Line, ...]
    earlier: tuple[Month, ...]
    months: tuple[Month, ...]
    is_counted: bool
    result: tuple[Fact, ...]
    silence: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CountView:
    """The counts of a case, as the citizen's page and the desk show them."""

    town: Frame
    number: str
    back: str
    clocks: tuple[ClockCount, ...]


@dataclass(frozen=True, kw_only=True)
class DeskCountView(CountView):
    """The same at the desk, where what nobody has yet checked against the law is said as well."""

    clerk: Signed


def count_view(
    case: Case, counted: Sequence[Counted], town: Town, frame: Frame, language: Language, *, reference: str
) -> CountView:
    """The counts for anybody who has the number: dates, and nothing of a person."""
    return CountView(
        town=frame,
        number=references.grouped(reference),
        back=f"/takip/{reference}",
        clocks=tuple(_clock(each, case, language) for each in counted),
    )


def desk_count_view(
    case: Case, counted: Sequence[Counted], town: Town, frame: Frame, language: Language, *, clerk: SignedIn
) -> DeskCountView:
    """The counts for a colleague."""
    return DeskCountView(
        town=frame,
        number=references.grouped(case.reference),
        back=f"/masa/basvuru/{case.reference}",
        clocks=tuple(_clock(each, case, language, desk=town) for each in counted),
        clerk=_desk.signed(clerk),
    )


_STATES: Mapping[str, tuple[str, str]] = {
    "running": (msgid("Süre işliyor"), "busy"),
    "paused": (msgid("Süre bekletiliyor"), "warn"),
    "stopped": (msgid("Süre sona erdi"), "quiet"),
}


def _clock(counted: Counted, case: Case, language: Language, *, desk: Town | None = None) -> ClockCount:
    clock, found, say = counted.clock, counted.found, language.gettext
    state, tone = _STATES[clock.state]
    more = found.value - clock.value if found else 0
    return ClockCount(
        anchor=_clock_words.anchor(clock),
        label=_clock_words.label(clock, language),
        promise=_clock_words.promise(clock, language, more=more),
        state=say(state),
        tone=tone,
        facts=tuple(_facts(counted, language)),
        ledger=tuple(_count_ledger.lines(counted, language, at_desk=desk is not None)),
        earlier=_count_days.months(found.earlier, counted, language) if found else (),
        months=_count_days.months(found.due.days, counted, language) if found else (),
        is_counted=bool(found and found.due.days),
        result=tuple(_result(counted, language)),
        silence=_silence(counted, case, language),
        warnings=tuple(_warnings(counted, desk, language)) if desk else (),
    )


def _facts(counted: Counted, language: Language) -> Iterable[Fact]:
    clock, say = counted.clock, language.gettext
    if name := _clock_words.law_name(clock.law, language):
        yield Fact(label=say(msgid("Dayanak")), value=name)
    elif clock.kind == "service":
        yield Fact(label=say(msgid("Dayanak")), value=say(msgid("Belediyenin kendi hizmet hedefi")))
    received = next((entry.at for entry in reversed(counted.entries) if entry.act == "started"), clock.started_at)
    yield Fact(label=say(msgid("Geliş")), value=_words.date_and_time(received, language.code))
    if clock.unit == "hours":
        hours = msgid("Günün 24 saati sayılır") if clock.round_the_clock else msgid("Yalnız çalışma saatleri sayılır")
        yield Fact(label=say(msgid("Sayım")), value=say(hours))


def _result(counted: Counted, language: Language) -> Iterable[Fact]:
    clock, found, say, code = counted.clock, counted.found, language.gettext, language.code
    due_at = found.due.at if found else clock.due_at
    yield Fact(label=say(msgid("Son gün")), value=_words.due_moment(due_at, code))
    if counted.refused is not None:
        yield Fact(label=say(msgid("Ret sayılma tarihi")), value=_words.date_long(counted.refused.on, code))


def _silence(counted: Counted, case: Case, language: Language) -> str:
    """What the applicant may do when the date passes; only where the law they invoked says so."""
    law = laws.LAWS.get(counted.clock.law)
    if law is None or (case.legal_type == "service" and law.code != "3194"):
        return ""
    return language.gettext(law.silence)


# The terms a reader of a clock of this law, or of this kind, is led to rely on.
_TERMS_OF: Mapping[str, tuple[str, ...]] = {
    "3071": ("silence", "result_owed", "court"),
    "4982": ("information_extension", "information_fee", "information_appeal"),
    "6698": ("personal_data_complaint",),
    "cimer": ("cimer",),
    "objection": ("objection",),
}


def _warnings(counted: Counted, town: Town, language: Language) -> Iterable[str]:
    """The terms nobody has checked, unless the town has set a number of its own."""
    for name in _TERMS_OF.get(counted.clock.law or counted.clock.kind, ()):
        term = laws.TERMS[name]
        if term.is_certain or f"term_{name}" in town.facts:
            continue
        number = _clock_words.limit(laws.term(town.facts, name), term.unit, language)
        said = f"{language.gettext(term.label)}: {number}"
        yield f"{said} · {term.basis}" if term.basis and term.basis != "CİMER" else said

"""What every page calls a clock, its limit and the duty that is nearest."""

from collections.abc import Mapping
from types import MappingProxyType

from db.models import Clock
from portal.languages import Language
from portal.rules import laws, ledger
from portal.rules.refusal import msgid
from portal.views import _words

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "service": msgid("Hizmet süresi"),
        "legal": msgid("Yasal süre"),
        "objection": msgid("İtirazın yanıtlanması"),
        "cimer": msgid("CİMER süresi"),
    }
)

# What is due next, beside its date.
DUE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "service": msgid("hizmet süresi"),
        "legal": msgid("yasal süre"),
        "objection": msgid("itiraz yanıtı"),
        "cimer": msgid("CİMER yanıtı"),
        "extension_notice": msgid("uzatma bildirimi"),
        "fee": msgid("ücret ödemesi bekleniyor"),
        "result_owed": msgid("sonuç bildirilecek"),
        "missing_item": msgid("eksik belge"),
    }
)

# The same duties as a colleague looks for them.
DUTIES: Mapping[str, str] = MappingProxyType(
    {
        "extension_notice": msgid("Uzatma bildirilecek"),
        "result_owed": msgid("Sonuç bildirilecek"),
        "fee": msgid("Ücret ödemesi bekleniyor"),
        "missing_item": msgid("Eksik belge bekleniyor"),
        "objection": msgid("İtiraz yanıtlanacak"),
    }
)

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "hours": msgid("%(n)s saat"),
        "working_days": msgid("%(n)s iş günü"),
        "calendar_days": msgid("%(n)s takvim günü"),
    }
)

# A date that was told to us by the system a record was taken over from.
_SOURCE = "source"


def limit(value: int, unit: str, language: Language) -> str:
    """15 iş günü."""
    said = language.ngettext(UNITS[unit], UNITS[unit], value)
    return said % {"n": _words.number(value, language.code)}


def limit_of(clock: Clock, language: Language, *, more: int = 0) -> str:
    """What a clock promised, extensions included; for a date set elsewhere, who set it."""
    return who_set(clock, language) if clock.unit == ledger.FIXED else limit(clock.value + more, clock.unit, language)


def promise(clock: Clock, language: Language, *, more: int = 0) -> str:
    """15 iş günü · 4982 m.11."""
    said = limit_of(clock, language, more=more)
    return f"{said} · {clock.basis}" if clock.basis and clock.basis != _SOURCE else said


def who_set(clock: Clock, language: Language) -> str:
    """Whose date a date is that nobody here has counted."""
    if clock.law == "cimer":
        return language.gettext(msgid("CİMER'in belirlediği tarih"))
    if clock.basis == _SOURCE:
        return language.gettext(msgid("Eski sistemde yazılı tarih"))
    return language.gettext(msgid("Başka bir kurumun belirlediği tarih"))


def label(clock: Clock, language: Language) -> str:
    """What kind of limit this is."""
    return language.gettext(LABELS.get(clock.kind, clock.kind))


def due_kind(kind: str, language: Language) -> str:
    """Which duty is nearest; empty where nobody has noted it."""
    return language.gettext(DUE_KINDS[kind]) if kind in DUE_KINDS else ""


def law_name(code: str, language: Language) -> str:
    """The law's full name; empty for none of ours."""
    return language.gettext(laws.LAWS[code].name) if code in laws.LAWS else ""


def anchor(clock: Clock) -> str:
    """Where on the page of counts this clock is."""
    return f"saat-{clock.id}"

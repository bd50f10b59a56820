"""What the page of a case's CİMER record may see."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.models import Case, Clock
from portal.rules import references
from portal.rules.refusal import Refused, msgid
from portal.views import _clock_words, _desk, _words
from portal.views._case_record import Reader
from portal.views._forms import Errors
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Fact

NAMES = ("number", "arrived_on", "due_on")


@dataclass(frozen=True, kw_only=True)
class CimerView:
    """The form, or the record with the button that says it is answered."""

    town: TownFrame
    clerk: Signed
    reference: str
    typed: Mapping[str, str]
    facts: tuple[Fact, ...]
    version: int
    errors: Errors

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def refused(self) -> bool:
        return bool(self.errors)


def cimer_view(
    case: Case, clock: Clock | None, typed: Mapping[str, str], reader: Reader, *, refusal: Refused | None
) -> CimerView:
    """The page in words."""
    facts: tuple[Fact, ...] = ()
    if clock is not None:
        facts = (
            Fact(label=reader.say(msgid("CİMER numarası")), value=clock.basis.removeprefix("CİMER ")),
            Fact(
                label=reader.say(msgid("Son gün")),
                value=f"{_words.date_long(clock.due_at, reader.language.code)}\n"
                f"{_clock_words.limit_of(clock, reader.language)}",
            ),
        )
    shown = refusal if refusal is None or refusal.field in NAMES else Refused(refusal.message, **refusal.values)
    return CimerView(
        town=reader.frame,
        clerk=_desk.signed(reader.clerk),
        reference=case.reference,
        typed={**dict.fromkeys(NAMES, ""), **typed},
        facts=facts,
        version=case.version,
        errors=Errors().plus(*filter(None, [shown])),
    )

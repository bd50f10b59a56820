"""What the pages of an act under a law may see: what is offered, the form, and the letter before it leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.models import Enclosure
from portal.languages import Language
from portal.rules import lifecycle, outcomes, references
from portal.rules.refusal import Refused, msgid
from portal.services.official import Content
from portal.services.proceedings.acts import ACTS, OFFERED
from portal.services.proceedings.matter import Matter
from portal.views import _desk, _words, papers
from portal.views._forms import Errors
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Fact
from portal.views._proceeding_forms import FORMS, Asked, Typed
from portal.views.application import FileLink, links
from portal.views.papers import Unsure

KINDS = {
    "information": msgid("Bilgi edinme başvurusu"),
    "petition": msgid("Dilekçe"),
    "personal_data": msgid("Kişisel veri başvurusu"),
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One act that may be offered, or why it may not be done now."""

    title: str
    hint: str
    url: str
    why_not: Refused | None


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field with what stands in it."""

    asked: Asked
    values: tuple[str, ...]

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(frozen=True, kw_only=True)
class ProceedingsView:
    """Everything that may be done with this application."""

    town: TownFrame
    clerk: Signed
    reference: str
    title: str
    facts: tuple[Fact, ...]
    offers: tuple[Offer, ...]
    documents: tuple[FileLink, ...]
    may_add: bool
    version: int
    errors: Errors

    @property
    def refused(self) -> bool:
        return bool(self.errors)

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)


@dataclass(frozen=True, kw_only=True)
class ActView:
    """The form of one act, as it was typed, with what was wrong."""

    town: TownFrame
    clerk: Signed
    reference: str
    name: str
    title: str
    hint: str
    button: str
    fields: tuple[Field, ...]
    facts: tuple[Fact, ...]
    version: int
    errors: Errors

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"

    @property
    def address(self) -> str:
        return f"{self.url}/islem/{self.name}"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def refused(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """The letter as it would leave, with all that was typed, and two ways on: send it, or change it."""

    town: TownFrame
    clerk: Signed
    reference: str
    name: str
    title: str
    letter: Content
    typed: tuple[tuple[str, str], ...]
    version: int
    unsure: tuple[Unsure, ...]

    @property
    def address(self) -> str:
        return f"/masa/basvuru/{self.reference}/islem/{self.name}"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)


def preview_view(
    matter: Matter, name: str, typed: Typed, content: Content, language: Language, *, frame: TownFrame, seen: int
) -> PreviewView:
    """The letter before it is sent."""
    return PreviewView(
        town=frame,
        clerk=_desk.signed(matter.by),
        reference=matter.case.reference,
        name=name,
        title=language.gettext(FORMS[name].title),
        letter=content,
        typed=tuple((field, value) for field, values in typed.items() for value in values),
        version=seen,
        unsure=papers.unsure(content, language),
    )


def proceedings_view(
    matter: Matter,
    ready: Sequence[Enclosure],
    language: Language,
    *,
    frame: TownFrame,
    refusal: Refused | None = None,
) -> ProceedingsView:
    """What may be done now, and what may not yet, with the reason."""
    return ProceedingsView(
        town=frame,
        clerk=_desk.signed(matter.by),
        reference=matter.case.reference,
        title=language.gettext(KINDS[matter.application.kind]),
        facts=tuple(_facts(matter, language)),
        offers=tuple(_offers(matter, language)),
        documents=links(ready, f"/masa/basvuru/{matter.case.reference}", language),
        may_add=lifecycle.is_open(matter.case.status),
        version=matter.case.version,
        errors=Errors().plus(*filter(None, [refusal])),
    )


def act_view(
    matter: Matter,
    name: str,
    typed: Typed,
    language: Language,
    *,
    frame: TownFrame,
    seen: int,
    refusal: Refused | None = None,
) -> ActView:
    """The form of one act."""
    form = FORMS[name]
    say = language.gettext
    return ActView(
        town=frame,
        clerk=_desk.signed(matter.by),
        reference=matter.case.reference,
        name=name,
        title=say(form.title),
        hint=say(form.hint),
        button=say(form.button),
        fields=tuple(
            Field(asked=each, values=typed.get(each.name, ()))
            for each in form.fields(matter.application.kind, language)
        ),
        facts=tuple(_facts(matter, language)),
        version=seen,
        errors=Errors().plus(*filter(None, [refusal])),
    )


def _offers(matter: Matter, language: Language) -> Iterable[Offer]:
    for name in OFFERED[matter.application.kind]:
        form = FORMS[name]
        yield Offer(
            title=language.gettext(form.title),
            hint=language.gettext(form.hint),
            url=f"/masa/basvuru/{matter.case.reference}/islem/{name}",
            why_not=_why_not(matter, name),
        )


def _why_not(matter: Matter, name: str) -> Refused | None:
    try:
        ACTS[name].check_state(matter)
    except Refused as no:
        return no
    return None


def _facts(matter: Matter, language: Language) -> Iterable[Fact]:
    """Where the application stands: its number in the register, its limit, and what was decided."""
    say, code, application = language.gettext, language.code, matter.application
    yield Fact(label=say(msgid("Kayıt numarası")), value=f"{application.year}/{application.number}")
    yield Fact(label=say(msgid("Geliş")), value=_words.date_long(matter.case.received_at, code))
    if matter.legal.state == "running":
        yield Fact(label=say(msgid("Yasal süre")), value=_words.date_long(matter.legal.due_at, code))
    elif matter.legal.state == "paused":
        yield Fact(label=say(msgid("Yasal süre")), value=say(msgid("durduruldu")))
    if application.fee_kurus:
        fee = say(msgid("%(fee)s TL, %(pages)s sayfa")) % {
            "fee": _words.number(application.fee_kurus / 100, code, 2),
            "pages": application.pages,
        }
        yield Fact(label=say(msgid("Erişim ücreti")), value=fee)
    if application.outcome:
        yield Fact(label=say(msgid("Sonuç")), value=say(outcomes.label(application.kind, application.outcome)))
    if grounds := outcomes.labels(application.kind, application.articles):
        yield Fact(label=say(msgid("Dayanak maddeler")), value="\n".join(say(each) for each in grounds))
    if application.appealed_on:
        day = _words.date_long(application.appealed_on, code)
        yield Fact(label=say(msgid("Kurula itiraz")), value=" · ".join(filter(None, (day, application.appeal_number))))
    if application.appeal_result:
        yield Fact(label=say(msgid("Kurul kararı")), value=say(outcomes.APPEAL_RESULTS[application.appeal_result]))

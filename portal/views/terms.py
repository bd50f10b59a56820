"""What the page of the terms may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.languages import Language
from portal.rules import laws
from portal.rules.refusal import Refused, msgid
from portal.services.accounts import SignedIn
from portal.services.terms import Setting
from portal.services.townbook import Town
from portal.views import _desk, _forms, _words
from portal.views._forms import Errors, Option
from portal.views._frame import Signed
from portal.views._frame import Town as Frame

_UNITS = {
    "hours": msgid("saat"),
    "working_days": msgid("iş günü"),
    "calendar_days": msgid("takvim günü"),
}


@dataclass(frozen=True, kw_only=True)
class TermsForm:
    """What was typed for every term, and what had stood there."""

    terms: Mapping[str, Setting]
    fee_effect: Setting
    errors: Errors = field(default_factory=Errors)

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "TermsForm":
        return cls(
            terms={
                name: Setting(_forms.word(fields, f"term_{name}", 12), _forms.word(fields, f"was_term_{name}", 12))
                for name in laws.TERMS
            },
            fee_effect=Setting(
                _forms.word(fields, laws.FEE_EFFECT, 12), _forms.word(fields, f"was_{laws.FEE_EFFECT}", 12)
            ),
        )

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> "TermsForm":
        """The form as the terms stand."""
        stands = {name: str(laws.term(facts, name)) for name in laws.TERMS}
        effect = "restart" if laws.fee_restarts(facts) else "remainder"
        return cls(
            terms={name: Setting(each, each) for name, each in stands.items()}, fee_effect=Setting(effect, effect)
        )

    def standing_on(self, facts: Mapping[str, str]) -> "TermsForm":
        """What was typed, beside what stands now: who has read that it changed may save again."""
        now = TermsForm.of(facts)
        terms = {name: _beside(self.terms[name], now.terms[name].seen) for name in laws.TERMS}
        return replace(self, terms=terms, fee_effect=_beside(self.fee_effect, now.fee_effect.seen))

    def refused(self, no: Refused) -> "TermsForm":
        """The form with what was wrong; nothing typed is lost."""
        return replace(self, errors=self.errors.plus(no))


def _beside(setting: Setting, stands: str) -> Setting:
    """What was typed over what stands now; a field nobody touched follows it."""
    return Setting(stands if setting.typed == setting.seen else setting.typed, stands)


@dataclass(frozen=True, kw_only=True)
class TermLine:
    """A number, where it comes from, and whether the legal office still has to look at it."""

    name: str
    label: str
    value: str
    seen: str
    unit: str
    basis: str
    proposed: str
    is_certain: bool


@dataclass(frozen=True, kw_only=True)
class LimitLine:
    """What a category promises."""

    topic: str
    target: str
    legal: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class TermsView:
    """The page of the terms."""

    town: Frame
    clerk: Signed
    form: TermsForm
    terms: tuple[TermLine, ...]
    effects: tuple[Option, ...]
    limits: tuple[LimitLine, ...]
    is_saved: bool

    @property
    def refused(self) -> bool:
        return bool(self.form.errors)


def terms_view(
    facts: Mapping[str, str],
    form: TermsForm | None,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: Frame,
    is_saved: bool,
) -> TermsView:
    """The terms as they stand, and the form that was refused as it was typed."""
    form = form.standing_on(facts) if form else TermsForm.of(facts)
    return TermsView(
        town=frame,
        clerk=_desk.signed(clerk),
        form=form,
        terms=tuple(_term_line(each, form, language) for each in laws.TERMS.values()),
        effects=tuple(Option(code, language.gettext(label)) for code, label in laws.FEE_EFFECTS.items()),
        limits=tuple(_limits(town, language)),
        is_saved=is_saved,
    )


def _term_line(term: laws.Term, form: TermsForm, language: Language) -> TermLine:
    setting = form.terms[term.name]
    is_own = setting.seen != str(term.value)
    return TermLine(
        name=f"term_{term.name}",
        label=language.gettext(term.label),
        value=setting.typed,
        seen=setting.seen,
        unit=language.gettext(_UNITS[term.unit]),
        basis=term.basis,
        proposed=_promise(term.value, term.unit, language) if is_own else "",
        is_certain=term.is_certain,
    )


def _limits(town: Town, language: Language) -> list[LimitLine]:
    return [
        LimitLine(
            topic=_desk.category_name(town, key, language),
            target=_promise(each.target_value, each.target_unit, language),
            legal=_promise(each.legal_value, each.legal_unit, language),
            basis=each.legal_basis,
        )
        for key, each in town.categories.items()
        if each.is_active
    ]


def _promise(value: int, unit: str, language: Language) -> str:
    return f"{_words.number(value, language.code)} {language.gettext(_UNITS[unit])}"

"""What the forms of written applications may see, and what is read back from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from db.models import Enclosure
from portal.languages import Language
from portal.rules import applications as rules
from portal.rules import laws
from portal.rules.applications import Form
from portal.rules.refusal import msgid
from portal.services import clocks, enclosures
from portal.services.townbook import Town
from portal.views import _forms, _words
from portal.views._forms import Errors, Option
from portal.views._frame import Town as Frame

# More is kept on the screen than may be sent, so that nobody loses a long letter to a limit.
KEPT_WORDS = 30_000

ADDRESSES: Mapping[str, str] = {
    rules.INFORMATION: "/bilgi-edinme",
    rules.PETITION: "/dilekce",
    rules.PERSONAL_DATA: "/kisisel-veri",
}


@dataclass(frozen=True, kw_only=True)
class EnclosedFile:
    """A file that was taken in, with the name its owner knows it by."""

    name: str
    original_name: str
    purpose: str
    size: str


@dataclass(frozen=True, kw_only=True)
class ApplyView:
    """One form, for a natural or a legal person, with everything that was typed into it."""

    town: Frame
    kind: str
    url: str
    title: str
    form: Form
    form_id: str
    errors: Errors
    may_be_legal_person: bool
    asks_identity: bool
    access: tuple[Option, ...]
    rights: tuple[Option, ...]
    relations: tuple[Option, ...]
    signatures: tuple[Option, ...]
    files: tuple[EnclosedFile, ...]
    most_words: int = rules.MOST_WORDS
    most_files: int = enclosures.MOST_FILES
    most_megabytes: int = enclosures.MOST_BYTES // 1_000_000

    @property
    def refused(self) -> bool:
        return bool(self.errors)

    @property
    def room(self) -> int:
        return self.most_files - len(self.files)

    @property
    def is_abroad(self) -> bool:
        """Whether the fields for those without a national id stand open."""
        typed = self.form.nationality or self.form.document_number
        return bool(typed or self.errors.nationality or self.errors.document_number)

    @property
    def is_by_kep(self) -> bool:
        """Whether the fields for registered e-mail stand open."""
        typed = self.form.signature == "kep" or self.form.kep_address or self.form.kep_number
        return bool(typed)


def read_form(sent: Mapping[str, object], kind: str, rights: Sequence[str]) -> Form:
    """The form as it was typed, one letter past each limit, so that the rules can tell what is too long."""
    lines = {name: _forms.word(sent, name, most) for name, most in _LINES.items()}
    return Form(
        kind=kind,
        words=_forms.text(sent, "words", KEPT_WORDS),
        is_legal_person=sent.get("kim") == "tuzel",
        rights=tuple(each for each in rights[: len(rules.RIGHTS)] if each in rules.RIGHTS),
        is_in_turkish=_forms.ticked(sent, "is_in_turkish"),
        **lines,  # type: ignore[arg-type]
    )


_LINES = {
    "signature": 16,
    "name": rules.MOST_NAME,
    "title": rules.MOST_TITLE,
    "tax_number": 20,
    "national_id": 20,
    "nationality": rules.MOST_NATIONALITY,
    "document_number": 30,
    "address": rules.MOST_ADDRESS,
    "email": 254,
    "phone": 40,
    "subject": rules.MOST_SUBJECT,
    "access": 16,
    "relation": 16,
    "kep_address": rules.MOST_KEP,
    "kep_number": rules.MOST_KEP,
}


def form_of(kept: Mapping[str, Any], kind: str, *, kim: str = "", words: str = "") -> Form:
    """The form as an earlier visit left it; `kim` says anew for whom, `words` came from another form."""
    known = {each.name for each in fields(Form)} - {"kind", "enclosed"}
    typed = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items() if name in known}
    typed["words"] = typed.get("words") or words
    typed.setdefault("signature", "")
    if kim:
        typed["is_legal_person"] = kim == "tuzel"
    return Form(kind=kind, **typed)


def apply_view(
    town: Town,
    frame: Frame,
    form: Form,
    files: Sequence[Enclosure],
    language: Language,
    *,
    form_id: str,
    errors: Errors,
) -> ApplyView:
    kind, say = rules.KINDS[form.kind], language.gettext
    return ApplyView(
        town=frame,
        kind=kind.code,
        url=ADDRESSES[kind.code],
        title=say(kind.label),
        form=form,
        form_id=form_id,
        errors=errors,
        may_be_legal_person=kind.for_legal_persons,
        asks_identity=rules.asks(form, "national_id"),
        access=_options(rules.ACCESS, language),
        rights=_options(rules.RIGHTS, language),
        relations=_options(rules.RELATIONS, language),
        signatures=tuple(
            Option(each, say(rules.SIGNATURES[each]), hint=_signature_hint(each, town, language))
            for each in rules.signatures(form.kind)
        ),
        files=tuple(_file(each, language) for each in files),
    )


def _options(labels: Mapping[str, str], language: Language) -> tuple[Option, ...]:
    return tuple(Option(code, language.gettext(label)) for code, label in labels.items())


_SIGNATURE_HINTS = {
    "scan": msgid("İsteğinizi kâğıda yazıp imzalayın; taramasını veya fotoğrafını aşağıya ekleyin."),
    "e_signature": msgid(
        "Güvenli elektronik imzayla (5070 sayılı Kanun) imzaladığınız PDF veya .p7m dosyasını aşağıya ekleyin."
    ),
    "kep": msgid(
        "Aynı başvuruyu belediyenin KEP adresine gönderdiyseniz aşağıda “KEP ile imzaladım” bölümünü doldurun."
    ),
    "counter": msgid("Başvurunuzu şimdi alırız; kimliğinizle gelip imzalamanız için %(days)s iş gününüz olur."),
    "registered_email": msgid("Yukarıya yazdığınız adres belediyede zaten kayıtlıysa ayrıca imza gerekmez."),
    "this_form": msgid("Bu form bu amaçla hazırlanmıştır. Kimliğinizden emin olmak için sizi arayabiliriz."),
}


def _signature_hint(code: str, town: Town, language: Language) -> str:
    hint = language.gettext(_SIGNATURE_HINTS[code])
    return hint % {"days": laws.term(town.facts, clocks.MISSING_ITEM)} if code == "counter" else hint


def _file(enclosure: Enclosure, language: Language) -> EnclosedFile:
    return EnclosedFile(
        name=enclosure.name,
        original_name=enclosure.original_name,
        purpose=language.gettext(PURPOSES[enclosure.purpose]),
        size=_words.size(enclosure.size, language.code),
    )


PURPOSES: Mapping[str, str] = {
    "signature": msgid("İmzalı form"),
    "authority": msgid("Yetki belgesi"),
    "other": msgid("Ek belge"),
    "answer": msgid("Belediyenin verdiği belge"),
}

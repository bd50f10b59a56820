"""What the desk's page of a case shows of a written application."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.models import Application, Case, Enclosure
from portal.languages import Language
from portal.rules import applications as rules
from portal.rules import permissions
from portal.rules.permissions import Actor
from portal.rules.refusal import msgid
from portal.services.applications import Filed
from portal.views import _words
from portal.views._case_forms import CaseForm
from portal.views._forms import word
from portal.views._parts import Fact
from portal.views.apply import PURPOSES


@dataclass(frozen=True, kw_only=True)
class FileLink:
    """An enclosed file as it can be fetched."""

    id: str
    url: str
    name: str
    words: str


@dataclass(frozen=True, kw_only=True)
class SignForm(CaseForm):
    """Says that the applicant came and signed."""

    name = "imza"

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "SignForm":
        version = word(fields, "version", 9)
        return cls(seen=int(version) if version.isascii() and version.isdigit() else 0)


@dataclass(frozen=True, kw_only=True)
class IdForm(CaseForm):
    """Says why somebody must see the whole identity number."""

    name = "kimlik"

    reason: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "IdForm":
        return cls(reason=word(fields, "reason", 300))


@dataclass(frozen=True, kw_only=True)
class ApplicationCard:
    """Who applied, how they signed, and what they enclosed."""

    title: str
    facts: tuple[Fact, ...]
    files: tuple[FileLink, ...]
    sign_by: str
    form: SignForm
    id_form: IdForm | None
    shown_id: str = ""


def card(
    filed: Filed | None, case: Case, language: Language, *, clerk: Actor, sent: CaseForm | None
) -> ApplicationCard | None:
    """The card for this colleague; none for an ordinary report, or where the case's contents are not theirs to read."""
    if filed is None or (case.is_special and not permissions.may(clerk, "special.view", case)):
        return None
    application, missing = filed.application, filed.missing_signature
    may_see = permissions.may(clerk, "contact.view", case)
    may_sign = missing is not None and case.is_open and permissions.may(clerk, "case.note", case)
    return ApplicationCard(
        title=registered(application, language),
        facts=tuple(_facts(filed, language, may_see=may_see)),
        files=links(filed.enclosures, f"/masa/basvuru/{case.reference}", language),
        sign_by=_words.date_long(missing.due_at, language.code) if missing and may_sign else "",
        form=sent if isinstance(sent, SignForm) else SignForm(seen=case.version),
        id_form=(sent if isinstance(sent, IdForm) else IdForm()) if filed.masked_id and may_see else None,
    )


def registered(application: Application, language: Language) -> str:
    """The register and the number in it: Bilgi edinme başvurusu 2026/14."""
    number = rules.register_number(application.year, application.number)
    return f"{language.gettext(rules.KINDS[application.kind].label)} {number}"


def links(files: Sequence[Enclosure], base: str, language: Language) -> tuple[FileLink, ...]:
    """The enclosed files under an address that serves them."""
    return tuple(
        FileLink(
            id=each.name,
            url=f"{base}/ek/{each.name}",
            name=each.original_name,
            words=f"{language.gettext(PURPOSES[each.purpose])} · {_words.size(each.size, language.code)}",
        )
        for each in files
    )


def _facts(filed: Filed, language: Language, *, may_see: bool) -> Iterable[Fact]:
    application, say = filed.application, language.gettext
    kind = msgid("Tüzel kişi") if application.is_legal_person else msgid("Gerçek kişi")
    yield Fact(label=say(msgid("Başvuran türü")), value=say(kind))
    if may_see:
        yield from _identity(filed, language)
        yield Fact(label=say(msgid("Adres")), value=application.address)
    yield Fact(label=say(msgid("İmza yolu")), value="\n".join(_signature(application, language)))


def _identity(filed: Filed, language: Language) -> Iterable[Fact]:
    application, say = filed.application, language.gettext
    if application.is_legal_person:
        yield Fact(label=say(msgid("Unvan")), value=application.title)
        yield Fact(label=say(msgid("Yetkili")), value=application.name)
        if number := application.details.get("tax_number"):
            yield Fact(label=say(msgid("Vergi kimlik numarası")), value=number)
    if filed.masked_id:
        is_document = application.details.get("has_document")
        label = msgid("Pasaport veya kimlik numarası") if is_document else msgid("T.C. kimlik numarası")
        yield Fact(label=say(label), value=filed.masked_id)
    if application.nationality:
        yield Fact(label=say(msgid("Uyruk")), value=application.nationality)


def _signature(application: Application, language: Language) -> Iterable[str]:
    details, say = application.details, language.gettext
    yield say(rules.SIGNATURES[application.signature])
    if application.signature == "kep":
        yield f"{details['kep_address']} · {details['kep_number']}"
    if application.signature == "registered_email":
        known = msgid("Bu adres daha önceki bir başvuruda bildirilmiş.")
        unknown = msgid("Bu adres daha önceki hiçbir başvuruda geçmiyor; kimliği ayrıca doğrulayın.")
        yield say(known if details.get("is_email_known") else unknown)
    if application.signature == "counter":
        yield say(msgid("İmzalandı") if details.get("signed_at") else msgid("İmza bekleniyor"))
    if application.signature in ("e_signature", "scan"):
        yield say(msgid("İmza sistemce doğrulanmaz; dosyayı açıp siz kontrol edin."))

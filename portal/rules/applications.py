"""What a law asks of a written application, and what is wrong with one. Answers with every problem at once, by field.

3071 art. 4 asks a petitioner for name, signature and address; the by-law of 4982 also who the applicant is and what
is wanted in which form; the communiqué on applications to data controllers (10.03.2018) which right is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from portal.rules import identity
from portal.rules.contact import is_email
from portal.rules.refusal import Refused, msgid

INFORMATION, PETITION, PERSONAL_DATA = "information", "petition", "personal_data"

LEAST_WORDS = 15
MOST_WORDS = 8000
MOST_NAME, MOST_TITLE, MOST_NATIONALITY, MOST_ADDRESS, MOST_SUBJECT = 120, 200, 60, 300, 140
MOST_KEP = 120
_LEAST_ADDRESS = 10
_LEAST_SUBJECT = 5

PDF, CMS = "application/pdf", "application/pkcs7-mime"


@dataclass(frozen=True)
class Kind:
    """One kind of written application: its law, the category it is filed under, and who may write it."""

    code: str
    law: str
    article: str
    category_kind: str
    label: str
    asks_identity: bool
    for_legal_persons: bool = True


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        each.code: each
        for each in (
            Kind(INFORMATION, "4982", "11", "bilgi_edinme", msgid("Bilgi edinme başvurusu"), asks_identity=True),
            Kind(PETITION, "3071", "7", "dilekce", msgid("Dilekçe"), asks_identity=False),
            Kind(
                PERSONAL_DATA,
                "6698",
                "13",
                "kvkk",
                msgid("Kişisel veri başvurusu"),
                asks_identity=True,
                # Only natural persons have personal data (6698 art. 3).
                for_legal_persons=False,
            ),
        )
    }
)

# In which form access is wanted (4982 art. 10).
ACCESS: Mapping[str, str] = MappingProxyType(
    {
        "email": msgid("E-posta ile gönderilmesi"),
        "copy": msgid("Kopyasının verilmesi"),
        "certified_copy": msgid("Onaylı kopyasının verilmesi"),
        "inspection": msgid("Yerinde incelenmesi, not alınması"),
        "recording": msgid("Ses veya görüntü kaydının dinlenmesi, izlenmesi"),
    }
)

# The rights of 6698 art. 11, in its order.
RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "learn": msgid("Kişisel verilerimin işlenip işlenmediğini öğrenme"),
        "details": msgid("İşlenmişse buna ilişkin bilgi isteme"),
        "purpose": msgid("İşlenme amacını ve amaca uygun kullanılıp kullanılmadığını öğrenme"),
        "transfers": msgid("Yurt içinde veya yurt dışında kimlere aktarıldığını öğrenme"),
        "correction": msgid("Eksik veya yanlış işlenmişse düzeltilmesini isteme"),
        "erasure": msgid("Silinmesini veya yok edilmesini isteme"),
        "notification": msgid("Düzeltme ve silmenin, verilerin aktarıldığı kişilere bildirilmesini isteme"),
        "objection": msgid("Yalnız otomatik analizle aleyhime çıkan bir sonuca itiraz etme"),
        "damages": msgid("Kanuna aykırı işleme nedeniyle uğranan zararın giderilmesini isteme"),
    }
)

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "resident": msgid("Hemşehri veya hizmet alan"),
        "employee": msgid("Çalışan veya eski çalışan"),
        "candidate": msgid("Çalışan adayı"),
        "supplier": msgid("Tedarikçi veya iş ortağı"),
        "visitor": msgid("Ziyaretçi"),
        "other": msgid("Diğer"),
    }
)

SIGNATURES: Mapping[str, str] = MappingProxyType(
    {
        "e_signature": msgid("Güvenli elektronik imza"),
        "scan": msgid("İmzalı taranmış form"),
        "kep": msgid("Kayıtlı elektronik posta (KEP)"),
        "counter": msgid("Çözüm masasında imza"),
        "registered_email": msgid("Belediyeye daha önce bildirilmiş e-posta adresi"),
        "this_form": msgid("Bu başvuru formu"),
        "paper": msgid("Islak imzalı kâğıt başvuru"),
    }
)
_EVERYBODYS = ("scan", "e_signature", "kep", "counter")
_OF_PERSONAL_DATA = ("this_form", "registered_email")
_WAITING = "counter"


class Enclosed(NamedTuple):
    """A file that lies beside a form: what it is there for, and what it really is."""

    purpose: str
    media_type: str


@dataclass(frozen=True)
class Form:
    """What one applicant writes, through whichever door. `name` is the representative's where a legal person asks."""

    kind: str
    words: str
    signature: str
    name: str = ""
    address: str = ""
    is_legal_person: bool = False
    title: str = ""
    tax_number: str = ""
    national_id: str = ""
    nationality: str = ""
    document_number: str = ""
    email: str = ""
    phone: str = ""
    subject: str = ""
    access: str = ""
    rights: tuple[str, ...] = ()
    relation: str = ""
    is_in_turkish: bool = False
    kep_address: str = ""
    kep_number: str = ""
    enclosed: tuple[Enclosed, ...] = ()

    @property
    def waits_for_signature(self) -> bool:
        """Whether the applicant will sign at the counter, so that the application is not complete yet."""
        return self.signature == _WAITING

    def as_asked(self) -> "Form":
        """The form with numbers in one spelling, and without what its kind does not ask of this applicant."""
        kept = {name: value for name, value in self.__dict__.items() if name not in _CONDITIONAL or asks(self, name)}
        numbers = {name: identity.plain_number(kept[name]) for name in _NUMBERS if name in kept}
        return replace(Form(self.kind, self.words, self.signature), **{**kept, **numbers})


_NUMBERS = ("tax_number", "national_id", "document_number")
_CONDITIONAL = frozenset(
    {
        *("title", "tax_number", "national_id", "nationality", "document_number", "subject", "access"),
        *("rights", "relation", "is_in_turkish", "kep_address", "kep_number"),
    }
)


def register_number(year: int, number: int) -> str:
    """The number an application has in the year's register of its kind, as it is written: 2026/14."""
    return f"{year}/{number}"


def asks(form: Form, field: str) -> bool:
    """Whether this kind of form asks this applicant for a field."""
    kind = KINDS[form.kind]
    if field in ("title", "tax_number"):
        return form.is_legal_person and kind.for_legal_persons
    if field in ("national_id", "nationality", "document_number"):
        return kind.asks_identity and not form.is_legal_person
    if field == "subject":
        return form.kind == PETITION
    if field == "access":
        return form.kind == INFORMATION
    if field in ("rights", "relation", "is_in_turkish"):
        return form.kind == PERSONAL_DATA
    if field in ("kep_address", "kep_number"):
        return form.signature == "kep"
    return True


def signatures(kind: str, *, at_desk: bool = False) -> tuple[str, ...]:
    """The ways to sign this kind of application; on paper only through a colleague."""
    routes = (*_OF_PERSONAL_DATA, *_EVERYBODYS) if kind == PERSONAL_DATA else _EVERYBODYS
    return ("paper", *routes) if at_desk else routes


def problems(form: Form, *, at_desk: bool = False) -> dict[str, Refused]:
    """Everything that still stands between this form and an application, in the order of its fields.

    What came on paper has an address to be answered at; on the web somebody must be reachable besides.
    """
    return {
        **_problems_of_applicant(form),
        **_problems_of_identity(form),
        **_problems_of_address(form),
        **_problems_of_contact(form, at_desk=at_desk),
        **_problems_of_wish(form),
        **_problems_of_signature(form, at_desk=at_desk),
        **_problems_of_authority(form),
    }


def _problems_of_applicant(form: Form) -> dict[str, Refused]:
    found: dict[str, Refused] = {}
    if form.is_legal_person:
        found |= _problems_of_legal_person(form)
    elif not _is_full_name(form.name):
        found |= _one("name", msgid("Adınızı ve soyadınızı yazın."))
    return found | _too_long(form.name, "name", MOST_NAME)


def _problems_of_address(form: Form) -> dict[str, Refused]:
    if len(form.address) < _LEAST_ADDRESS:
        own = msgid("Ev veya iş adresinizi yazın: mahalle, cadde veya sokak, kapı numarası, ilçe ve il.")
        company = msgid("Tebligat adresini yazın: mahalle, cadde veya sokak, kapı numarası, ilçe ve il.")
        return _one("address", company if form.is_legal_person else own)
    return _too_long(form.address, "address", MOST_ADDRESS)


def _problems_of_legal_person(form: Form) -> dict[str, Refused]:
    if not KINDS[form.kind].for_legal_persons:
        return _one("kim", msgid("Kişisel veri başvurusunu yalnız gerçek kişiler yapabilir."))
    found: dict[str, Refused] = {}
    if len(form.title) < 3:
        found |= _one("title", msgid("Kuruluşun tam unvanını yazın."))
    found |= _too_long(form.title, "title", MOST_TITLE)
    if form.tax_number and not identity.is_tax_number(form.tax_number):
        found |= _one("tax_number", msgid("Vergi kimlik numarası 10 rakamdır; eksik veya fazla rakam var."))
    if not _is_full_name(form.name):
        found |= _one("name", msgid("Başvuruyu yapan yetkilinin adını ve soyadını yazın."))
    return found


def _problems_of_authority(form: Form) -> dict[str, Refused]:
    if not form.is_legal_person or not KINDS[form.kind].for_legal_persons or _has(form, "authority"):
        return {}
    return _one("file_authority", msgid("Yetki belgesini ekleyin; örneğin imza sirküleri veya vekâletname."))


def _problems_of_identity(form: Form) -> dict[str, Refused]:
    if not asks(form, "national_id"):
        return {}
    if form.national_id:
        if identity.is_national_id(form.national_id):
            return {}
        return _one("national_id", msgid("Kimlik numarasında yanlışlık var; 11 rakamı kimliğinizden bakarak yazın."))
    if not form.nationality and not form.document_number:
        return _one(
            "national_id",
            msgid(
                "T.C. kimlik numaranızı yazın. Yabancıysanız 99 ile başlayan numaranızı ya da uyruğunuzu ve "
                "pasaport numaranızı yazın."
            ),
        )
    found: dict[str, Refused] = {}
    if not form.nationality:
        found |= _one("nationality", msgid("Uyruğunuzu yazın."))
    found |= _too_long(form.nationality, "nationality", MOST_NATIONALITY)
    if not identity.is_document_number(form.document_number):
        found |= _one("document_number", msgid("Pasaport veya kimlik numarasını belgede yazdığı gibi yazın."))
    return found


def _problems_of_contact(form: Form, *, at_desk: bool) -> dict[str, Refused]:
    if form.email and not is_email(form.email):
        return _one("email", msgid("E-posta adresini ad@ornek.com biçiminde yazın."))
    if not form.email and form.signature == "registered_email":
        return _one("email", msgid("Belediyeye daha önce bildirdiğiniz e-posta adresini yazın."))
    if not form.email and form.access == "email" and asks(form, "access"):
        return _one("email", msgid("Bilgiyi e-posta ile istediğiniz için e-posta adresinizi yazın."))
    if not form.email and not form.phone and not at_desk:
        return _one("email", msgid("Size ulaşabilmemiz için e-posta adresinizi ya da telefon numaranızı yazın."))
    return {}


# Words that fill the line and name nothing (3071 art. 6 leaves such a petition unexamined).
_EMPTY_SUBJECTS = frozenset(
    {"dilekçe", "dilekçem", "dilekce", "başvuru", "basvuru", "konu", "talep", "istek", "şikayet", "şikâyet", "sikayet"}
    | {"bilgi", "petition", "request", "complaint", "subject"}
)


def _problems_of_wish(form: Form) -> dict[str, Refused]:
    found: dict[str, Refused] = {}
    if form.kind == PETITION:
        found |= _problems_of_subject(form.subject)
    if len(form.words) < LEAST_WORDS:
        found |= _one("words", _ASK_FOR_WORDS[form.kind])
    found |= _too_long(form.words, "words", MOST_WORDS)
    if form.kind == INFORMATION and form.access not in ACCESS:
        found |= _one("access", msgid("Bilgi veya belgeye nasıl erişmek istediğinizi seçin."))
    if form.kind == PERSONAL_DATA:
        if not form.rights or not set(form.rights) <= set(RIGHTS):
            found |= _one("rights", msgid("Kullanmak istediğiniz en az bir hakkı seçin."))
        if form.relation not in RELATIONS:
            found |= _one("relation", msgid("Belediyeyle ilişkinizi seçin."))
        if not form.is_in_turkish:
            found |= _one(
                "is_in_turkish", msgid("Bu başvurunun Türkçe yazılması gerekir; yazdıysanız kutuyu işaretleyin.")
            )
    return found


_ASK_FOR_WORDS = {
    INFORMATION: msgid("İstediğiniz bilgi veya belgeyi, bulunabilecek kadar açık yazın."),
    PETITION: msgid("Dileğinizi veya şikâyetinizi birkaç cümleyle yazın."),
    PERSONAL_DATA: msgid("Ne istediğinizi, hangi verilerle ilgili olduğunu belirterek yazın."),
}


def _problems_of_subject(subject: str) -> dict[str, Refused]:
    letters = "".join(letter for letter in subject.replace("İ", "i").lower() if letter.isalpha() or letter == " ")
    if len(letters.strip()) < _LEAST_SUBJECT or set(letters.split()) <= _EMPTY_SUBJECTS:
        return _one("subject", msgid("Konuyu birkaç sözcükle, neyle ilgili olduğu anlaşılacak biçimde yazın."))
    return _too_long(subject, "subject", MOST_SUBJECT)


def _problems_of_signature(form: Form, *, at_desk: bool) -> dict[str, Refused]:
    if form.signature not in signatures(form.kind, at_desk=at_desk):
        return _one("signature", msgid("Başvurunuzu nasıl imzalayacağınızı seçin."))
    if form.signature == "scan" and not _has(form, "signature"):
        return _one("file_signature", msgid("İmzaladığınız formu tarayıp ekleyin; fotoğrafı da olur."))
    if form.signature == "e_signature" and not _has(form, "signature", PDF, CMS):
        return _one("file_signature", msgid("Elektronik imzalı dosyayı ekleyin (imzalı PDF ya da .p7m)."))
    if form.signature == "kep":
        return _problems_of_kep(form)
    return {}


def _problems_of_kep(form: Form) -> dict[str, Refused]:
    found: dict[str, Refused] = {}
    if not is_email(form.kep_address) or len(form.kep_address) > MOST_KEP:
        found |= _one("kep_address", msgid("KEP adresinizi yazın; örneğin ad.soyad@hs01.kep.tr."))
    if not 3 <= len(form.kep_number) <= MOST_KEP:
        found |= _one("kep_number", msgid("Gönderdiğiniz KEP iletisinin numarasını yazın; gönderi delilinde yazar."))
    return found


def _has(form: Form, purpose: str, *media_types: str) -> bool:
    return any(
        each.purpose == purpose and (not media_types or each.media_type in media_types) for each in form.enclosed
    )


def _is_full_name(name: str) -> bool:
    """A given name and a family name; initials are not enough to be answered by."""
    parts = [part for part in name.split() if any(letter.isalpha() for letter in part)]
    return len(parts) > 1 and len(name) > 4


def _too_long(text: str, field: str, most: int) -> dict[str, Refused]:
    if len(text) <= most:
        return {}
    return {field: Refused("Metin en fazla %(most)s karakter olabilir; kısaltıp yeniden gönderin.", field, most=most)}


def _one(field: str, message: str) -> dict[str, Refused]:
    return {field: Refused(message, field)}

"""The small words of official letters in both languages; the sentences are in templates/letters."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from portal.clock import ISTANBUL

Words = Mapping[str, str]

LABELS: Mapping[str, Words] = MappingProxyType(
    {
        "tr": {
            "number": "Sayı",
            "date": "Tarih",
            "subject": "Konu",
            "references": "İlgi",
            "enclosures": "Ek",
            "distribution": "Dağıtım",
            "reference": "Başvuru no",
            "draft": "TASLAK",
            "draft_words": "Taslak: bu yazı henüz imzalanmamış ve gönderilmemiştir.",
        },
        "en": {
            "number": "Number",
            "date": "Date",
            "subject": "Subject",
            "references": "Reference",
            "enclosures": "Enclosures",
            "distribution": "Distribution",
            "reference": "Application no.",
            "draft": "DRAFT",
            "draft_words": "Draft: this letter has not been signed or sent.",
        },
    }
)
CONTACTS: Mapping[str, Words] = {
    "tr": {"phone": "Telefon", "email": "E-posta", "kep": "KEP", "website": "İnternet"},
    "en": {"phone": "Telephone", "email": "E-mail", "kep": "KEP", "website": "Web"},
}
TITLES: Mapping[str, Words] = {
    "tr": {
        "operator": "Çağrı Görevlisi",
        "coordinator": "Çözüm Merkezi Koordinatörü",
        "clerk": "Birim Görevlisi",
        "manager": "Müdür",
        "administrator": "Çözüm Merkezi Yöneticisi",
    },
    "en": {
        "operator": "Call Centre Officer",
        "coordinator": "Solution Centre Coordinator",
        "clerk": "Officer",
        "manager": "Head of Department",
        "administrator": "Solution Centre Administrator",
    },
}
DEAR: Words = {"tr": "Sayın ", "en": ""}
APPLICANT: Words = {"tr": "Başvuru Sahibi", "en": "Applicant"}
APPLICATION: Words = {"tr": "İlgide kayıtlı başvuru", "en": "The application named under Reference"}
TO_ALL: Words = {"tr": "DAĞITIM YERLERİNE", "en": "To all named under Distribution"}
DISTRIBUTION: Mapping[str, Words] = {
    "tr": {"action": "Gereği", "information": "Bilgi"},
    "en": {"action": "For action", "information": "For information"},
}
# Said to the applicant, and said of the applicant to somebody else.
APPLICATIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "tr": {
        "petition": ("dilekçeniz", "dilekçe"),
        "information": ("bilgi edinme başvurunuz", "bilgi edinme başvurusu"),
        "personal_data": ("kişisel verilere ilişkin başvurunuz", "kişisel verilere ilişkin başvuru"),
        "service": ("başvurunuz", "başvuru"),
    },
    "en": {
        "petition": ("your petition", "petition"),
        "information": ("your request for information", "request for information"),
        "personal_data": ("your request about personal data", "request about personal data"),
        "service": ("your application", "application"),
    },
}
REFERENCE: Mapping[str, Words] = {
    "tr": {
        "own": "{day} tarihli ve {number} numaralı {what}{register}.",
        "foreign": "{day} tarihli ve {number} numaralı {what}{register}; başvuru sahibi: {name}.",
        "letter": "{day} tarihli ve {number} sayılı yazımız.",
    },
    "en": {
        "own": "{what} of {day} with the number {number}{register}.",
        "foreign": "{what} of {day} with the number {number}{register}; applicant: {name}.",
        "letter": "our letter of {day} with the number {number}.",
    },
}
REGISTER: Words = {"tr": " (kayıt sayısı: {number})", "en": " (register number: {number})"}
FORWARDING: Mapping[str, Words] = {
    "tr": {
        "": "3071 sayılı Dilekçe Hakkının Kullanılmasına Dair Kanun'un 5'inci maddesi",
        "information": "4982 sayılı Bilgi Edinme Hakkı Kanunu'nun 7'nci maddesi",
    },
    "en": {
        "": "article 5 of Law 3071 on the Right to Petition",
        "information": "article 7 of Law 4982 on the Right to Information",
    },
}
# It is no e-signature and does not look like one: only who wrote the letter is true.
MADE_BY: Words = {
    "tr": "Bu belge Çözüm Merkezi kayıt sisteminde {name} tarafından düzenlenmiştir; elektronik imza taşımaz.",
    "en": "This document was issued in the records of the Solution Centre by {name}; it bears no electronic signature.",
}
MADE_BY_ITSELF: Words = {
    "tr": "Bu belge Çözüm Merkezi kayıt sistemi tarafından otomatik olarak düzenlenmiştir; imza taşımaz.",
    "en": "This document was made by the records of the Solution Centre without anybody's signature.",
}
ROWS: Mapping[str, Words] = {
    "tr": {
        "reference": "Başvuru numarası",
        "register": "Kayıt sayısı",
        "received": "Başvuru tarihi",
        "applicant": "Başvuru sahibi",
        "subject": "Konu",
        "unit": "İlgilenen birim",
    },
    "en": {
        "reference": "Application number",
        "register": "Register number",
        "received": "Received on",
        "applicant": "Applicant",
        "subject": "Subject",
        "unit": "Unit in charge",
    },
}
CLOCKS: Mapping[str, Words] = {
    "tr": {"service": "Hedeflenen süre", "legal": "Yasal süre", "objection": "İtirazın yanıtlanması"},
    "en": {"service": "Our target", "legal": "Time limit by law", "objection": "Answer to the objection"},
}
UNITS: Mapping[str, Words] = {
    "tr": {"hours": "{n} saat", "working_days": "{n} iş günü", "calendar_days": "{n} gün"},
    "en": {"hours": "{n} hours", "working_days": "{n} working days", "calendar_days": "{n} days"},
}
LAST_DAY: Words = {"tr": "son gün {day}", "en": "last day {day}"}
# The letter is on the applicant's page; this is what the message about it says.
TOLD: Words = {
    "tr": "{number} sayılı yazımız takip sayfanızdadır. Konusu: {subject}",
    "en": "Our letter {number} is on your tracking page. Subject: {subject}",
}

_TO_AUTHORITY: Mapping[str, Words] = {
    "tr": {
        "above": "Gereğini arz ederim.",
        "equal": "Gereğini rica ederim.",
        "mixed": "Gereğini arz ve rica ederim.",
    },
    "en": dict.fromkeys(("above", "equal", "mixed"), "Submitted for your action."),
}
_TO_FIRM: Words = {"tr": "Bilgilerinizi rica ederim.", "en": "Yours faithfully,"}
_TO_PERSON: Words = {"tr": "Bilgilerinize sunulur.", "en": "Yours sincerely,"}
_WITH_RESPECT: Words = {"tr": "Saygılarımla.", "en": "Yours sincerely,"}


def closing(kind: str, code: str, *, is_firm: bool, rank: str) -> str:
    """The last sentence: superior offices are begged, equal ones asked, people given the news with respect."""
    if kind == "forwarded":
        return _TO_AUTHORITY[code][rank]
    if kind in ("question", "letter"):
        return _WITH_RESPECT[code]
    return _TO_FIRM[code] if is_firm else _TO_PERSON[code]


def day(at: datetime | date | None) -> str:
    """24.11.2026, as letters in both languages write it; nothing for no day."""
    if at is None:
        return ""
    here = at.astimezone(ISTANBUL).date() if isinstance(at, datetime) else at
    return f"{here.day:02}.{here.month:02}.{here.year}"


def moment(at: datetime, code: str) -> str:
    """24.11.2026, 14.30."""
    here = at.astimezone(ISTANBUL)
    return f"{day(at)}, {here.hour:02}{':' if code == 'en' else '.'}{here.minute:02}"


def money(kurus: int, code: str) -> str:
    """1.250,50 TL."""
    whole, rest = f"{kurus // 100:,}", f"{kurus % 100:02}"
    return f"TRY {whole}.{rest}" if code == "en" else f"{whole.replace(',', '.')},{rest} TL"

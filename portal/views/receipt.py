"""What an applicant takes home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import segno

from portal.languages import Language
from portal.rules import applications as rules
from portal.rules import contact, laws, references
from portal.rules.refusal import msgid
from portal.services.applications import Promise
from portal.services.townbook import Town
from portal.services.tracking import Tracked
from portal.views import _promises, _words
from portal.views._frame import Town as Frame
from portal.views._parts import Fact
from portal.views.application import registered


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """The number, what happens next and by when, and the link that opens everything."""

    town: Frame
    number: str
    url: str
    link: str
    qr: str
    facts: tuple[Fact, ...]
    promises: tuple[_promises.Promise, ...]
    count_url: str
    department: str
    email: str
    phone: str
    is_urgent: bool
    sign_by: str = ""


def receipt_view(
    town: Town,
    frame: Frame,
    tracked: Tracked,
    language: Language,
    *,
    link: str,
    email: str,
    phone: str,
    now: datetime,
    promise: Promise | None = None,
) -> ReceiptView:
    case, say, code = tracked.case, language.gettext, language.code
    english = code == "en"
    category, department = town.categories[case.category_id], town.departments[case.department_id]
    name = department.name_en if english else department.name_tr
    return ReceiptView(
        town=frame,
        number=references.grouped(tracked.submission.reference),
        url=f"/takip/{tracked.submission.reference}",
        link=link,
        qr=segno.make(link, error="m").svg_data_uri(scale=4, light="white"),
        facts=(
            Fact(label=say(msgid("Başvuru tarihi")), value=_words.date_and_time(tracked.submission.received_at, code)),
            Fact(label=say(msgid("Konu")), value=category.name_en if english else category.name_tr),
            Fact(label=say(msgid("İlgilenen birim")), value=name),
            *(_promised(promise, language) if promise else ()),
        ),
        promises=tuple(_promises.promises(tracked, language, now=now)),
        count_url=_promises.count_url(tracked),
        department=name,
        email=contact.mask_email(email) if email else "",
        phone=contact.mask_phone(phone) if phone else "",
        is_urgent=case.priority == "urgent",
        sign_by=_words.date_long(promise.sign_by, code) if promise and promise.sign_by else "",
    )


_TERMS = {
    "working_days": msgid("%(n)s iş günü, %(law)s sayılı Kanun m. %(article)s"),
    "calendar_days": msgid("%(n)s gün, %(law)s sayılı Kanun m. %(article)s"),
}


def _promised(promise: Promise, language: Language) -> Iterable[Fact]:
    say, kind = language.gettext, rules.KINDS[promise.application.kind]
    yield Fact(label=say(msgid("Kayıt no")), value=registered(promise.application, language))
    yield Fact(label=say(msgid("Dayanağı")), value=say(laws.LAWS[kind.law].name))
    term = say(_TERMS[promise.clock.unit])
    words = term % {"n": promise.clock.value, "law": kind.law, "article": kind.article}
    yield Fact(label=say(msgid("Yanıt süresi")), value=words)
    yield Fact(label=say(msgid("Son gün")), value=_words.date_long(promise.clock.due_at, language.code))

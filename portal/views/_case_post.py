"""What was written to the applicants of a case, and which calls are owed to them."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.models import Outgoing
from portal.rules import permissions
from portal.rules.refusal import msgid
from portal.views import _words
from portal.views._case_forms import CallForm, CaseForm
from portal.views._case_record import Reader, Record


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A way to reach an applicant, as a link."""

    url: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message to an applicant, and whether it arrived."""

    title: str
    to: str
    state: str
    tone: str
    when: str
    failure: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A phone call owed, with the form that records it."""

    form: CallForm
    url: str
    name: str
    phones: tuple[Contact, ...]
    reason: str
    words: str


_LETTERS = {
    "received": msgid("Alındı bildirimi"),
    "question": msgid("Bilgi isteği"),
    "reply": msgid("Yanıt"),
    "closing": msgid("Sonuç yanıtı"),
    "paper": msgid("Resmî yazı bildirimi"),
}
_LETTER_STATES = {
    "waiting": (msgid("gönderilmeyi bekliyor"), "busy"),
    "leaving": (msgid("gönderiliyor"), "busy"),
    "sent": (msgid("gönderildi"), "good"),
    "unsure": (msgid("ulaştığı kesin değil"), "warn"),
    "failed": (msgid("iletilemedi"), "bad"),
    "call": (msgid("telefonla bildirilecek"), "warn"),
}


def letter(outgoing: Outgoing, reader: Reader) -> Letter:
    """A message in words."""
    label, tone = _LETTER_STATES.get(outgoing.state, (outgoing.state, ""))
    if outgoing.channel == "web":
        label = msgid("takip sayfasında yayımlandı")
    return Letter(
        title=reader.say(_LETTERS.get(outgoing.kind, outgoing.kind)),
        to=_words.phone_words(outgoing.address) if outgoing.channel == "phone" else outgoing.address,
        state=reader.say(label),
        tone=tone,
        when=reader.day(outgoing.sent_at or outgoing.created_at),
        failure=outgoing.failure if outgoing.state in ("failed", "unsure", "waiting") else "",
    )


_CALL_REASONS = {
    "no_channel": msgid("Başvuranın e-posta adresi yok; yanıt telefonla bildirilecek."),
    "delivery_unsure": msgid("Gönderilen iletinin ulaşıp ulaşmadığı bilinmiyor; yanıt telefonla bildirilecek."),
    "delivery_failed": msgid("Gönderilen ileti ulaşmadı; yanıt telefonla bildirilecek."),
}


def calls(record: Record, reader: Reader, sent: CaseForm | None, *, hidden: bool) -> Iterable[Call]:
    """The calls still owed, each with its form."""
    case = record.case
    if not permissions.may(reader.clerk, "callback.work", case):
        return
    by_id = {each.id: each for each in record.submissions}
    for each in record.callbacks:
        kept = sent if isinstance(sent, CallForm) and sent.call == each.id and sent.is_refused else None
        # Whoever recorded a call second is told so at the form, with what was typed.
        if each.done_at is not None and kept is None:
            continue
        submission = by_id.get(each.submission_id)
        person_id = submission.person_id if submission else None
        person = record.persons.get(person_id or 0)
        yield Call(
            form=kept or CallForm(seen=case.version, call=each.id or 0),
            url=f"/masa/basvuru/{case.reference}/arama/{each.id}",
            name=person.name if person else "",
            phones=tuple(contacts(person_id, record, "phone")) if person_id else (),
            reason=reader.say(_CALL_REASONS.get(each.reason, each.reason)),
            words="" if hidden else each.words,
        )


def contacts(person_id: int | None, record: Record, *kinds: str) -> Iterable[Contact]:
    """How somebody can be reached."""
    for point in record.points:
        if point.person_id == person_id and point.kind in (kinds or ("phone", "email")):
            words = _words.phone_words(point.value) if point.kind == "phone" else point.value
            yield Contact(url=f"{'tel' if point.kind == 'phone' else 'mailto'}:{point.value}", words=words)

"""The timeline of a case at the desk: everything that happened, in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from db.models import CaseEvent
from portal.rules.lifecycle import DECLINE_REASONS, STEPS, Status
from portal.rules.outcomes import APPEAL_RESULTS, EXTENSION_REASONS
from portal.rules.refusal import msgid
from portal.views import _desk, _event_dates, _words
from portal.views._case_record import Reader
from portal.views._parts import Entry

_TITLES = {
    "opened": msgid("Başvuru alındı"),
    "assigned": msgid("Atama değişti"),
    "note": msgid("İç not"),
    "reply": msgid("Başvurana yanıt"),
    "information": msgid("Başvuran bilgi ekledi"),
    "objection": msgid("Başvuran itiraz etti"),
    "call": msgid("Başvuran arandı"),
    "delivery_failed": msgid("İleti ulaştırılamadı"),
    "delivery_unsure": msgid("İletinin ulaştığı kesin değil"),
    "escalated": msgid("Gecikme müdüre bildirildi"),
    "recounted": msgid("Çalışma takvimi değişti; süre yeniden sayıldı"),
    "extended": msgid("Süre uzatıldı"),
    "fee_told": msgid("Erişim ücreti bildirildi"),
    "fee_paid": msgid("Erişim ücreti ödendi"),
    "progress": msgid("İşlemin safahatı bildirildi; sonuç ayrıca bildirilecek"),
    "received_corrected": msgid("Geliş tarihi düzeltildi"),
    "appealed": msgid("Sonuca itiraz edildi"),
    "appeal_decided": msgid("İtiraz karara bağlandı"),
    "cimer_taken": msgid("CİMER kaydı eklendi"),
    "cimer_answered": msgid("Yanıt CİMER'e girildi"),
    "signed": msgid("Başvuru imzalandı"),
    "id_viewed": msgid("Kimlik numarasının tamamına bakıldı"),
    "letter": msgid("Resmî yazı düzenlendi"),
}
# What a fact "reason" may stand for.
_REASONS = {**DECLINE_REASONS, **EXTENSION_REASONS}
_HIDDEN = msgid("Özel nitelikli kişisel veri içerebileceği için metni göremezsiniz.")


def entries(events: Sequence[CaseEvent], reader: Reader, *, hidden: bool) -> Iterable[Entry]:
    """Each line in words, oldest first."""
    for event in events:
        words = _event_words(event, reader)
        yield Entry(
            title=_title(event, reader),
            when=reader.day(event.at),
            moment=_words.machine(event.at),
            by=_actor(event, reader),
            words=reader.say(_HIDDEN) if hidden and event.words else words,
            tone=STEPS[Status(event.status_to)].tone if event.status_to else "",
            is_internal=not event.is_public,
        )


def _title(event: CaseEvent, reader: Reader) -> str:
    say, town = reader.say, reader.town
    to = _desk.department_name(town, event.department_to_id, reader.language)
    if event.kind == "status" and event.status_from and event.status_to:
        title = f"{say(_desk.status_label(event.status_from))} → {say(_desk.status_label(event.status_to))}"
        if event.department_from_id != event.department_to_id and event.department_to_id:
            frm = _desk.department_name(town, event.department_from_id, reader.language)
            title = say(msgid("%(frm)s iade etti, %(to)s birimine iletildi")) % {"frm": frm, "to": to}
        return title
    if event.kind == "assigned":
        person = town.clerk_names.get(event.assignee_to_id or 0, "")
        if person:
            return say(msgid("Sorumlu: %(name)s")) % {"name": person}
        moved = event.department_from_id != event.department_to_id or event.status_to
        return say(msgid("Birime iletildi: %(name)s")) % {"name": to} if moved else say(msgid("Sorumlusu kaldırıldı"))
    # What was done says more than the status it led to.
    if event.kind in _TITLES:
        return say(_TITLES[event.kind])
    return say(_desk.status_label(event.status_to)) if event.status_to else event.kind


def _event_words(event: CaseEvent, reader: Reader) -> str:
    """What was said, why, and for when."""
    reason = str(event.facts.get("reason", ""))
    parts = [reader.say(_REASONS.get(reason, reason)), event.words]
    if event.kind == "appeal_decided":
        parts.insert(0, reader.say(APPEAL_RESULTS.get(str(event.facts.get("result", "")), "")))
    if moved := _event_dates.words(event, reader.language):
        parts.insert(0, moved)
    if planned := event.facts.get("planned_on"):
        day = _words.date_long(datetime.fromisoformat(str(planned)).date(), reader.language.code)
        parts.insert(0, reader.say(msgid("Program tarihi: %(day)s")) % {"day": day})
    return "\n".join(filter(None, parts))


def _actor(event: CaseEvent, reader: Reader) -> str:
    if event.by_id:
        return reader.town.clerk_names.get(event.by_id, "")
    if event.actor == "citizen":
        return reader.say(msgid("Başvuran"))
    return reader.say(msgid("Sistem")) if event.actor == "system" else ""

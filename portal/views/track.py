"""What somebody who follows a report may see: its number's public side, or all of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from db.models import CaseEvent
from portal.languages import Language
from portal.rules import lifecycle, references
from portal.rules.lifecycle import STEPS, Status
from portal.rules.refusal import Refused, msgid
from portal.services import inbox
from portal.services.townbook import Town
from portal.services.tracking import Tracked
from portal.views import _event_dates, _forms, _promises, _words, papers
from portal.views._forms import Errors
from portal.views._frame import Town as Frame
from portal.views._parts import Entry, Fact, Photo
from portal.views._promises import Promise
from portal.views.application import FileLink, links
from portal.views.papers import PaperLine

# One sentence under the status: what it means for the person who waits.
MEANINGS: Mapping[Status, str] = MappingProxyType(
    {
        Status.NEW: msgid("Başvurunuz kaydedildi; ilgili birime iletilmeyi bekliyor."),
        Status.ASSIGNED: msgid("İlgili birim başvurunuzu aldı ve inceleyecek."),
        Status.IN_PROGRESS: msgid("İlgili birim başvurunuz üzerinde çalışıyor."),
        Status.PLANNED: msgid("İş, birimin programına alındı."),
        Status.WAITING: msgid(
            "Devam edebilmemiz için sizden bilgi istedik. Siz yanıtlayana kadar hizmet süresi bekletilir."
        ),
        Status.EXTERNAL: msgid("Konu başka bir kurumun yetkisinde; başvurunuzu o kuruma ilettik ve izliyoruz."),
        Status.RESOLVED: msgid("Başvurunuz sonuçlandı ve yanıtlandı."),
        Status.DECLINED: msgid("İsteğiniz yerine getirilemedi; gerekçesi ve başvurabileceğiniz yollar yanıttadır."),
        Status.MERGED: msgid("Aynı konudaki başka bir başvuruyla birleştirildi; sonuç size de bildirilecek."),
        Status.WITHDRAWN: msgid("Başvuru geri çekildi."),
        Status.OBJECTED: msgid("İtirazınızı aldık. Çözüm merkezindeki bir görevli dosyaya yeniden bakıyor."),
    }
)

# What is wrong with a number that was typed, by what reading it found.
TROUBLE: Mapping[str, str] = MappingProxyType(
    {
        "check": msgid("Bu numarada yanlış ya da yeri değişmiş bir rakam var. Alındı belgenizle karşılaştırın."),
        "length": msgid("Başvuru numarası 12 rakamdır. Eksik ya da fazla rakam yazmış olabilirsiniz."),
        "none": msgid("Başvuru numaranızı yazın. Alındı belgenizde veya size gönderdiğimiz iletide bulunur."),
        "unknown": msgid("Bu numarayla bir başvuru bulunamadı. Numarayı kontrol edin; bulamıyorsanız bizi arayın."),
    }
)


@dataclass(frozen=True, kw_only=True)
class FindView:
    """Asks for a reference, and says what was wrong with the one that was typed."""

    town: Frame
    number: str = ""
    errors: Errors

    @property
    def refused(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True, kw_only=True)
class TrackView:
    """A report as one reader may see it. Only `is_own` shows what was said."""

    town: Frame
    number: str
    url: str
    status: str
    tone: str
    meaning: str
    facts: tuple[Fact, ...]
    promises: tuple[Promise, ...]
    count_url: str
    entries: tuple[Entry, ...]
    is_own: bool
    own: tuple[Fact, ...]
    photos: tuple[Photo, ...]
    papers: tuple[PaperLine, ...]
    files: tuple[FileLink, ...]
    tag: str
    form: "InformationForm"
    lock: "LockForm"
    has_thanks: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.form.errors or self.lock.errors)

    @property
    def errors(self) -> Errors:
        return self.form.errors or self.lock.errors


@dataclass(frozen=True, kw_only=True)
class InformationForm:
    """A box to add something, or to say that the matter is not solved."""

    words: str = ""
    form_id: str
    errors: Errors
    is_objection: bool = False
    is_answer: bool = False
    is_closed: bool = False
    most: int = inbox.MOST_WORDS


@dataclass(frozen=True, kw_only=True)
class LockForm:
    """Asks for the last four digits of the telephone number."""

    errors: Errors


def read_information(fields: Mapping[str, object]) -> tuple[str, str]:
    """The words, and what makes a repeat of this form recognisable."""
    return _forms.text(fields, "words", 30_000), _forms.word(fields, "form_id", 40) or new_form_id()


def new_form_id() -> str:
    return secrets.token_urlsafe(16)


def find_view(frame: Frame, number: str, problem: str = "") -> FindView:
    errors = Errors({"no": TROUBLE[problem]}) if problem else Errors()
    return FindView(town=frame, number=number[:100], errors=errors)


def track_view(
    town: Town,
    frame: Frame,
    tracked: Tracked,
    language: Language,
    *,
    now: datetime,
    words: str = "",
    form_id: str = "",
    refusal: Refused | None = None,
    lock_refusal: Refused | None = None,
    has_thanks: bool = False,
) -> TrackView:
    """One reader's look at a report."""
    case, status = tracked.case, Status(tracked.case.status)
    return TrackView(
        town=frame,
        number=references.grouped(tracked.submission.reference),
        url=f"/takip/{tracked.submission.reference}",
        status=language.gettext(STEPS[status].label),
        tone=STEPS[status].tone,
        meaning=language.gettext(MEANINGS[status]),
        facts=tuple(_facts(town, tracked, language)),
        promises=tuple(_promises.promises(tracked, language, now=now)),
        count_url=_promises.count_url(tracked),
        entries=tuple(reversed([_entry(town, tracked, event, language, now=now) for event in tracked.events])),
        is_own=tracked.is_own,
        own=tuple(_own(town, tracked, language)) if tracked.is_own else (),
        photos=tuple(
            Photo(url=f"/foto/{each.name}", small=f"/foto/{each.name}/kucuk", words=each.original_name)
            for each in tracked.photos
        ),
        papers=papers.lines(tracked.papers, f"/takip/{tracked.submission.reference}", language),
        files=links(tracked.enclosures, f"/takip/{tracked.submission.reference}", language),
        tag=tag_of(tracked, language, now=now),
        form=InformationForm(
            words=words,
            form_id=form_id or new_form_id(),
            errors=Errors().plus(*filter(None, [refusal])),
            is_objection=inbox.may_object(case, now=now),
            # Words do not complete an application that its applicant has to come and sign.
            is_answer=status == Status.WAITING and not tracked.is_unsigned,
            is_closed=not lifecycle.is_open(status) and not inbox.may_object(case, now=now),
        ),
        lock=LockForm(errors=Errors().plus(*filter(None, [lock_refusal]))),
        has_thanks=has_thanks,
    )


def tag_of(tracked: Tracked, language: Language, *, now: datetime) -> str:
    """Names everything the live part shows: another day says "yesterday" differently."""
    side = "own" if tracked.is_own else "public"
    # A changed calendar moves dates without spending a version.
    dates = "-".join(f"{each.due_at.timestamp():.0f}" for each in tracked.clocks)
    return f'"{tracked.case.version}-{language.code}-{side}-{_words.local_date(now).isoformat()}-{dates}"'


def _facts(town: Town, tracked: Tracked, language: Language) -> list[Fact]:
    case, say, code = tracked.case, language.gettext, language.code
    department = town.departments[case.department_id]
    facts = [
        Fact(
            label=say(msgid("İlgilenen birim")),
            value=department.name_en if code == "en" else department.name_tr,
        ),
        Fact(label=say(msgid("Başvuru tarihi")), value=_words.date_and_time(tracked.submission.received_at, code)),
    ]
    if case.planned_on:
        facts.append(Fact(label=say(msgid("Planlanan gün")), value=_words.date_long(case.planned_on, code)))
    if case.closed_at:
        facts.append(Fact(label=say(msgid("Sonuçlanma tarihi")), value=_words.date_and_time(case.closed_at, code)))
    if tracked.is_own and case.closing_reason in lifecycle.DECLINE_REASONS:
        facts.append(Fact(label=say(msgid("Gerekçe")), value=say(lifecycle.DECLINE_REASONS[case.closing_reason])))
    return facts


def _own(town: Town, tracked: Tracked, language: Language) -> list[Fact]:
    """What only the applicant may read: their own words, place and answers."""
    case, submission, say = tracked.case, tracked.submission, language.gettext
    english = language.code == "en"
    category = town.categories[case.category_id]
    facts = [
        Fact(label=say(msgid("Konu")), value=category.name_en if english else category.name_tr),
        Fact(label=say(msgid("Yazdıklarınız")), value=submission.words),
    ]
    quarter = town.neighbourhoods.get(case.neighbourhood_id or 0)
    named = say(msgid("%(name)s Mahallesi")) % {"name": quarter.name} if quarter else ""
    if place := "\n".join(filter(None, (named, case.street, case.place_note))):
        facts.append(Fact(label=say(msgid("Yer")), value=place))
    spoken = "en" if english else "tr"
    facts += [Fact(label=each[f"label_{spoken}"], value=each[f"words_{spoken}"]) for each in submission.answers]
    return facts


def _entry(town: Town, tracked: Tracked, event: CaseEvent, language: Language, *, now: datetime) -> Entry:
    return Entry(
        title=_title(town, event, language, is_own=_is_their_own(tracked, event)),
        when=_words.when(event.at, now, language.code),
        moment=_words.machine(event.at),
        words=_entry_words(tracked, event, language),
        tone=STEPS[Status(event.status_to)].tone if event.status_to else "",
    )


def _entry_words(tracked: Tracked, event: CaseEvent, language: Language) -> str:
    """A date that moved, for everybody; what was said about it, only for the applicant."""
    said = event.words if tracked.is_own and _may_read(tracked, event) else ""
    dates = _event_dates.words(event, language, with_reason=tracked.is_own)
    return "\n".join(filter(None, (dates, said)))


def _is_their_own(tracked: Tracked, event: CaseEvent) -> bool:
    return tracked.is_own and event.submission_id == tracked.submission.id


def _may_read(tracked: Tracked, event: CaseEvent) -> bool:
    """Staff write to every applicant; what one applicant wrote is not for another."""
    return event.actor != "citizen" or event.submission_id == tracked.submission.id


def _title(town: Town, event: CaseEvent, language: Language, *, is_own: bool) -> str:
    say = language.gettext
    if event.kind == "assigned" and event.department_to_id in town.departments:
        department = town.departments[event.department_to_id]
        name = department.name_en if language.code == "en" else department.name_tr
        return say(msgid("İlgili birime iletildi: %(name)s")) % {"name": name}
    if event.kind == "information":
        return say(msgid("Siz bilgi eklediniz")) if is_own else say(msgid("Başvuran bilgi ekledi"))
    if event.kind in _TITLES:
        return say(_TITLES[event.kind])
    return say(STEPS[Status(event.status_to)].label) if event.status_to else say(msgid("Başvuru güncellendi"))


_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "opened": msgid("Başvuru alındı"),
        "reply": msgid("Yanıt yazıldı"),
        "letter": msgid("Resmî yazı gönderildi"),
        "objection": msgid("İtiraz edildi"),
        "recounted": msgid("Çalışma takvimi değişti; süre yeniden sayıldı"),
        "extended": msgid("Yanıt süresi uzatıldı"),
        "fee_told": msgid("Erişim ücreti size bildirildi; ödenene kadar süre bekletilir"),
        "fee_paid": msgid("Erişim ücretinin ödendiği kaydedildi"),
        "progress": msgid("Başvurunuzun hangi aşamada olduğu bildirildi; sonuç ayrıca bildirilecek"),
        "received_corrected": msgid("Başvurunun geliş tarihi düzeltildi"),
        "appealed": msgid("Sonuca itiraz edildi"),
        "appeal_decided": msgid("İtiraz karara bağlandı"),
        "signed": msgid("Başvuru imzalandı"),
    }
)

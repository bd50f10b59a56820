"""What the page of a case may see."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.models import (
    Attachment,
    Callback,
    Case,
    CaseEvent,
    Clock,
    ContactPoint,
    Outgoing,
    Person,
    Submission,
)
from portal.languages import Language
from portal.rules import permissions, references
from portal.rules.lifecycle import DECLINE_REASONS, STEPS, Status, is_open
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _case_forms, _desk, _words
from portal.views._case_forms import AssignForm, CallForm, CaseForm, NoteForm, ReplyForm, StatusForm, Way
from portal.views._forms import Option, OptionGroup
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Entry, Fact, Photo
from portal.views._recounted import recounted_words


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything that is stored about one case."""

    case: Case
    submissions: Sequence[Submission]
    persons: Mapping[int, Person]
    points: Sequence[ContactPoint]
    events: Sequence[CaseEvent]
    clocks: Sequence[Clock]
    outgoing: Sequence[Outgoing]
    callbacks: Sequence[Callback]
    attachments: Sequence[Attachment]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A way to reach an applicant, as a link."""

    url: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """One person who asked: who, through which door, in which words."""

    name: str
    reference: str
    received: str
    channel: str
    reply_channel: str
    language: str
    contacts: tuple[Contact, ...]
    words: str
    answers: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """One promise of time, and how near its end is."""

    label: str
    promise: str
    due: str
    state: str
    tone: str


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


@dataclass(frozen=True, kw_only=True)
class CaseForms:
    """The forms of the page; `sent` is the one that was just tried, if one was."""

    status: StatusForm
    assign: AssignForm
    note: NoteForm
    reply: ReplyForm
    sent: CaseForm | None = None

    @property
    def sent_name(self) -> str:
        return self.sent.name if self.sent else ""


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """The page of a case, and each of its parts."""

    town: TownFrame
    clerk: Signed
    mail_folder: str
    reference: str
    title: str
    topic: str
    is_hidden: bool
    is_special: bool
    status: str
    tone: str
    since: str
    is_open: bool
    is_urgent: bool
    due: str
    due_tone: str
    clocks: tuple[ClockLine, ...]
    facts: tuple[Fact, ...]
    place: tuple[Fact, ...]
    map_url: str
    applicants: tuple[Applicant, ...]
    photos: tuple[Photo, ...]
    letters: tuple[Letter, ...]
    calls: tuple[Call, ...]
    timeline: tuple[Entry, ...]
    forms: CaseForms
    ways: tuple[Way, ...]
    reasons: tuple[Option, ...]
    departments: tuple[Option, ...]
    other_departments: tuple[Option, ...]
    assignees: tuple[Option | OptionGroup, ...]
    may_move: bool
    may_assign: bool
    may_reply: bool
    may_note: bool
    version: int
    tag: str
    missed: tuple[Entry, ...] = ()
    has_moved: bool = False

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def refused(self) -> bool:
        return self.forms.sent is not None and self.forms.sent.is_refused


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads, in which language, at which moment."""

    clerk: SignedIn
    town: Town
    language: Language
    frame: TownFrame
    now: datetime
    mail_folder: str = ""
    known_tag: str = ""

    def say(self, sentence: str) -> str:
        return self.language.gettext(sentence)

    def day(self, moment: datetime) -> str:
        return _words.date_and_time(moment, self.language.code)


def tag_of(record: Record, reader: Reader) -> str:
    """Names the state of the parts that reload: the case, its letters and calls, and the passing of time."""
    post = [(each.id, each.state, each.attempts) for each in record.outgoing]
    calls = [(each.id, each.done_at is None) for each in record.callbacks]
    quarter_hour = int(reader.now.timestamp()) // 900
    # The calendar may move a date without spending a version.
    facts = (post, calls, len(record.events), quarter_hour, reader.language.code, reader.clerk.id, reader.clerk.role)
    return f'"{record.case.version}.{hashlib.sha256(repr(facts).encode()).hexdigest()[:16]}"'


def case_view(record: Record, reader: Reader, *, sent: CaseForm | None = None) -> CaseView:
    """The page in words, as far as this colleague may read it."""
    case, town, language, clerk = record.case, reader.town, reader.language, reader.clerk
    status = Status(case.status)
    topic = _desk.category_name(town, case.category_id, language)
    hidden = case.is_special and not permissions.may(clerk, "special.view", case)
    timeline = tuple(_entries(record.events, record, reader, hidden=hidden))
    return CaseView(
        town=reader.frame,
        clerk=_desk.signed(clerk),
        mail_folder=reader.mail_folder,
        reference=case.reference,
        title=topic if hidden else case.subject,
        topic=topic,
        is_hidden=hidden,
        is_special=case.is_special,
        status=reader.say(_desk.status_label(status)),
        tone=STEPS[status].tone,
        since=_words.when(case.status_since, reader.now, language.code),
        is_open=case.is_open,
        is_urgent=case.priority == "urgent",
        due=_due(case, reader),
        due_tone=_words.due_tone(case.due_at, reader.now),
        clocks=tuple(_clock_line(each, reader) for each in record.clocks),
        facts=tuple(_facts(case, reader)),
        place=tuple(_place(case, reader)),
        map_url=f"geo:{case.latitude},{case.longitude}" if case.latitude is not None else "",
        applicants=tuple(_applicant(each, record, reader, hidden=hidden) for each in record.submissions),
        photos=() if hidden else tuple(_photos(record, reader)),
        letters=tuple(_letter(each, reader) for each in record.outgoing),
        calls=tuple(_calls(record, reader, sent, hidden=hidden)),
        timeline=timeline[::-1],
        forms=_forms(case, town, sent),
        ways=_case_forms.ways(status, case.bounces, language),
        reasons=_case_forms.reasons(language),
        departments=_departments_to_choose(clerk, town, language),
        other_departments=_case_forms.departments(town, language, but=case.department_id),
        assignees=_case_forms.assignees(clerk, case.department_id, town, language),
        may_move=permissions.may(clerk, "case.move", case),
        may_assign=permissions.may(clerk, "case.assign_person", case) and is_open(status),
        may_reply=permissions.may(clerk, "case.reply", case),
        may_note=permissions.may(clerk, "case.note", case),
        version=case.version,
        tag=tag_of(record, reader),
        missed=_missed(timeline, record, sent),
        has_moved=_has_moved(case, reader.known_tag),
    )


def _departments_to_choose(clerk: SignedIn, town: Town, language: Language) -> tuple[Option, ...]:
    if permissions.scope_of(clerk, "case.assign_department") == "none":
        return ()
    return _case_forms.departments(town, language)


def _forms(case: Case, town: Town, sent: CaseForm | None) -> CaseForms:
    """Fresh forms at the version that is shown; the one that was refused as it was typed.

    It too takes the new version once its writer has been told what changed.
    """
    version, department = case.version, town.departments[case.department_id].code
    kept = sent if sent and sent.is_refused else None
    if kept and kept.is_outdated:
        kept = replace(kept, seen=version)
    return CaseForms(
        status=kept if isinstance(kept, StatusForm) else StatusForm(seen=version),
        assign=kept
        if isinstance(kept, AssignForm)
        else AssignForm(seen=version, department=department, assignee=str(case.assignee_id or "")),
        note=kept if isinstance(kept, NoteForm) else NoteForm(seen=version),
        reply=kept if isinstance(kept, ReplyForm) else ReplyForm(seen=version),
        sent=sent,
    )


def _missed(timeline: Sequence[Entry], record: Record, sent: CaseForm | None) -> tuple[Entry, ...]:
    """What colleagues or applicants did between the page this form came from and now."""
    if sent is None or not sent.is_outdated:
        return ()
    since = sent.seen
    return tuple(entry for entry, event in zip(timeline, record.events, strict=True) if event.case_version > since)


def _has_moved(case: Case, known_tag: str) -> bool:
    version = known_tag.strip('"').partition(".")[0]
    return version.isascii() and version.isdigit() and int(version) < case.version


def _due(case: Case, reader: Reader) -> str:
    if not case.is_open:
        return ""
    if case.due_at is None:
        return reader.say(msgid("süre bekletiliyor"))
    return _words.due_words(case.due_at, reader.now, reader.language.code)


_CLOCK_LABELS = {
    "service": msgid("Hizmet süresi"),
    "legal": msgid("Yasal süre"),
    "objection": msgid("İtirazın yanıtlanması"),
}
_CLOCK_STATES = {
    "running": "",
    "paused": msgid("durduruldu, başvuran bekleniyor"),
    "stopped": msgid("bitti"),
}
_UNITS = {
    "hours": msgid("%(n)s saat"),
    "working_days": msgid("%(n)s iş günü"),
    "calendar_days": msgid("%(n)s takvim günü"),
}


def _clock_line(clock: Clock, reader: Reader) -> ClockLine:
    is_running, code = clock.state == "running", reader.language.code
    tone = _words.due_tone(clock.due_at, reader.now) if is_running else ""
    promise = reader.say(_UNITS[clock.unit]) % {"n": _words.number(clock.value, reader.language.code)}
    return ClockLine(
        label=reader.say(_CLOCK_LABELS.get(clock.kind, clock.kind)),
        promise=f"{promise} · {clock.basis}" if clock.basis else promise,
        due=_words.date_and_time(clock.due_at, code)
        if clock.unit == "hours"
        else _words.date_without_weekday(clock.due_at, code),
        state=_words.due_words(clock.due_at, reader.now, code) if tone else reader.say(_CLOCK_STATES[clock.state]),
        tone=tone,
    )


def _facts(case: Case, reader: Reader) -> Iterable[Fact]:
    town, say = reader.town, reader.say
    yield Fact(label=say(msgid("Birim")), value=_desk.department_name(town, case.department_id, reader.language))
    assignee = town.clerk_names.get(case.assignee_id or 0, "")
    yield Fact(label=say(msgid("Sorumlu")), value=assignee or say(msgid("atanmadı")))
    yield Fact(label=say(msgid("Geliş")), value=reader.day(case.received_at))
    yield Fact(label=say(msgid("Geliş yolu")), value=say(_desk.channel_label(case.channel)))
    if case.planned_on:
        day = _words.date_long(case.planned_on, reader.language.code)
        yield Fact(label=say(msgid("Program tarihi")), value=day)
    if case.closed_at:
        yield Fact(label=say(msgid("Sonuçlanma")), value=reader.day(case.closed_at))
        answered = reader.day(case.answered_at) if case.answered_at else say(msgid("henüz ulaşmadı"))
        yield Fact(label=say(msgid("Yanıtın ulaşması")), value=answered)
    if case.closing_reason in DECLINE_REASONS:
        yield Fact(label=say(msgid("Gerekçe")), value=say(DECLINE_REASONS[case.closing_reason]))


def _place(case: Case, reader: Reader) -> Iterable[Fact]:
    say = reader.say
    quarter = _desk.neighbourhood_name(reader.town, case.neighbourhood_id)
    if quarter:
        yield Fact(label=say(msgid("Mahalle")), value=quarter)
    if case.street:
        yield Fact(label=say(msgid("Sokak")), value=case.street)
    if case.place_note:
        yield Fact(label=say(msgid("Yer tarifi")), value=case.place_note)
    if case.latitude is not None:
        yield Fact(label=say(msgid("Konum")), value=f"{case.latitude:.6f}, {case.longitude:.6f}")


_WAYS_BACK = {
    "email": msgid("E-posta ile"),
    "phone": msgid("Telefonla"),
    "web": msgid("Takip sayfasından"),
}


def _applicant(submission: Submission, record: Record, reader: Reader, *, hidden: bool) -> Applicant:
    say, language = reader.say, reader.language
    person = record.persons.get(submission.person_id or 0)
    may_see = permissions.may(reader.clerk, "contact.view", record.case)
    return Applicant(
        name=(person.name if person and may_see else "") or say(msgid("Adını vermemiş")),
        reference=references.grouped(submission.reference),
        received=reader.day(submission.received_at),
        channel=say(_desk.channel_label(submission.channel)),
        reply_channel=say(_WAYS_BACK.get(submission.reply_channel, submission.reply_channel)),
        language="" if submission.language == language.code else _language_name(submission.language, reader),
        contacts=tuple(_contacts(submission.person_id, record)) if may_see else (),
        words="" if hidden else submission.words,
        answers=() if hidden else tuple(_answers(submission, language)),
    )


def _language_name(code: str, reader: Reader) -> str:
    names = {"tr": msgid("Türkçe yazdı"), "en": msgid("İngilizce yazdı")}
    return reader.say(names.get(code, code))


def _contacts(person_id: int | None, record: Record, *kinds: str) -> Iterable[Contact]:
    for point in record.points:
        if point.person_id == person_id and point.kind in (kinds or ("phone", "email")):
            words = _words.phone_words(point.value) if point.kind == "phone" else point.value
            yield Contact(url=f"{'tel' if point.kind == 'phone' else 'mailto'}:{point.value}", words=words)


def _answers(submission: Submission, language: Language) -> Iterable[Fact]:
    code = "en" if language.code == "en" else "tr"
    for each in submission.answers:
        yield Fact(label=each[f"label_{code}"], value=each[f"words_{code}"])


def _photos(record: Record, reader: Reader) -> Iterable[Photo]:
    for number, each in enumerate(record.attachments, start=1):
        words = reader.say(msgid("Fotoğraf %(n)s")) % {"n": number}
        yield Photo(url=f"/foto/{each.name}", small=f"/foto/{each.name}/kucuk", words=words)


_LETTERS = {
    "received": msgid("Alındı bildirimi"),
    "question": msgid("Bilgi isteği"),
    "reply": msgid("Yanıt"),
    "closing": msgid("Sonuç yanıtı"),
}
_LETTER_STATES = {
    "waiting": (msgid("gönderilmeyi bekliyor"), "busy"),
    "sent": (msgid("gönderildi"), "good"),
    "failed": (msgid("iletilemedi"), "bad"),
    "call": (msgid("telefonla bildirilecek"), "warn"),
}


def _letter(outgoing: Outgoing, reader: Reader) -> Letter:
    label, tone = _LETTER_STATES.get(outgoing.state, (outgoing.state, ""))
    if outgoing.channel == "web":
        label = msgid("takip sayfasında yayımlandı")
    return Letter(
        title=reader.say(_LETTERS.get(outgoing.kind, outgoing.kind)),
        to=_words.phone_words(outgoing.address) if outgoing.channel == "phone" else outgoing.address,
        state=reader.say(label),
        tone=tone,
        when=reader.day(outgoing.sent_at or outgoing.created_at),
        failure=outgoing.failure if outgoing.state in ("failed", "waiting") else "",
    )


_CALL_REASONS = {
    "no_channel": msgid("Başvuranın e-posta adresi yok; yanıt telefonla bildirilecek."),
    "delivery_failed": msgid("Gönderilen ileti ulaşmadı; yanıt telefonla bildirilecek."),
}


def _calls(record: Record, reader: Reader, sent: CaseForm | None, *, hidden: bool) -> Iterable[Call]:
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
            phones=tuple(_contacts(person_id, record, "phone")) if person_id else (),
            reason=reader.say(_CALL_REASONS.get(each.reason, each.reason)),
            words="" if hidden else each.words,
        )


_TITLES = {
    "opened": msgid("Başvuru alındı"),
    "assigned": msgid("Atama değişti"),
    "note": msgid("İç not"),
    "reply": msgid("Başvurana yanıt"),
    "information": msgid("Başvuran bilgi ekledi"),
    "objection": msgid("Başvuran itiraz etti"),
    "call": msgid("Başvuran arandı"),
    "delivery_failed": msgid("İleti ulaştırılamadı"),
    "recounted": msgid("Süre yeniden hesaplandı"),
}
_HIDDEN = msgid("Özel nitelikli kişisel veri içerebileceği için metni göremezsiniz.")


def _entries(events: Sequence[CaseEvent], record: Record, reader: Reader, *, hidden: bool) -> Iterable[Entry]:
    for event in events:
        words = _event_words(event, reader)
        yield Entry(
            title=_title(event, reader),
            when=reader.day(event.at),
            moment=_words.machine(event.at),
            by=_actor(event, record, reader),
            words=reader.say(_HIDDEN) if hidden and words else words,
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
    if event.kind in ("information", "objection", "opened"):
        return say(_TITLES[event.kind])
    if event.status_to:
        return say(_desk.status_label(event.status_to))
    return say(_TITLES.get(event.kind, event.kind))


def _event_words(event: CaseEvent, reader: Reader) -> str:
    """What was said, why, and for when."""
    reason = str(event.facts.get("reason", ""))
    parts = [reader.say(DECLINE_REASONS.get(reason, reason)), event.words, recounted_words(event, reader.language)]
    if planned := event.facts.get("planned_on"):
        day = _words.date_long(datetime.fromisoformat(str(planned)).date(), reader.language.code)
        parts.insert(0, reader.say(msgid("Program tarihi: %(day)s")) % {"day": day})
    return "\n".join(filter(None, parts))


def _actor(event: CaseEvent, record: Record, reader: Reader) -> str:
    if event.by_id:
        return reader.town.clerk_names.get(event.by_id, "")
    if event.actor == "citizen":
        return reader.say(msgid("Başvuran"))
    return reader.say(msgid("Sistem")) if event.actor == "system" else ""

"""What the page of a case may see."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from db.models import Case, Submission
from portal.languages import Language
from portal.rules import permissions, references
from portal.rules.lifecycle import DECLINE_REASONS, STEPS, Status, is_open
from portal.rules.refusal import msgid
from portal.services import casework
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _case_clocks, _case_forms, _case_post, _desk, _timeline, _words, application, papers
from portal.views._case_clocks import ClockLine
from portal.views._case_forms import AssignForm, CaseForm, NoteForm, ReplyForm, StatusForm, Way
from portal.views._case_post import Call, Contact, Letter
from portal.views._case_record import Reader, Record
from portal.views._forms import Option, OptionGroup
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Entry, Fact, Photo
from portal.views.application import ApplicationCard
from portal.views.papers import PaperLine


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
    is_legal: bool
    status: str
    tone: str
    since: str
    is_open: bool
    is_urgent: bool
    due: str
    due_tone: str
    due_kind: str
    is_escalated: bool
    clocks: tuple[ClockLine, ...]
    facts: tuple[Fact, ...]
    place: tuple[Fact, ...]
    map_url: str
    applicants: tuple[Applicant, ...]
    photos: tuple[Photo, ...]
    letters: tuple[Letter, ...]
    papers: tuple[PaperLine, ...]
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
    application: ApplicationCard | None = None

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def refused(self) -> bool:
        return self.forms.sent is not None and self.forms.sent.is_refused


def tag_of(record: Record, reader: Reader) -> str:
    """Names the state of the parts that reload: the case, its letters and calls, and the passing of time."""
    post = [(each.id, each.state, each.attempts) for each in record.outgoing]
    calls = [(each.id, each.done_at is None) for each in record.callbacks]
    quarter_hour = int(reader.now.timestamp()) // 900
    # Neither the calendar nor the round that escalates spends a version.
    dates = (record.case.escalated_at, [(each.id, each.due_at) for each in record.clocks])
    facts = (post, calls, dates, quarter_hour, reader.language.code, reader.clerk.id, reader.clerk.role)
    return f'"{record.case.version}.{hashlib.sha256(repr(facts).encode()).hexdigest()[:16]}"'


def case_view(record: Record, reader: Reader, *, sent: CaseForm | None = None) -> CaseView:
    """The page in words, as far as this colleague may read it."""
    case, town, language, clerk = record.case, reader.town, reader.language, reader.clerk
    status = Status(case.status)
    topic = _desk.category_name(town, case.category_id, language)
    hidden = case.is_special and not permissions.may(clerk, "special.view", case)
    timeline = tuple(_timeline.entries(record.events, reader, hidden=hidden))
    return CaseView(
        town=reader.frame,
        clerk=_desk.signed(clerk),
        mail_folder=reader.mail_folder,
        reference=case.reference,
        title=topic if hidden else case.subject,
        topic=topic,
        is_hidden=hidden,
        is_special=case.is_special,
        is_legal=case.legal_type in casework.DECIDED,
        status=reader.say(_desk.status_label(status)),
        tone=STEPS[status].tone,
        since=_words.when(case.status_since, reader.now, language.code),
        is_open=case.is_open,
        is_urgent=case.priority == "urgent",
        due=_case_clocks.due(case, reader),
        due_tone=_words.due_tone(case.due_at, reader.now),
        due_kind=_case_clocks.due_kind(case, reader),
        is_escalated=case.is_open and case.escalated_at is not None,
        clocks=tuple(_case_clocks.clock_lines(record, reader)),
        facts=tuple(_facts(case, reader)),
        place=tuple(_place(case, reader)),
        map_url=f"geo:{case.latitude},{case.longitude}" if case.latitude is not None else "",
        applicants=tuple(_applicant(each, record, reader, hidden=hidden) for each in record.submissions),
        photos=() if hidden else tuple(_photos(record, reader)),
        letters=tuple(_case_post.letter(each, reader) for each in record.outgoing),
        papers=() if hidden else papers.lines(record.papers, f"/masa/basvuru/{case.reference}", language),
        calls=tuple(_case_post.calls(record, reader, sent, hidden=hidden)),
        timeline=timeline[::-1],
        forms=_forms(case, town, sent),
        ways=_case_forms.ways(status, case.bounces, language, is_legal=case.legal_type in casework.DECIDED),
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
        application=application.card(record.application, case, language, clerk=clerk, sent=sent),
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
        contacts=tuple(_case_post.contacts(submission.person_id, record)) if may_see else (),
        words="" if hidden else submission.words,
        answers=() if hidden else tuple(_answers(submission, language)),
    )


def _language_name(code: str, reader: Reader) -> str:
    names = {"tr": msgid("Türkçe yazdı"), "en": msgid("İngilizce yazdı")}
    return reader.say(names.get(code, code))


def _answers(submission: Submission, language: Language) -> Iterable[Fact]:
    code = "en" if language.code == "en" else "tr"
    for each in submission.answers:
        yield Fact(label=each[f"label_{code}"], value=each[f"words_{code}"])


def _photos(record: Record, reader: Reader) -> Iterable[Photo]:
    for number, each in enumerate(record.attachments, start=1):
        words = reader.say(msgid("Fotoğraf %(n)s")) % {"n": number}
        yield Photo(url=f"/foto/{each.name}", small=f"/foto/{each.name}/kucuk", words=words)

"""What the register of written applications may see, and the yearly report that is counted from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from db.models import Application, Case
from db.queries.register import PENDING, Sought
from portal.languages import Language
from portal.rules import deadlines, outcomes, permissions, references
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.figures import Report
from portal.services.townbook import Town
from portal.views import _desk, _forms, _words
from portal.views._forms import Option
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Pager, Tab
from portal.views.proceeding import KINDS

ADDRESS, REPORT_ADDRESS = "/masa/kayit-defteri", "/masa/rapor/bilgi-edinme"
# The word in the address and the kind it means.
KIND_WORDS: Mapping[str, str] = {
    "bilgi-edinme": "information",
    "dilekce": "petition",
    "kisisel-veri": "personal_data",
}
_WORD_OF = {kind: word for word, kind in KIND_WORDS.items()}
MARKS: Mapping[str, str] = {
    "extended": msgid("Süresi uzatılan"),
    "late": msgid("Yasal süreyi aşan"),
    "fee": msgid("Erişim ücreti bildirilen"),
    "appealed": msgid("İtiraz edilen"),
}
_FIRST_YEAR = 2004


@dataclass(frozen=True, kw_only=True)
class RegisterForm:
    """Which entries are wanted. Values nobody could have chosen are as if they were not there."""

    kind: str = "information"
    year: int
    outcome: str = ""
    article: str = ""
    mark: str = ""
    appeal: str = ""
    person: str = ""
    before: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, object], *, this_year: int) -> "RegisterForm":
        """The form as the address says it."""
        kind = KIND_WORDS.get(_forms.word(query, "defter", 20), "information")
        year = _forms.word(query, "yil", 4)
        number = _forms.word(query, "once", 9)
        return cls(
            kind=kind,
            year=int(year) if _is_number(year) and _FIRST_YEAR <= int(year) <= this_year + 1 else this_year,
            outcome=_one_of(query, "sonuc", (PENDING, outcomes.LAPSED, *outcomes.OUTCOMES[kind])),
            article=_one_of(query, "madde", outcomes.GROUNDS[kind]),
            mark=_one_of(query, "isaret", MARKS),
            appeal=_one_of(query, "kurul", (PENDING, *outcomes.APPEAL_RESULTS)),
            person=_one_of(query, "kisi", ("natural", "legal")),
            before=int(number) if _is_number(number) else None,
        )

    @classmethod
    def of(cls, sought: Sought) -> "RegisterForm":
        """The form that finds what a figure counts."""
        return cls(
            kind=sought.kind,
            year=sought.year,
            outcome=sought.outcome,
            article=sought.article,
            mark=sought.mark,
            appeal=sought.appeal,
            person=sought.person,
        )

    def sought(self, clerk: SignedIn) -> Sought:
        """The same in the words of the query, never more than the colleague may see."""
        return Sought(
            kind=self.kind,
            year=self.year,
            departments=permissions.visible_departments(clerk),
            outcome=self.outcome,
            article=self.article,
            mark=self.mark,
            appeal=self.appeal,
            person=self.person,
        )

    def address(self, **changes: Any) -> str:
        """Where this list is, or the one that differs in what is given."""
        form = replace(self, **{"before": None, **changes})
        said = {
            "defter": _WORD_OF[form.kind],
            "yil": form.year,
            "sonuc": form.outcome,
            "madde": form.article,
            "isaret": form.mark,
            "kurul": form.appeal,
            "kisi": form.person,
            "once": form.before,
        }
        return f"{ADDRESS}?{urlencode({name: value for name, value in said.items() if value})}"

    @property
    def is_filtered(self) -> bool:
        return any((self.outcome, self.article, self.mark, self.appeal, self.person))


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One line of the register."""

    number: str
    url: str
    reference: str
    received: str
    applicant: str
    subject: str
    department: str
    due: str
    due_tone: str
    outcome: str
    decided: str
    marks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RegisterView:
    """A page of the register."""

    town: TownFrame
    clerk: Signed
    form: RegisterForm
    tabs: tuple[Tab, ...]
    years: tuple[Option, ...]
    outcomes: tuple[Option, ...]
    grounds: tuple[Option, ...]
    marks: tuple[Option, ...]
    rows: tuple[EntryRow, ...]
    total: str
    filtered_by: tuple[str, ...]
    pager: Pager
    kind_word: str
    report_url: str

    @property
    def plain_url(self) -> str:
        return RegisterForm(kind=self.form.kind, year=self.form.year).address()


@dataclass(frozen=True, kw_only=True)
class Line:
    """A figure that can be opened."""

    label: str
    count: str
    url: str
    is_part: bool


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """The yearly report."""

    town: TownFrame
    clerk: Signed
    year: int
    years: tuple[Option, ...]
    sections: tuple[tuple[str, tuple[Line, ...]], ...]
    register_url: str


def register_view(
    rows: Sequence[Any],
    form: RegisterForm,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: TownFrame,
    total: int,
    years: Sequence[int],
    has_more: bool,
    now: datetime,
) -> RegisterView:
    """A page of the register in words."""
    say = language.gettext
    chosen = _outcome_options(form.kind, language)
    grounds = tuple(Option(code, say(label)) for code, label in outcomes.GROUNDS[form.kind].items())
    marks = tuple(Option(code, say(label)) for code, label in MARKS.items())
    return RegisterView(
        town=frame,
        clerk=_desk.signed(clerk),
        form=form,
        tabs=tuple(
            Tab(label=say(label), url=RegisterForm(kind=kind, year=form.year).address(), is_current=kind == form.kind)
            for kind, label in KINDS.items()
        ),
        years=_year_options(years, form.year),
        outcomes=chosen,
        grounds=grounds,
        marks=marks,
        rows=tuple(_row(each, case, clerk, town, language, now=now) for each, case in rows),
        total=_words.number(total, language.code),
        filtered_by=tuple(_filter_words(form, (*chosen, *grounds, *marks), language)),
        pager=Pager(later=form.address(before=rows[-1][0].number) if has_more else ""),
        kind_word=_WORD_OF[form.kind],
        report_url=f"{REPORT_ADDRESS}?yil={form.year}" if form.kind == "information" else "",
    )


def report_view(
    report: Report, clerk: SignedIn, language: Language, *, frame: TownFrame, years: Sequence[int]
) -> ReportView:
    """The yearly report in words, each figure with the address of its records."""
    say = language.gettext
    return ReportView(
        town=frame,
        clerk=_desk.signed(clerk),
        year=report.year,
        years=_year_options(years, report.year),
        sections=tuple(
            (
                say(title),
                tuple(
                    Line(
                        label=say(each.label),
                        count=_words.number(each.count, language.code),
                        url=RegisterForm.of(each.sought).address(),
                        is_part=each.is_part,
                    )
                    for each in figures
                ),
            )
            for title, figures in report.sections
        ),
        register_url=RegisterForm(kind="information", year=report.year).address(),
    )


def _row(
    application: Application, case: Case, clerk: SignedIn, town: Town, language: Language, *, now: datetime
) -> EntryRow:
    say, code = language.gettext, language.code
    hidden = case.is_special and not permissions.may(clerk, "special.view", case)
    may_see = permissions.may(clerk, "contact.view", case)
    return EntryRow(
        number=f"{application.year}/{application.number}",
        url=f"/masa/basvuru/{case.reference}",
        reference=references.grouped(case.reference),
        received=_words.date_short(case.received_at, code),
        applicant=(application.title or application.name) if may_see else "",
        subject=_desk.category_name(town, case.category_id, language) if hidden else case.subject,
        department=_desk.department_name(town, case.department_id, language),
        due=_words.due_words(case.due_at, now, code) if case.is_open else "",
        due_tone=_words.due_tone(case.due_at, now) if case.is_open else "",
        outcome=say(outcomes.label(application.kind, application.outcome) or msgid("sonuçlanmadı")),
        decided=_words.date_short(application.decided_at, code) if application.decided_at else "",
        marks=tuple(_marks(application, language)),
    )


def _marks(application: Application, language: Language) -> Iterable[str]:
    if application.fee_told_on:
        yield language.gettext(msgid("ücret bildirildi"))
    if application.appealed_on:
        yield language.gettext(msgid("Kurula itiraz edildi"))


def _outcome_options(kind: str, language: Language) -> tuple[Option, ...]:
    say = language.gettext
    named = [Option(code, say(each.label)) for code, each in outcomes.OUTCOMES[kind].items()]
    if kind == "information":
        named.append(Option(outcomes.LAPSED, say(outcomes.LAPSED_LABEL)))
    return (Option(PENDING, say(msgid("Henüz sonuçlanmamış"))), *named)


def _year_options(years: Sequence[int], chosen: int) -> tuple[Option, ...]:
    return tuple(Option(str(year), str(year)) for year in sorted({*years, chosen}, reverse=True))


def _filter_words(form: RegisterForm, options: Iterable[Option], language: Language) -> Iterable[str]:
    named = {each.value: each.label for each in options}
    for value in filter(None, (form.outcome, form.article, form.mark)):
        yield named[value]
    if form.person:
        people = {"natural": msgid("Gerçek kişiler"), "legal": msgid("Tüzel kişiler")}
        yield language.gettext(people[form.person])
    if form.appeal:
        label = outcomes.APPEAL_RESULTS.get(form.appeal, msgid("Kurulun kararı beklenen"))
        yield language.gettext(label)


def _one_of(query: Mapping[str, object], name: str, allowed: Iterable[str]) -> str:
    value = _forms.word(query, name, 20)
    return value if value in allowed else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def this_year(now: datetime) -> int:
    """The year it is in Istanbul."""
    return deadlines.local_day(now).year

"""What an official letter says: all its words are decided here, before it has a number and pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any, Self

from db.models import Application, Case, Clock, ClockEntry, Letter, Person, Submission
from portal import clock, languages
from portal.rules import capitals, laws, references
from portal.rules.refusal import Refused
from portal.services import _letter_words as said
from portal.services.accounts import SignedIn
from portal.services.townbook import Town

WORDS = Path(__file__).parent.parent / "templates" / "letters"
KINDS = ("receipt", "extension", "forwarded", "refusal", "answer", "cost", "question", "progress", "letter")
# What an answer to a request for information may have come to; any other answer is a plain one.
OUTCOMES = ("given", "partly", "no_record", "published")
MOST_WORDS, MOST_SUBJECT = 20_000, 160

# A letter of these kinds says nothing without the colleague's own words.
_NEEDS_WORDS = ("extension", "refusal", "question", "progress", "letter")
_DECIDES = ("refusal", "answer")
_ONLY_FOR_INFORMATION = ("extension", "cost")
# A day in these letters was counted with a term that nobody has checked against the law.
_COUNTED_WITH: Mapping[tuple[str, str], str] = MappingProxyType({("progress", "petition"): "result_owed"})


@dataclass(frozen=True, kw_only=True)
class Content:
    """A whole letter in words. `number` is empty until it is issued; `unsure` names the terms to ask a lawyer about."""

    kind: str
    language: str
    prefix: str
    head: tuple[str, ...]
    number: str = ""
    made_on: str
    date: str
    subject: str
    addressee: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    appeal: str = ""
    closing: str = ""
    signer: tuple[str, ...] = ()
    made_by: str
    enclosures: tuple[str, ...] = ()
    distribution: tuple[tuple[str, tuple[str, ...]], ...] = ()
    footer: tuple[str, ...] = ()
    reference: str
    labels: Mapping[str, str] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()

    def numbered(self, number: str) -> Self:
        """The same letter with the number it was given."""
        return replace(self, number=number)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{name: value if name == "labels" else _tuples(value) for name, value in stored.items()})


def compose(
    kind: str,
    case: Case,
    submission: Submission,
    person: Person | None,
    application: Application | None = None,
    *,
    town: Town,
    language: str = "",
    by: SignedIn,
    now: datetime,
    words: str = "",
    subject: str = "",
    outcome: str = "",
    articles: Sequence[str] = (),
    due_on: date | None = None,
    answer_by: date | None = None,
    pay_by: date | None = None,
    pages: int | None = None,
    fee_kurus: int | None = None,
    extension: int | None = None,
    authority: str = "",
    rank: str = "mixed",
    earlier: Sequence[Letter] = (),
    enclosures: Sequence[str] = (),
) -> Content:
    """The letter of a kind to one applicant, in the language the applicant wrote in unless another is named."""
    code = _code(language or submission.language)
    _check(kind, case, words, subject, fee_kurus=fee_kurus, authority=authority)
    law = laws.LAWS.get(_LAW_OF.get(case.legal_type, ""))
    facts = {
        "words": words,
        "articles": ", ".join(articles),
        "due_on": said.day(due_on),
        "answer_by": said.day(answer_by),
        "pay_by": said.day(pay_by),
        "pages": str(pages or ""),
        "fee": said.money(fee_kurus, code) if fee_kurus is not None else "",
        "law": languages.LANGUAGES[code].gettext(law.name) if law else "",
        "forwarding": said.FORWARDING[code]["information" if case.legal_type == "information" else ""],
    }
    terms = {name: str(laws.term(town.facts, name)) for name in laws.TERMS}
    if extension is not None:
        terms["information_extension"] = str(extension)
    title, paragraphs, used = _written(_name_of(kind, case, outcome), code, {**terms, **facts})
    appeal, appeal_terms = _appeal(case, code, terms) if kind in _DECIDES else ("", ())
    counted = _COUNTED_WITH.get((kind, case.legal_type), "") if due_on else ""
    is_firm = application is not None and application.is_legal_person
    name = _name_in(person, application, code)
    content = _frame(kind, case, submission, code, town=town, now=now)
    return replace(
        content,
        subject=subject or title,
        addressee=_addressee(kind, name, application, code),
        references=_references(case, submission, application, name, earlier, code, is_theirs=kind != "forwarded"),
        paragraphs=paragraphs,
        appeal=appeal,
        closing=said.closing(kind, code, is_firm=is_firm, rank=rank),
        signer=_signer(by, case, town, code),
        made_by=said.MADE_BY[code].format(name=by.name),
        enclosures=tuple(enclosures) or ((said.APPLICATION[code],) if kind == "forwarded" else ()),
        distribution=_distribution(authority, name, code) if kind == "forwarded" else (),
        unsure=tuple(dict.fromkeys(each for each in (*used, *appeal_terms, counted) if _is_unsure(each))),
    )


def compose_receipt(
    case: Case,
    submission: Submission,
    person: Person | None,
    application: Application | None,
    clocks: Sequence[tuple[Clock, ClockEntry]],
    *,
    town: Town,
    now: datetime,
) -> Content:
    """The receipt of a submission, with each clock as it was promised on the day it was received."""
    code = _code(submission.language)
    title, paragraphs, _ = _written("receipt", code, {"phone": town.facts.get("phone", "")})
    category, department = town.categories[case.category_id], town.departments[case.department_id]
    labels = said.ROWS[code]
    rows = [
        (labels["reference"], references.grouped(submission.reference)),
        (labels["register"], _register(application)),
        (labels["received"], said.moment(submission.received_at, code)),
        (labels["applicant"], _name_in(person, application, code)),
        (labels["subject"], category.name_en if code == "en" else category.name_tr),
        (labels["unit"], department.name_en if code == "en" else department.name_tr),
        *((said.CLOCKS[code][each.kind], _promise(each, first, code)) for each, first in clocks),
    ]
    return replace(
        _frame("receipt", case, submission, code, town=town, now=now),
        number=references.grouped(submission.reference),
        subject=title,
        paragraphs=paragraphs,
        rows=tuple(row for row in rows if row[1]),
        made_by=said.MADE_BY_ITSELF[code],
    )


_LAW_OF = {"information": "4982", "petition": "3071", "personal_data": "6698"}


def _check(kind: str, case: Case, words: str, subject: str, *, fee_kurus: int | None, authority: str) -> None:
    if kind not in KINDS or kind == "receipt":
        raise ValueError(f"there is no letter of the kind {kind!r} to compose")
    if kind in _ONLY_FOR_INFORMATION and case.legal_type != "information":
        raise Refused("Bu yazı yalnız bilgi edinme başvurularında düzenlenir (4982 sayılı Kanun m. 10, 11).", "kind")
    if kind in _NEEDS_WORDS and not words.strip():
        raise Refused("Yazının metnini yazın.", field="words")
    if kind == "cost" and fee_kurus is None:
        raise Refused("Ücreti yazın.", field="fee")
    if kind == "forwarded" and not authority.strip():
        raise Refused("Başvurunun gönderileceği kurumu yazın.", field="authority")
    for text, most, where in ((words, MOST_WORDS, "words"), (subject, MOST_SUBJECT, "subject")):
        if len(text) > most:
            raise Refused("Metin en fazla %(most)s karakter olabilir; kısaltıp yeniden gönderin.", where, most=most)


def _name_of(kind: str, case: Case, outcome: str) -> str:
    """The file the letter's words are in: the one for this law or this outcome where there is one."""
    if kind == "answer" and case.legal_type == "information" and outcome in OUTCOMES:
        return f"answer-{outcome}"
    own = f"{kind}-{case.legal_type}"
    return own if (WORDS / f"{own}.tr.txt").exists() else kind


def _written(name: str, code: str, facts: Mapping[str, str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Subject, paragraphs and the names that were filled in. A paragraph whose facts are not given is left out."""
    subject, *rest = _file(name, code)
    kept = [each for each in rest if all(facts.get(one, "").strip() for one in each.get_identifiers())]
    used = tuple(one for each in kept for one in each.get_identifiers())
    text = "\n\n".join(each.substitute(facts) for each in kept)
    return subject.template, tuple(each.strip() for each in re.split(r"\n+", text) if each.strip()), used


@cache
def _file(name: str, code: str) -> tuple[Template, ...]:
    text = (WORDS / f"{name}.{code}.txt").read_text("utf-8").strip()
    return tuple(Template(each) for each in re.split(r"\n\n+", text))


def _appeal(case: Case, code: str, terms: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    law = case.legal_type if case.legal_type in ("information", "personal_data") else "petition"
    (template,) = _file(f"appeal-{law}", code)
    return template.substitute(terms), tuple(template.get_identifiers())


def _is_unsure(term: str) -> bool:
    return term in laws.TERMS and not laws.TERMS[term].is_certain


def _frame(kind: str, case: Case, submission: Submission, code: str, *, town: Town, now: datetime) -> Content:
    """What every letter has: whose it is, its date, its foot."""
    facts, department = town.facts, town.departments[case.department_id]
    own = "_en" if code == "en" else ""
    authority = facts.get(f"letter_name{own}") or facts.get(f"name{own}") or town.name
    today = now.astimezone(clock.ISTANBUL).date()
    return Content(
        kind=kind,
        language=code,
        prefix=facts.get("letter_prefix") or "E",
        head=(
            "T.C.",
            authority.upper() if code == "en" else capitals.upper(authority),
            department.name_en if code == "en" else department.name_tr,
        ),
        made_on=today.isoformat(),
        date=said.day(today),
        subject="",
        made_by="",
        footer=tuple(_footer(facts, code)),
        reference=references.grouped(submission.reference),
        labels=said.LABELS[code],
    )


def _footer(facts: Mapping[str, str], code: str) -> list[str]:
    labels = said.CONTACTS[code]
    phones = " · ".join(filter(None, (facts.get("phone", ""), facts.get("phone_long", ""))))
    ways = {"phone": phones, "email": facts.get("email", ""), "kep": facts.get("kep", "")}
    ways["website"] = facts.get("website", "").removeprefix("https://").rstrip("/")
    lines = [facts.get("address", ""), "  ·  ".join(f"{labels[way]}: {words}" for way, words in ways.items() if words)]
    return [each for each in lines if each]


def _name_in(person: Person | None, application: Application | None, code: str) -> str:
    """The applicant as letters write them: a firm by its title, a person with the surname in capitals."""
    if application is not None and application.is_legal_person and application.title:
        return application.title
    name = (application.name if application else "") or (person.name if person else "")
    if not name:
        return said.APPLICANT[code]
    # Turkish capitals would misspell the name of somebody from elsewhere.
    is_foreign = application is not None and not _is_turkish(application.nationality)
    return name if code == "en" or is_foreign else capitals.surname(name)


_AT_HOME = ("", "tr", "tc", "t.c", "t.c.", "türk", "turk", "türkiye", "turkiye", "türkiye cumhuriyeti")


def _is_turkish(nationality: str) -> bool:
    return capitals.lower(nationality.strip()) in _AT_HOME


def _addressee(kind: str, name: str, application: Application | None, code: str) -> tuple[str, ...]:
    if kind == "forwarded":
        return (said.TO_ALL[code],)
    is_firm = application is not None and application.is_legal_person
    first = name if is_firm else f"{said.DEAR[code]}{name}"
    lines = application.address.splitlines() if application else []
    return (first, *(each.strip() for each in lines if each.strip()))


def _references(
    case: Case,
    submission: Submission,
    application: Application | None,
    name: str,
    earlier: Sequence[Letter],
    code: str,
    *,
    is_theirs: bool,
) -> tuple[str, ...]:
    what = said.APPLICATIONS[code].get(case.legal_type) or said.APPLICATIONS[code]["service"]
    register = _register(application)
    first = said.REFERENCE[code]["own" if is_theirs else "foreign"].format(
        day=said.day(submission.received_at),
        number=references.grouped(submission.reference),
        what=what[0] if is_theirs else what[1],
        register=said.REGISTER[code].format(number=register) if register else "",
        name=name,
    )
    letters = (
        said.REFERENCE[code]["letter"].format(day=said.day(each.created_at), number=each.number)
        for each in earlier
        if each.kind != "receipt"
    )
    return (first, *letters)


def _register(application: Application | None) -> str:
    return f"{application.year}/{application.number}" if application else ""


def _distribution(authority: str, name: str, code: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    labels = said.DISTRIBUTION[code]
    return ((labels["action"], (authority.strip(),)), (labels["information"], (f"{said.DEAR[code]}{name}",)))


def _signer(by: SignedIn, case: Case, town: Town, code: str) -> tuple[str, ...]:
    """Name, title and unit of the colleague who signs."""
    own = case.department_id if case.department_id in by.department_ids else min(by.department_ids, default=0)
    department = town.departments.get(own)
    if code == "en":
        return (by.name, said.TITLES["en"].get(by.role, by.role), *((department.name_en,) if department else ()))
    name, title = capitals.surname(by.name), said.TITLES["tr"].get(by.role, by.role)
    if department is None:
        return (name, title)
    if by.role == "manager" and department.name_tr.endswith("Müdürlüğü"):
        return (name, f"{department.name_tr.removesuffix('Müdürlüğü')}Müdürü")
    return (name, title, department.name_tr)


def _promise(each: Clock, first: ClockEntry, code: str) -> str:
    """15 iş günü, son gün 17.12.2026 (4982 m. 11)."""
    due = said.moment(first.due_at, code) if each.unit == "hours" else said.day(first.due_at)
    amount = "" if each.unit == "fixed" else said.UNITS[code][each.unit].format(n=each.value)
    basis = f" ({each.basis})" if each.basis else ""
    return ", ".join(filter(None, (amount, said.LAST_DAY[code].format(day=due)))) + basis


def _code(language: str) -> str:
    return "en" if language == "en" else "tr"


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list | tuple) else value

"""A written application under a law becomes a case: numbered in its register, with the law's clock and its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db import search
from db.models import Application, Case, Category, Clock, ContactPoint, Draft, Duty, Enclosure, Submission
from db.queries import cases, register
from db.queries import clocks as stored_clocks
from db.queries import enclosures as stored
from db.queries.casefile import CaseFile
from portal import clock, languages
from portal.rules import applications as rules
from portal.rules import laws
from portal.rules.applications import Form
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound, Refused, msgid
from portal.services import clocks, contact, drafts, enclosures, filing, sealed, signatures
from portal.services.filing import Applicant, Intake, Receipt
from portal.services.townbook import Town


@dataclass(frozen=True)
class Filed:
    """An application as a screen may show it: its row, its files, its number with the middle hidden."""

    application: Application
    enclosures: Sequence[Enclosure]
    masked_id: str
    missing_signature: Duty | None


def open_application(
    tx: Session,
    form: Form,
    intake: Intake,
    *,
    town: Town,
    secret: bytes,
    now: datetime,
    received_at: datetime | None = None,
    by: Actor | None = None,
) -> Receipt:
    """Store the form as a case, in its register and on its law's clock; a repeated form gets the same receipt.

    A colleague may say that it was received earlier than it is written down; the law counts from the day of receipt.
    """
    if repeated := filing.earlier(tx, intake.form_id):
        return filing.receipt_of(repeated, secret, is_repeat=True)
    category = category_of(town, form.kind)
    received_at = _received(received_at, now=now, by=by)
    files = stored.of_draft(tx, intake.draft_id) if intake.draft_id is not None else []
    form = replace(form.as_asked(), enclosed=enclosures.enclosed(files))
    for problem in problems(form, at_desk=by is not None).values():
        raise problem
    details = _details(tx, form)
    case = _add_case(tx, form, intake, category, town=town, received_at=received_at, now=now)
    applicant = filing.new_person(tx, _applicant_of(form), email=form.email, phone=form.phone, now=now)
    submission = filing.new_submission(
        tx,
        case,
        applicant,
        intake,
        words=form.words,
        answers=_answers(form),
        reply_channel=filing.way_back(form.email, form.phone),
        secret=secret,
        now=now,
        by=by,
    )
    if intake.draft_id is not None:
        stored.give(tx, intake.draft_id, case_id=submission.case_id, submission_id=submission.id or 0)
    clocks.start_all(tx, case, category, town=town, now=now)
    application = _register(tx, form, submission, details, secret=secret)
    cases.add_words(tx, case, search.index_text(rules.register_number(application.year, application.number)))
    _tell(tx, case, submission, applicant, application, town=town, now=now, by=by)
    if form.waits_for_signature:
        signatures.ask(tx, case, submission, applicant, town=town, now=now)
    return filing.receipt_of(submission, secret)


def keep_typed(tx: Session, draft: Draft, form: Form, *, secret: bytes, now: datetime) -> None:
    """Remember what was typed into a form that could not be sent yet, its numbers sealed."""
    typed = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(form).items()}
    typed |= {name: sealed.seal(secret, typed[name]) for name in _SEALED}
    del typed["kind"], typed["enclosed"]
    drafts.keep(tx, draft, typed, now=now)


def typed_of(draft: Draft, *, secret: bytes) -> dict[str, Any]:
    """What was typed into an unfinished form, its numbers opened again."""
    numbers = {name: sealed.unseal(secret, draft.fields[name]) for name in _SEALED if draft.fields.get(name)}
    return {**draft.fields, **numbers}


_SEALED = ("national_id", "document_number")


def problems(form: Form, *, at_desk: bool = False) -> dict[str, Refused]:
    """Everything that is wrong with a form, its telephone number included."""
    found = rules.problems(form, at_desk=at_desk)
    if form.phone and "phone" not in found:
        try:
            contact.read_phone(form.phone)
        except Refused as no:
            found["phone"] = no
    return found


def category_of(town: Town, kind: str) -> Category:
    """The category in use that this kind of application is filed under."""
    wanted = rules.KINDS[kind].category_kind
    found = sorted(each.code for each in town.categories.values() if each.kind == wanted and each.is_active)
    category = town.category_by_code(found[0]) if found else None
    if category is None:
        raise Refused("Bu başvuru şu anda internetten alınamıyor; çözüm masasına gelebilir ya da bizi arayabilirsiniz.")
    return category


def kind_of(category: Category) -> str:
    """The kind of application whose own form this category needs; nothing where a plain report will do."""
    kinds = (rules.INFORMATION, rules.PERSONAL_DATA)
    return next((each for each in kinds if rules.KINDS[each].category_kind == category.kind), "")


def filed(file: CaseFile, *, secret: bytes) -> Filed | None:
    """The application a case was opened for; nothing for an ordinary report."""
    if not file.applications:
        return None
    (application,) = file.applications
    masked = sealed.masked(secret, application.national_id)
    return Filed(application, file.enclosures, masked, signatures.missing_of(file.duties))


def show_id(tx: Session, case: Case, *, reason: str, secret: bytes, by: Actor, now: datetime) -> str:
    """The applicant's whole identity number, for a colleague who says what for; the timeline keeps it."""
    application = register.application_of(tx, case.id or 0)
    if application is None or not application.national_id:
        raise NotFound
    return sealed.show(tx, case, application, reason=reason, secret=secret, by=by, now=now)


@dataclass(frozen=True)
class Promise:
    """What the receipt of an application says of it: its place in the register, its law's clock, what is missing."""

    application: Application
    clock: Clock
    sign_by: datetime | None


def promise_of(tx: Session, case: Case) -> Promise | None:
    """What was promised to whoever applied; nothing for an ordinary report."""
    application = register.application_of(tx, case.id or 0)
    if application is None:
        return None
    missing = signatures.missing(tx, case.id or 0)
    return Promise(application, _legal_clock(tx, case), missing.due_at if missing else None)


def _received(received_at: datetime | None, *, now: datetime, by: Actor | None) -> datetime:
    if received_at is None or by is None:
        return now
    if received_at > now:
        raise Refused("Bu tarih gelecekte; bugünü veya geçmiş bir günü girin.", field="received")
    return received_at


def _add_case(
    tx: Session, form: Form, intake: Intake, category: Category, *, town: Town, received_at: datetime, now: datetime
) -> Case:
    return filing.new_case(
        tx,
        category,
        intake,
        town=town,
        received_at=received_at,
        now=now,
        search_words=search.index_text(form.subject, form.words, category.name_tr, form.name, form.title),
        subject=filing.subject_of(form.subject or form.words),
        priority=category.priority,
        legal_type=form.kind,
    )


def _applicant_of(form: Form) -> str:
    """Who is answered: the legal person where one asks."""
    return (form.title if form.is_legal_person else form.name)[: rules.MOST_NAME]


def _details(tx: Session, form: Form) -> dict[str, Any]:
    """What only this kind of form holds, as codes."""
    kept = ("tax_number", "subject", "access", "relation", "kep_address", "kep_number")
    details: dict[str, Any] = {name: getattr(form, name) for name in kept if getattr(form, name)}
    if form.rights:
        details["rights"] = [each for each in rules.RIGHTS if each in form.rights]
    if form.document_number and not form.national_id:
        details["has_document"] = True
    if form.signature == "registered_email":
        # Whether it was known before is for the desk to weigh; nobody is told on the form who is known to us.
        details["is_email_known"] = _is_known(tx, form.email)
    return details


def _is_known(tx: Session, email: str) -> bool:
    known = select(ContactPoint.id).where(ContactPoint.kind == "email", col(ContactPoint.value) == email).limit(1)
    return tx.exec(known).first() is not None


_QUESTIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "access": (msgid("Erişim biçimi"), rules.ACCESS),
    "rights": (msgid("Kullanılan haklar"), rules.RIGHTS),
    "relation": (msgid("Belediyeyle ilişki"), rules.RELATIONS),
}


def _answers(form: Form) -> list[dict[str, Any]]:
    """What was chosen on the form, in words that still read right when the form has changed."""
    answers = []
    for name, (label, options) in _QUESTIONS.items():
        given = getattr(form, name)
        values = list(given) if isinstance(given, tuple) else [given] if given else []
        if values:
            answers.append(
                {
                    "key": name,
                    "label_tr": label,
                    "label_en": languages.ENGLISH.gettext(label),
                    "values": values,
                    "words_tr": "\n".join(options[each] for each in values),
                    "words_en": "\n".join(languages.ENGLISH.gettext(options[each]) for each in values),
                }
            )
    return answers


def _register(
    tx: Session, form: Form, submission: Submission, details: dict[str, Any], *, secret: bytes
) -> Application:
    """Give the application its number: the next of its kind in the year it was received."""
    year = submission.received_at.astimezone(clock.ISTANBUL).year
    number = form.national_id or form.document_number
    application = Application(
        case_id=submission.case_id,
        submission_id=submission.id,
        kind=form.kind,
        year=year,
        number=register.next_number(tx, f"application:{form.kind}:{year}"),
        is_legal_person=form.is_legal_person,
        name=form.name,
        title=form.title,
        national_id=sealed.seal(secret, number),
        national_id_hash=sealed.fingerprint(secret, number),
        nationality="" if form.national_id else form.nationality,
        address=form.address,
        signature=form.signature,
        details=details,
    )
    tx.add(application)
    tx.flush()
    return application


def _tell(
    tx: Session,
    case: Case,
    submission: Submission,
    applicant: Applicant,
    application: Application,
    *,
    town: Town,
    now: datetime,
    by: Actor | None,
) -> None:
    """The receipt names the register, the law and the law's last day, not the town's own target."""
    legal = _legal_clock(tx, case)
    language = languages.LANGUAGES["en" if submission.language == "en" else "tr"]
    kind = rules.KINDS[application.kind]
    filing.announce(
        tx,
        case,
        submission,
        applicant,
        town=town,
        now=now,
        by=by,
        letter="registered",
        register=rules.register_number(application.year, application.number),
        law=language.gettext(laws.LAWS[kind.law].name),
        due=_day(legal.due_at),
    )


def _legal_clock(tx: Session, case: Case) -> Clock:
    """The clock the law set when the application was received."""
    return next(each for each in stored_clocks.of_case(tx, case.id or 0) if each.kind == "legal")


def _day(moment: datetime) -> str:
    return moment.astimezone(clock.ISTANBUL).strftime("%d.%m.%Y")

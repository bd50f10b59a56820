"""A report becomes a case: one transaction, one reference, and the same form never twice."""

from datetime import datetime

from sqlmodel import Session

from db import search
from db.queries import post
from portal.rules import reporting, routing
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused
from portal.rules.reporting import Report
from portal.services import clocks, filing
from portal.services.filing import Intake, Receipt
from portal.services.townbook import Town


def open_case(
    tx: Session, report: Report, intake: Intake, *, town: Town, secret: bytes, now: datetime, by: Actor | None = None
) -> Receipt:
    """Store the report as a case with clocks, event and receipt; a repeated form gets the same receipt."""
    if not intake.is_first and (repeated := filing.earlier(tx, intake.form_id)):
        return filing.receipt_of(repeated, secret, is_repeat=True)
    category = town.category_by_code(report.category_code)
    if category is None:
        raise Refused("Konuyu listeden seçin.", field="category")
    for problem in reporting.problems(report, category).values():
        raise problem
    quarter = next((each for each in town.neighbourhoods.values() if each.code == report.neighbourhood_code), None)
    case = filing.new_case(
        tx,
        category,
        intake,
        town=town,
        received_at=now,
        now=now,
        search_words=_search_words(report, category.name_tr, quarter.name if quarter else ""),
        subject=filing.subject_of(report.words),
        priority=routing.priority_for(category.priority, {key: list(given) for key, given in report.answers.items()}),
        neighbourhood_id=quarter.id if quarter else None,
        street=report.street,
        place_note=report.place_note,
        latitude=report.latitude,
        longitude=report.longitude,
    )
    applicant = filing.Applicant()
    if not report.is_anonymous:
        applicant = filing.new_person(tx, report.name, email=report.email, phone=report.phone, now=now)
    submission = filing.new_submission(
        tx,
        case,
        applicant,
        intake,
        words=report.words,
        answers=reporting.answered(category.questions, report.answers),
        reply_channel=filing.way_back(report.email, report.phone),
        secret=secret,
        now=now,
        by=by,
    )
    if intake.draft_id is not None and report.photos:
        post.give_attachments(tx, intake.draft_id, case_id=submission.case_id, submission_id=submission.id or 0)
    clocks.start_all(tx, case, category, town=town, now=now)
    filing.announce(tx, case, submission, applicant, town=town, now=now, by=by)
    return filing.receipt_of(submission, secret)


def _search_words(report: Report, topic: str, quarter: str) -> str:
    return search.index_text(report.words, topic, quarter, report.street, report.place_note, report.name)

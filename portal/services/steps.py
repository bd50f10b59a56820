"""The steps of a citizen's report: which there are, what each still lacks, and which comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.models import Category, Draft
from portal.rules import reporting, routing
from portal.rules.refusal import Refused
from portal.rules.reporting import Report
from portal.services import contact, whereabouts
from portal.services.townbook import Town


class Step(StrEnum):
    """A page of the report, under the last word of its address."""

    WHAT = "bildir"
    PLACE = "yer"
    PHOTO = "foto"
    QUESTIONS = "sorular"
    WHO = "kim"
    SUMMARY = "ozet"

    @property
    def address(self) -> str:
        return "/bildir" if self == Step.WHAT else f"/bildir/{self.value}"


ALL = tuple(Step)


@dataclass(frozen=True)
class Unfinished:
    """A report on its way: what was typed so far, and how many photos lie beside it."""

    fields: Mapping[str, Any]
    photos: int = 0

    @classmethod
    def of(cls, draft: Draft | None, photos: int = 0) -> "Unfinished":
        return cls(draft.fields if draft else {}, photos)

    def category(self, town: Town) -> Category | None:
        """The chosen category, as long as the town still has it."""
        return town.category_by_code(self.fields.get("category", ""))

    def has_done(self, step: Step) -> bool:
        """Whether this step was sent at least once."""
        return step.value in self.fields.get("done", ())


def flow(category: Category | None, *, photos: int = 0) -> tuple[Step, ...]:
    """The steps this category needs, in their order; before one is chosen, all of them."""
    if category is None:
        return ALL
    skipped = set()
    if category.place == "none":
        skipped.add(Step.PLACE)
    if category.photo == "none" and not photos:
        skipped.add(Step.PHOTO)
    if not category.questions:
        skipped.add(Step.QUESTIONS)
    return tuple(step for step in ALL if step not in skipped)


def next_step(report: Unfinished, town: Town, *, before: Step = Step.SUMMARY) -> Step:
    """The first step that is still to be done, or `before` when everything ahead of it is."""
    category = report.category(town)
    if before == Step.PHOTO and category is None:
        return before
    for step in flow(category, photos=report.photos):
        if step == before:
            return before
        if not report.has_done(step) or problems(step, report, town):
            return step
    return Step.SUMMARY


def problems(step: Step, report: Unfinished, town: Town, *, language: str = "tr") -> dict[str, Refused]:
    """What a step still lacks, by field."""
    category = report.category(town)
    asked = report_of(report, category)
    if step == Step.WHAT:
        missing = {} if category else {"category": Refused("Konuyu listeden seçin.", "category")}
        return {**reporting.problems_of_words(asked), **missing}
    if category is None:
        return {}
    if step == Step.PLACE:
        return _problems_of_place(asked, category, town, language=language)
    if step == Step.PHOTO:
        return reporting.problems_of_photos(asked, category)
    if step == Step.QUESTIONS:
        return reporting.problems_of_answers(asked, category)
    return _problems_of_person(asked, category) if step == Step.WHO else {}


def all_problems(report: Unfinished, town: Town, *, language: str = "tr") -> dict[Step, dict[str, Refused]]:
    """What every step still lacks; only steps that lack something are named."""
    found = {
        step: problems(step, report, town, language=language)
        for step in flow(report.category(town), photos=report.photos)
    }
    return {step: missing for step, missing in found.items() if missing}


def report_of(report: Unfinished, category: Category | None) -> Report:
    """The report as it would be sent now, holding only what its category asks for."""
    fields = report.fields
    is_anonymous = bool(fields.get("anonymous"))
    with_place = category is None or category.place != "none"
    with_person = not (is_anonymous and category is not None and category.identity == "anonymous")
    return Report(
        words=fields.get("words", ""),
        category_code=category.code if category else "",
        neighbourhood_code=fields.get("neighbourhood", "") if with_place else "",
        street=fields.get("street", "") if with_place else "",
        place_note=fields.get("place_note", "") if with_place else "",
        latitude=fields.get("lat") if with_place else None,
        longitude=fields.get("lon") if with_place else None,
        answers=_answers(fields.get("answers", {}), category),
        is_anonymous=is_anonymous,
        name=fields.get("name", "") if with_person else "",
        phone=fields.get("phone", "") if with_person else "",
        email=fields.get("email", "") if with_person else "",
        photos=report.photos,
    )


def is_alarming(report: Unfinished, category: Category | None) -> bool:
    """Whether an answer says that somebody is in danger: then 112 comes first."""
    return routing.priority_for("", _answers(report.fields.get("answers", {}), category)) == "urgent"


def _answers(given: Mapping[str, Sequence[str]], category: Category | None) -> dict[str, tuple[str, ...]]:
    asked = {question["key"] for question in category.questions} if category else set()
    return {key: tuple(values) for key, values in given.items() if key in asked}


def _problems_of_place(report: Report, category: Category, town: Town, *, language: str) -> dict[str, Refused]:
    found = reporting.problems_of_place(report, category)
    if report.neighbourhood_code and report.neighbourhood_code not in _own_codes(town):
        found = {"neighbourhood": Refused("Mahalleyi listeden seçin.", "neighbourhood"), **found}
    if report.latitude is not None and report.longitude is not None:
        where = whereabouts.locate(town, report.latitude, report.longitude)
        if not where.is_ours:
            found = {**found, "neighbourhood": whereabouts.outside(town, where, language=language)}
    return found


def _own_codes(town: Town) -> set[str]:
    return {each.code for each in town.neighbourhoods.values() if each.is_active}


def _problems_of_person(report: Report, category: Category) -> dict[str, Refused]:
    found = reporting.problems_of_person(report, category)
    if report.phone and "phone" not in found:
        try:
            contact.read_phone(report.phone)
        except Refused as no:
            found = {**found, "phone": no}
    return found

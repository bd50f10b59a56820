"""What the steps of a citizen's report may see, and what each reads back from its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.models import Attachment, Category, Neighbourhood
from portal.languages import Language
from portal.rules import places
from portal.rules.refusal import Refused, msgid
from portal.rules.reporting import MOST_ANSWER, MOST_PHOTOS, MOST_WORDS
from portal.services import steps, whereabouts
from portal.services.steps import Step, Unfinished
from portal.services.townbook import Town
from portal.views import _forms, _words
from portal.views._forms import Errors, Option, OptionGroup
from portal.views._frame import Town as Frame
from portal.views._parts import Fact, Photo

# More is kept on the screen than may be sent, so that nobody loses a long letter to a limit.
KEPT_WORDS = 30_000
_MOST_CHOICES = 40
_ALARMING = frozenset({"tehlike", "yarali", "saldiri"})


@dataclass(frozen=True, kw_only=True)
class StepView:
    """What every step shows: how far it is, the way back, and what was wrong."""

    town: Frame
    number: int
    total: int
    back: str
    errors: Errors
    topic: str = ""
    external_body: str = ""
    is_alarming: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True, kw_only=True)
class WhatView(StepView):
    """What happened, and what it is about."""

    words: str
    category: str
    groups: tuple[OptionGroup, ...]
    suggestions: tuple[Option, ...] = ()
    chosen: str = ""
    photos: int = 0
    has_lost_form: bool = False
    most: int = MOST_WORDS


@dataclass(frozen=True, kw_only=True)
class SuggestionsView:
    """Topics the words may be about, and the one that was already picked."""

    suggestions: tuple[Option, ...]
    chosen: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaceView(StepView):
    """Where it happened."""

    neighbourhoods: tuple[Option, ...]
    neighbourhood: str
    street: str
    place_note: str
    lat: str
    lon: str
    point: str
    is_from_photo: bool
    is_required: bool


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A photo that was taken in, with the name its owner knows it by."""

    name: str
    original_name: str
    small: str
    size: str


@dataclass(frozen=True, kw_only=True)
class PhotoView(StepView):
    """The photos so far, those that could not be taken, and room for more."""

    shots: tuple[Shot, ...]
    refusals: tuple[Refused, ...] = ()
    is_required: bool = False
    is_suggested: bool = False
    is_first: bool = False
    most: int = MOST_PHOTOS

    @property
    def room(self) -> int:
        return max(0, self.most - len(self.shots))


@dataclass(frozen=True, kw_only=True)
class Question:
    """One of the category's own questions, with what was answered."""

    name: str
    label: str
    kind: str
    options: tuple[Option, ...]
    values: tuple[str, ...]
    is_required: bool

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(frozen=True, kw_only=True)
class QuestionsView(StepView):
    """The category's own questions."""

    questions: tuple[Question, ...]
    asks_about_danger: bool


@dataclass(frozen=True, kw_only=True)
class WhoView(StepView):
    """Who asks, and how to answer."""

    name: str
    phone: str
    email: str
    is_anonymous: bool
    may_be_anonymous: bool
    needs_name: bool


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something a step still lacks, and where to mend it."""

    problem: Refused
    url: str


@dataclass(frozen=True, kw_only=True)
class SummaryView(StepView):
    """Everything once more before it is sent."""

    rows: tuple[Fact, ...]
    photos: tuple[Photo, ...]
    photo_url: str
    form_id: str
    gaps: tuple[Gap, ...] = ()

    @property
    def refused(self) -> bool:
        return bool(self.gaps)


def read_what(fields: Mapping[str, object]) -> dict[str, Any]:
    """The words, and the topic: the one in the list counts more than the suggested one."""
    category = _forms.word(fields, "category", 12) or _forms.word(fields, "suggested", 12)
    return {"words": _forms.text(fields, "words", KEPT_WORDS), "category": category}


def read_place(fields: Mapping[str, object]) -> dict[str, Any]:
    """The place as it was typed; a point that makes no sense is no point."""
    point = None if _forms.ticked(fields, "no_point") else _point(fields)
    lat, lon = point or (None, None)
    return {
        "neighbourhood": _forms.word(fields, "neighbourhood", 40),
        "street": _forms.word(fields, "street", 160),
        "place_note": _forms.text(fields, "place_note", 500),
        "lat": lat,
        "lon": lon,
        "point_from_photo": False,
    }


def read_answers(every: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """All answers, under the keys of their questions; an empty one is none."""
    answers = {}
    for name, values in every.items():
        if name.startswith("q_"):
            typed = [_forms.text({"": value}, "", MOST_ANSWER) for value in values[:_MOST_CHOICES]]
            answers[name.removeprefix("q_")] = [value for value in typed if value]
    return {"answers": answers}


def read_who(fields: Mapping[str, object]) -> dict[str, Any]:
    """Who asks, as they wrote it."""
    return {
        "name": _forms.word(fields, "name", 120),
        "phone": _forms.word(fields, "phone", 40),
        "email": _forms.word(fields, "email", 254),
        "anonymous": _forms.ticked(fields, "anonymous"),
    }


def what_view(
    town: Town, frame: Frame, report: Unfinished, errors: Errors, language: Language, **more: Any
) -> WhatView:
    return WhatView(
        **_step(Step.WHAT, town, frame, report, errors, language),
        words=report.fields.get("words", ""),
        category=report.fields.get("category", ""),
        groups=_groups(town, language),
        photos=report.photos,
        **more,
    )


def place_view(town: Town, frame: Frame, report: Unfinished, errors: Errors, language: Language) -> PlaceView:
    fields, category = report.fields, report.category(town)
    lat, lon = fields.get("lat"), fields.get("lon")
    return PlaceView(
        **_step(Step.PLACE, town, frame, report, errors, language),
        neighbourhoods=tuple(Option(each.code, each.name) for each in _neighbourhoods(town)),
        neighbourhood=fields.get("neighbourhood", ""),
        street=fields.get("street", ""),
        place_note=fields.get("place_note", ""),
        lat="" if lat is None else f"{lat:.6f}",
        lon="" if lon is None else f"{lon:.6f}",
        point=_point_words(town, lat, lon),
        is_from_photo=bool(fields.get("point_from_photo")) and lat is not None,
        is_required=category is not None and category.place == "required",
    )


def photo_view(
    town: Town,
    frame: Frame,
    report: Unfinished,
    errors: Errors,
    language: Language,
    *,
    attachments: Sequence[Attachment],
    refusals: Sequence[Refused] = (),
) -> PhotoView:
    category = report.category(town)
    return PhotoView(
        **_step(Step.PHOTO, town, frame, report, errors, language),
        shots=tuple(_shot(each, language) for each in attachments),
        refusals=tuple(refusals),
        is_required=category is not None and category.photo == "required",
        is_suggested=category is not None and category.photo == "suggested",
        is_first=category is None,
    )


def questions_view(town: Town, frame: Frame, report: Unfinished, errors: Errors, language: Language) -> QuestionsView:
    category = report.category(town)
    asked = category.questions if category else []
    answers = report.fields.get("answers", {})
    return QuestionsView(
        **_step(Step.QUESTIONS, town, frame, report, errors, language),
        questions=tuple(_question(each, answers.get(each["key"], ()), language) for each in asked),
        asks_about_danger=any(each["key"] in _ALARMING for each in asked),
    )


def who_view(town: Town, frame: Frame, report: Unfinished, errors: Errors, language: Language) -> WhoView:
    fields, category = report.fields, report.category(town)
    return WhoView(
        **_step(Step.WHO, town, frame, report, errors, language),
        name=fields.get("name", ""),
        phone=fields.get("phone", ""),
        email=fields.get("email", ""),
        is_anonymous=bool(fields.get("anonymous")),
        may_be_anonymous=category is not None and category.identity == "anonymous",
        needs_name=category is not None and category.identity == "identity",
    )


def summary_view(
    town: Town,
    frame: Frame,
    report: Unfinished,
    language: Language,
    *,
    attachments: Sequence[Attachment],
    form_id: str,
    problems: Mapping[Step, Mapping[str, Refused]],
) -> SummaryView:
    category = report.category(town)
    return SummaryView(
        **_step(Step.SUMMARY, town, frame, report, Errors(), language),
        rows=tuple(_rows(town, report, category, language)),
        photos=tuple(
            Photo(url=f"/foto/{each.name}", small=f"/foto/{each.name}/kucuk", words=each.original_name)
            for each in attachments
        ),
        photo_url=Step.PHOTO.address,
        form_id=form_id,
        gaps=tuple(
            Gap(problem=problem, url=f"{step.address}#{field}")
            for step, missing in problems.items()
            for field, problem in missing.items()
        ),
    )


def suggested(categories: Sequence[Category], language: Language) -> tuple[Option, ...]:
    """Suggested topics as they can be chosen."""
    return tuple(Option(each.code, _name(each, language)) for each in categories)


def _step(
    step: Step, town: Town, frame: Frame, report: Unfinished, errors: Errors, language: Language
) -> dict[str, Any]:
    category = report.category(town)
    flow = steps.flow(category, photos=report.photos)
    place = flow.index(step) if step in flow else flow.index(Step.SUMMARY)
    follows = step != Step.WHAT
    return {
        "town": frame,
        "number": place + 1,
        "total": len(flow),
        "back": flow[place - 1].address if place else "",
        "errors": errors,
        "topic": _name(category, language) if category and follows else "",
        # Said once where the topic was just chosen, and once more before sending.
        "external_body": category.external_body if category and step in (flow[1], Step.SUMMARY) else "",
        "is_alarming": follows and steps.is_alarming(report, category),
    }


def _rows(town: Town, report: Unfinished, category: Category | None, language: Language) -> list[Fact]:
    asked = steps.report_of(report, category)
    rows = [
        Fact(label=language.gettext(msgid("Ne oldu?")), value=asked.words, url=Step.WHAT.address),
        Fact(
            label=language.gettext(msgid("Konu")),
            value=_name(category, language) if category else "–",
            url=Step.WHAT.address,
        ),
    ]
    if category is None or category.place != "none":
        rows.append(
            Fact(
                label=language.gettext(msgid("Yer")),
                value=_place_words(town, asked, language),
                url=Step.PLACE.address,
            )
        )
    for each in _questions(category):
        question = _question(each, asked.answers.get(each["key"], ()), language)
        labels = _forms.labels_of(question.options)
        words = ", ".join(labels.get(value, value) for value in question.values)
        rows.append(Fact(label=question.label, value=words or "–", url=Step.QUESTIONS.address))
    if asked.is_anonymous:
        who = language.gettext(msgid("Adımı vermek istemiyorum"))
    else:
        who = "\n".join(filter(None, (asked.name, _words.phone_words(asked.phone), asked.email)))
    label = language.gettext(msgid("Adınız ve iletişim bilginiz"))
    rows.append(Fact(label=label, value=who or "–", url=Step.WHO.address))
    return rows


def _place_words(town: Town, asked: Any, language: Language) -> str:
    quarter = next((each.name for each in _neighbourhoods(town) if each.code == asked.neighbourhood_code), "")
    named = language.gettext(msgid("%(name)s Mahallesi")) % {"name": quarter} if quarter else ""
    point = language.gettext(msgid("Konumunuz eklendi")) if asked.latitude is not None else ""
    return "\n".join(filter(None, (named, asked.street, asked.place_note, point))) or "–"


def _question(asked: Mapping[str, Any], values: Sequence[str], language: Language) -> Question:
    spoken = "en" if language.code == "en" else "tr"
    return Question(
        name=f"q_{asked['key']}",
        label=asked[f"label_{spoken}"],
        kind=asked["type"],
        options=tuple(Option(each["value"], each[spoken]) for each in asked.get("options", ())),
        values=tuple(values),
        is_required=bool(asked.get("required")),
    )


def _questions(category: Category | None) -> Sequence[Mapping[str, Any]]:
    return category.questions if category else ()


def _groups(town: Town, language: Language) -> tuple[OptionGroup, ...]:
    active = [each for each in town.categories.values() if each.is_active]
    found = []
    for group in town.groups:
        own = sorted((each for each in active if each.group_id == group.id), key=lambda each: each.position)
        options = tuple(
            Option(each.code, _name(each, language), keywords=each.keywords.replace("|", " ")) for each in own
        )
        if options:
            found.append(OptionGroup(group.name_en if language.code == "en" else group.name_tr, options))
    return tuple(found)


def _name(category: Category, language: Language) -> str:
    return category.name_en if language.code == "en" else category.name_tr


def _neighbourhoods(town: Town) -> list[Neighbourhood]:
    return sorted((each for each in town.neighbourhoods.values() if each.is_active), key=lambda each: each.position)


def _shot(attachment: Attachment, language: Language) -> Shot:
    return Shot(
        name=attachment.name,
        original_name=attachment.original_name,
        small=f"/foto/{attachment.name}/kucuk",
        size=_words.size(attachment.size, language.code),
    )


def _point(fields: Mapping[str, object]) -> tuple[float, float] | None:
    typed = f"{_forms.word(fields, 'lat', 20)} {_forms.word(fields, 'lon', 20)}"
    return places.parse_coordinates(typed)


def _point_words(town: Town, lat: float | None, lon: float | None) -> str:
    if lat is None or lon is None:
        return ""
    where = whereabouts.locate(town, lat, lon)
    return where.neighbourhood.name if where.neighbourhood else f"{lat:.5f}, {lon:.5f}"

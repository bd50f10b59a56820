"""What a report must say before it becomes a case. Answers with every problem at once, by field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from portal.rules.contact import is_email
from portal.rules.refusal import Refused, msgid

LEAST_WORDS = 10
MOST_WORDS = 4000
MOST_ANSWER = 1000
MOST_PHOTOS = 5


class Demanding(Protocol):
    """What a category asks for."""

    @property
    def place(self) -> str: ...
    @property
    def photo(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def questions(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Report:
    """What one person reports, through whichever door."""

    words: str
    category_code: str
    neighbourhood_code: str = ""
    street: str = ""
    place_note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_anonymous: bool = False
    name: str = ""
    phone: str = ""
    email: str = ""
    photos: int = 0


def problems_of_words(report: Report) -> dict[str, Refused]:
    """Whether there is something to work on, neither empty nor a novel."""
    length = len(report.words)
    if not length:
        return _one("words", msgid("Ne olduğunu birkaç cümleyle yazın."))
    if length < LEAST_WORDS:
        return _one("words", msgid("Biraz daha ayrıntı yazın; en az %(least)s karakter olmalı."), least=LEAST_WORDS)
    if length > MOST_WORDS:
        return _one(
            "words", msgid("Metin en fazla %(most)s karakter olabilir; kısaltıp yeniden gönderin."), most=MOST_WORDS
        )
    return {}


def problems_of_place(report: Report, category: Demanding) -> dict[str, Refused]:
    """Whether the place is known well enough to send somebody there."""
    found: dict[str, Refused] = {}
    if category.place == "required" and not report.neighbourhood_code:
        found |= _one("neighbourhood", msgid("Mahalleyi seçin; bu konu için yerin bilinmesi gerekir."))
    pinned = report.latitude is not None
    if category.place == "required" and not (pinned or report.street or report.place_note):
        found |= _one("street", msgid("Sokağı yazın, yeri tarif edin ya da konumunuzu kullanın."))
    return found


def problems_of_photos(report: Report, category: Demanding) -> dict[str, Refused]:
    """Whether a picture is there where the category cannot do without."""
    if category.photo == "required" and not report.photos:
        return _one("photos", msgid("Bu konu için en az bir fotoğraf gerekir."))
    return {}


def problems_of_answers(report: Report, category: Demanding) -> dict[str, Refused]:
    """Whether the category's own questions are answered in the way each asks."""
    found: dict[str, Refused] = {}
    for question in category.questions:
        name = f"q_{question['key']}"
        given = report.answers.get(question["key"], ())
        if not given:
            if question.get("required"):
                found |= _one(name, msgid("Bu soruyu yanıtlayın."))
        elif problem := _problem_of_answer(question, given):
            found |= _one(name, problem)
    return found


def problems_of_person(report: Report, category: Demanding) -> dict[str, Refused]:
    """Whether we know whom to answer, as far as the category needs it."""
    if report.is_anonymous and category.identity == "anonymous":
        return {}
    if report.is_anonymous:
        return _one(
            "anonymous", msgid("Bu konuda kimliğinizi bilmeden işlem yapamıyoruz; adınızı ve iletişim bilginizi yazın.")
        )
    found: dict[str, Refused] = {}
    if len(report.name) < 3:
        found |= _one("name", msgid("Adınızı ve soyadınızı yazın."))
    if not report.phone and not report.email:
        found |= _one("phone", msgid("Size ulaşabilmemiz için telefon numaranızı ya da e-posta adresinizi yazın."))
    if report.email and not is_email(report.email):
        found |= _one("email", msgid("E-posta adresini ad@ornek.com biçiminde yazın."))
    return found


def problems(report: Report, category: Demanding) -> dict[str, Refused]:
    """Everything that still stands between this report and a case."""
    return {
        **problems_of_words(report),
        **problems_of_place(report, category),
        **problems_of_photos(report, category),
        **problems_of_answers(report, category),
        **problems_of_person(report, category),
    }


_NUMBER = re.compile(r"-?\d{1,9}")
_DECIMAL = re.compile(r"-?\d{1,9}([.,]\d{1,6})?")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def _problem_of_answer(question: Mapping[str, Any], given: Sequence[str]) -> str:
    kind = question["type"]
    if kind in ("single", "multi"):
        allowed = {option["value"] for option in question["options"]}
        if not set(given) <= allowed or (kind == "single" and len(given) > 1):
            return msgid("Listedeki seçeneklerden birini seçin.")
        return ""
    if len(given) > 1:
        return msgid("Bu soruya tek yanıt verin.")
    if len(given[0]) > MOST_ANSWER:
        return msgid("Yanıt çok uzun; kısaltın.")
    return "" if _is_well_formed(kind, given[0]) else _EXPECTED[kind]


_EXPECTED = {
    "int": msgid("Bir sayı yazın."),
    "decimal": msgid("Bir sayı yazın; örneğin 12,5."),
    "date": msgid("Tarihi gün, ay ve yıl olarak girin."),
    "datetime": msgid("Tarihi ve saati girin."),
    "month": msgid("Ayı ve yılı girin."),
}


def _is_well_formed(kind: str, text: str) -> bool:
    if kind == "int":
        return bool(_NUMBER.fullmatch(text))
    if kind == "decimal":
        return bool(_DECIMAL.fullmatch(text))
    if kind == "month":
        return bool(_MONTH.fullmatch(text))
    if kind in ("date", "datetime"):
        return _is_moment(kind, text)
    return True


def _is_moment(kind: str, text: str) -> bool:
    try:
        read = date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text)
    except ValueError:
        return False
    return 1900 <= read.year <= 2100


def answered(questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The answers with their questions' words, so that they still read right after the form has changed."""
    kept = []
    for question in questions:
        given = answers.get(question["key"])
        if not given:
            continue
        labels = {option["value"]: option for option in question.get("options", ())}
        kept.append(
            {
                "key": question["key"],
                "label_tr": question["label_tr"],
                "label_en": question["label_en"],
                "values": list(given),
                "words_tr": ", ".join(labels.get(value, {}).get("tr", value) for value in given),
                "words_en": ", ".join(labels.get(value, {}).get("en", value) for value in given),
            }
        )
    return kept


def _one(name: str, message: str, **values: object) -> dict[str, Refused]:
    return {name: Refused(message, name, **values)}

"""What people write is understood, or honestly not."""

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.search import fold
from portal.rules.routing import Router, priority_for

HERE = Path(__file__).parent
CATEGORIES = Path(__file__).parents[2] / "portal" / "data" / "town" / "categories.csv"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


ROUTER = Router([SimpleNamespace(**row) for row in rows(CATEGORIES)], fold)


def understood(file: str, *, among: int) -> int:
    """How many sentences have an accepted category among the first suggestions."""
    right = 0
    for row in rows(HERE / file):
        accepted = {row["expected_code"], *row["also_acceptable"].split("|")}
        right += any(each.code in accepted for each in ROUTER.suggest(row["text"], most=among))
    return right


def test_forty_sentences_are_understood_far_better_than_by_keywords_alone():
    # Plain keyword matching understands 25 of them.
    assert understood("sentences-dev.csv", among=1) >= 36
    assert understood("sentences-dev.csv", among=3) >= 39


def test_sentences_the_keywords_were_not_written_for_are_understood_too():
    assert understood("sentences-more.csv", among=1) >= 31
    assert understood("sentences-more.csv", among=3) >= 34


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "merhaba",
        "Başkanım selamlar, kolay gelsin",
        "Yardımcı olur musunuz?",
        "bir sorunum var",
        "Geçen gün anlattığım mesele hâlâ aynı",
        "asdf qwer",
    ],
)
def test_what_says_nothing_is_not_guessed_at(text):
    assert ROUTER.suggest(text) == []


@pytest.mark.parametrize("text", ["SOKAK LAMBASI YANMIYOR", "sokak lambasi yanmiyo", "Sokağımızın lambaları yanmıyor"])
def test_spelling_does_not_matter(text):
    assert ROUTER.suggest(text)[0].code == "YOL-07"


def test_pazar_is_also_sunday():
    assert ROUTER.suggest("Pazar günü sular kesik")[0].code == "SU-01"
    assert ROUTER.suggest("Pazar yeri çok kirli, pazarcılar çöp bırakıyor")[0].code == "ZBT-06"


def test_a_short_word_is_not_the_beginning_of_every_other():
    assert "YOL-05" not in [each.code for each in ROUTER.suggest("Karşı kaldırımdaki karanlık köşe")]
    assert ROUTER.suggest("Karlar temizlenmedi")[0].code == "YOL-05"


@given(st.text(max_size=200))
def test_any_text_gets_at_most_three_suggestions_the_surest_first(text):
    found = ROUTER.suggest(text)

    assert len(found) <= 3
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_the_same_text_gets_the_same_answer():
    text = "Parkın yanındaki çukur ve çöp"

    assert ROUTER.suggest(text) == Router([SimpleNamespace(**row) for row in rows(CATEGORIES)], fold).suggest(text)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, "low"),
        ({"tehlike": ["hayir"]}, "low"),
        ({"tehlike": ["bilmiyorum"]}, "low"),
        ({"tehlike": ["evet"]}, "urgent"),
        ({"yarali": ("evet",)}, "urgent"),
        ({"saldiri": ["evet"], "tehlike": ["hayir"]}, "urgent"),
        ({"okul": ["evet"]}, "low"),
    ],
)
def test_danger_makes_anything_urgent(answers, expected):
    assert priority_for("low", answers) == expected

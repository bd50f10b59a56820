"""What was typed, read with care."""

import pytest

from portal.rules.refusal import Refused
from portal.views import _forms as forms
from portal.views._forms import Errors, Option, OptionGroup


def test_a_field_without_a_problem_answers_with_an_empty_word():
    errors = Errors(phone="Telefonu yazın.")

    assert errors.phone == "Telefonu yazın."
    assert errors.email == errors["email"] == ""
    assert dict(errors) == {"phone": "Telefonu yazın."}


def test_the_first_problem_of_a_field_is_the_one_shown():
    first, second = Refused("Bir", field="phone"), Refused("İki", field="phone")

    assert Errors().plus(first, second) == {"phone": first}


def test_typed_lines_keep_their_shape_and_lose_what_cannot_be_seen():
    typed = {"words": "  Çukur var\r\nokul\x00 önü\u202e\x07nde\t! "}

    assert forms.text(typed, "words") == "Çukur var\nokul önünde\t!"


@pytest.mark.parametrize("typed", ["\u200b\u200b", " \ufeff ", "\u2060\n\u00ad", "\ud800"])
def test_words_that_nobody_can_see_are_none(typed: str):
    assert forms.text({"words": typed}, "words") == ""


def test_one_line_is_one_line():
    assert forms.word({"name": " Ayşe \r\n  Yılmaz\t"}, "name") == "Ayşe Yılmaz"


def test_too_much_is_cut_where_it_can_still_be_told():
    assert len(forms.text({"words": "a" * 20_000}, "words", limit=4000)) == 4001


def test_what_is_no_text_counts_as_nothing():
    assert forms.text({"words": b"x"}, "words") == forms.word({}, "name") == ""
    assert not forms.ticked({}, "hide")
    assert forms.ticked({"hide": "evet"}, "hide")


def test_choices_in_groups_are_found_by_their_value():
    options = [Option("a", "Birinci"), OptionGroup("Öbek", (Option("b", "İkinci"),))]

    assert forms.labels_of(options) == {"a": "Birinci", "b": "İkinci"}

"""Every sentence a person may read is there in English as well."""

import re

import pytest

from portal import languages
from portal.rules.refusal import Refused
from tests.guards import _sentences

_VALUES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_every_sentence_has_an_english_one():
    missing = {
        said: where
        for said, where in [*_sentences.in_templates(), *_sentences.in_code()]
        if said not in languages.ENGLISH.sentences
    }

    assert not missing, "Add these to a catalogue in portal/locales/en/LC_MESSAGES:\n" + "\n".join(
        f"{where}: {said}" for said, where in missing.items()
    )


def test_no_english_sentence_is_left_over():
    used = {said for said, _ in [*_sentences.in_templates(), *_sentences.in_code()]}
    left = sorted(set(languages.ENGLISH.sentences) - used)

    assert not left, "No screen says these any more; take them out of the catalogue:\n" + "\n".join(left)


def test_both_languages_fill_in_the_same_values():
    unequal = [
        turkish
        for turkish, english in languages.ENGLISH.sentences.items()
        if set(_VALUES.findall(turkish)) != set(_VALUES.findall(english if isinstance(english, str) else english[1]))
    ]

    assert not unequal, "These name other values in English than in Turkish:\n" + "\n".join(unequal)


def test_no_sentence_is_translated_twice():
    seen: dict[str, str] = {}
    twice = []
    for path in sorted((languages.LOCALES / "en" / "LC_MESSAGES").glob("*.po")):
        for said in re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.MULTILINE):
            if said in seen:
                twice.append(f"{said} ({seen[said]}, {path.name})")
            seen[said] = path.name

    assert not twice, "Keep one of each:\n" + "\n".join(twice)


@pytest.mark.parametrize(
    ("query", "cookies", "expected"),
    [
        ({}, {}, "tr"),
        ({"dil": "en"}, {}, "en"),
        ({}, {"dil": "en"}, "en"),
        ({"dil": "tr"}, {"dil": "en"}, "tr"),
        ({"dil": "xx"}, {"dil": "en"}, "en"),
        ({"dil": "../../etc"}, {"dil": ""}, "tr"),
    ],
)
def test_the_address_speaks_before_the_cookie_and_turkish_is_the_rest(query, cookies, expected):
    class Asked:
        query_params = query

    Asked.cookies = cookies

    assert languages.chosen(Asked()).code == expected


def test_a_refusal_speaks_the_readers_language_its_values_included():
    no = Refused("Başvuru zaten “%(status)s” durumunda. Sayfayı yenileyip son durumu görebilirsiniz.", status="Çözüldü")

    assert languages.ENGLISH.say(no) == "The case is already “Resolved”. Reload the page to see where it stands."
    assert languages.TURKISH.say(no) == str(no)


def test_what_a_person_typed_is_not_taken_for_a_pattern():
    assert languages.TURKISH.say("%98 oranında %(bozuk") == "%98 oranında %(bozuk"

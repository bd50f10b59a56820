"""A number that survives a telephone line, and a key that cannot be guessed."""

import secrets
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.rules import references
from portal.rules.references import Found

BODIES = st.integers(10**10, 10**11 - 1).map(str)
REFERENCES = BODIES.map(lambda body: body + references.check_digit(body))
REFERENCE = "483109752262"


def test_the_check_digit_is_damms():
    assert references.check_digit("572") == "4"
    assert references.check_digit("5724") == "0"
    assert references.is_valid(REFERENCE)


def test_a_new_reference_is_twelve_digits_and_not_in_sequence():
    given_out = {references.new_reference(secrets.randbelow) for _ in range(200)}

    assert len(given_out) == 200
    assert all(references.is_valid(reference) for reference in given_out)


@pytest.mark.parametrize(("drawn", "expected"), [(0, "10000000000"), (9 * 10**10 - 1, "99999999999")])
def test_the_first_digit_is_never_zero(drawn, expected):
    assert references.new_reference(lambda _most: drawn)[:-1] == expected


@given(REFERENCES, st.integers(0, 11), st.sampled_from(string.digits))
def test_every_wrong_digit_is_noticed(reference, place, digit):
    assume(reference[place] != digit)

    assert not references.is_valid(reference[:place] + digit + reference[place + 1 :])


@given(REFERENCES, st.integers(0, 10))
def test_every_swap_of_neighbours_is_noticed(reference, place):
    assume(reference[place] != reference[place + 1])

    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]

    assert not references.is_valid(swapped)


@given(REFERENCES, st.sampled_from(["", " ", "-", ".", " - ", "\u00a0", "\u2009", "–", "/", "\n", "\u200b"]))
def test_a_reference_is_read_in_every_grouping(reference, between):
    spelled = between.join(reference[start : start + 4] for start in (0, 4, 8))

    assert references.find_reference(spelled) == Found(reference)
    assert references.find_reference(f"  No: {spelled} numaralı başvuru.") == Found(reference)
    assert references.find_reference(between.join(reference)) == Found(reference)


@given(st.text(max_size=300))
def test_whatever_is_pasted_gets_an_answer(text):
    found = references.find_reference(text)

    assert (found.reference is None) == (found.problem != "")
    assert found.reference is None or references.is_valid(found.reference)


@pytest.mark.parametrize(
    "text",
    [
        "483109752262",
        "4831-0975-2262",
        "4831 0975 2262",
        "4831.0975.2262",
        "483 109 752 262",
        "48 31 09 75 22 62",
        "４８３１-０９７５-２２６２",
        "٤٨٣١-٠٩٧٥-٢٢٦٢",
        "No: 4831-0975-2262 numaralı başvuru",
        "başvurum no:4831-0975-2262'dir",
        "0532 123 45 67 numaramdan 15.03.2026 tarihinde aradım, başvurum 4831-0975-2262",
        "4831-0975-2262 nolu kaydım için 05321234567 den arayın",
        "tel 0532 123 45 67 4831 0975 2262",
        "+90 532 123 45 67 / 4831-0975-2262",
        "12.03.2026 14:30 - 4831 0975 2262 - 3 gün oldu",
        "https://cozum.example/takip/483109752262?k=abc",
        "Başvuru numaranız 4831-0975-2262.\nSayın 12345",
    ],
)
def test_a_reference_is_found_in_what_people_paste(text):
    assert references.find_reference(text) == Found(REFERENCE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("4831-0975-2264", "check"),
        ("Başvurum 4831 0975 2226 idi", "check"),
        ("4831-0975-226", "length"),
        ("4831-0975-22621", "length"),
        ("12", "length"),
        ("", "none"),
        ("Başvurum ne oldu?", "none"),
        ("0000-0000-0000", "length"),
        ("+90 532 123 45 67", "length"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(text, problem):
    assert references.find_reference(text) == Found(None, problem)


def test_a_very_long_text_is_read_no_further_than_a_page():
    assert references.find_reference("1 " * 400_000).problem in ("check", "length")


def test_people_read_it_in_groups_of_four():
    assert references.grouped(REFERENCE) == "4831-0975-2262"


def test_a_key_opens_only_its_own_submission():
    secret, nonce = b"s" * 32, references.new_nonce()
    key = references.derive_key(secret, REFERENCE, nonce)
    stored = references.key_hash(key)

    assert len(key) == 22
    assert references.matches(key, stored)
    assert references.derive_key(secret, REFERENCE, nonce) == key
    assert not references.matches(references.derive_key(secret, "483109752271", nonce), stored)
    assert not references.matches(references.derive_key(secret, REFERENCE, references.new_nonce()), stored)
    assert not references.matches(references.derive_key(b"t" * 32, REFERENCE, nonce), stored)


@pytest.mark.parametrize("tried", ["", "ğ", "\ud800", "a" * 10_000])
def test_a_nonsense_key_is_only_wrong(tried):
    assert not references.matches(tried, references.key_hash("x"))

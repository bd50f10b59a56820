import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.rules import identity

# Made by the rule of the two check digits; no person's.
GOOD = ("10000000146", "12345678950", "99000000042", "11111111110")


def with_check_digits(nine: str) -> str:
    """Nine digits with the two that belong after them."""
    digits = [int(each) for each in nine]
    tenth = (sum(digits[0::2]) * 7 - sum(digits[1::2])) % 10
    return f"{nine}{tenth}{(sum(digits) + tenth) % 10}"


@pytest.mark.parametrize("number", GOOD)
def test_a_number_with_its_check_digits_is_taken(number: str):
    assert identity.is_national_id(number)


@pytest.mark.parametrize(
    "number", ["", "1", "00000000000", "01234567890", "10000000147", "1000000014", "100000001460", "1000000014٦", "abc"]
)
def test_anything_else_is_not(number: str):
    assert not identity.is_national_id(number)


@given(some.integers(100_000_000, 999_999_999))
def test_every_nine_digits_have_one_ending(nine: int):
    number = with_check_digits(str(nine))

    endings = [f"{nine}{ending:02}" for ending in range(100) if identity.is_national_id(f"{nine}{ending:02}")]

    assert endings == [number]


@given(some.integers(100_000_000, 999_999_999), some.integers(0, 10), some.integers(1, 9))
def test_one_wrong_digit_is_noticed(nine: int, place: int, by: int):
    right = with_check_digits(str(nine))
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]

    assert not identity.is_national_id(wrong)


def test_a_foreigners_number_begins_with_99():
    assert identity.is_foreigner_number(with_check_digits("990000000"))
    assert not identity.is_foreigner_number("10000000146")


def test_numbers_are_read_as_people_space_them():
    assert identity.plain_number(" 100 000 001-46 ") == "10000000146"
    assert identity.plain_number("u 1234.567") == "U1234567"


@pytest.mark.parametrize(
    ("number", "shown"), [("10000000146", "100******46"), ("U1234567", "******67"), ("12345", "******45")]
)
def test_a_mask_hides_the_middle(number: str, shown: str):
    assert identity.mask(number) == shown


@pytest.mark.parametrize(("number", "is_one"), [("1234567890", True), ("123456789", False), ("12345678x0", False)])
def test_a_tax_number_has_ten_digits(number: str, is_one: bool):
    assert identity.is_tax_number(number) is is_one


@pytest.mark.parametrize(
    ("number", "is_one"), [("U1234567", True), ("PASSPORT", False), ("A1", False), ("Ç12345", False)]
)
def test_a_document_number_has_digits_and_plain_letters(number: str, is_one: bool):
    assert identity.is_document_number(number) is is_one

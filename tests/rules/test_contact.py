"""Addresses that can be written to, and how much of them shows."""

import pytest

from portal.rules.contact import is_email, last4, mask_email, mask_phone


@pytest.mark.parametrize(
    "text",
    ["ayse@ornek.com", "a.b+c@alt.ornek.com.tr", "A_B@ornek.av.tr", "x@xn--rnek-5qa.com", "1@2.tr", f"{'a' * 64}@b.tr"],
)
def test_an_address_that_can_be_written_to(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ayse",
        "ayse@ornek",
        "@ornek.com",
        "ayse@",
        "ayse@@ornek.com",
        "ayşe@ornek.com",
        "ayse@örnek.com",
        "ayse@ornek.com\n",
        "ayse@ornek.com\r\nBcc: x@y.tr",
        "a b@ornek.com",
        "ayse@ornek..com",
        ".ayse@ornek.com",
        "ayse.@ornek.com",
        "ayse@-ornek.com",
        "ayse@ornek.c",
        "Ayşe <ayse@ornek.com>",
        "a@b.tr,c@d.tr",
        f"{'a' * 65}@ornek.com",
        f"a@{'b.' * 130}tr",
    ],
)
def test_what_no_letter_reaches(text):
    assert not is_email(text)


def test_a_masked_address_is_known_only_to_its_owner():
    assert mask_phone("+905321234567") == "0532 *** ** 67"
    assert mask_phone("+4915112345678") == "+49 *** ** 78"
    assert mask_email("ayse@ornek.com") == "a***@ornek.com"


@pytest.mark.parametrize(("number", "digits"), [("+905321234567", "4567"), ("0532 123 45 67", "4567"), ("", "")])
def test_the_last_four_digits(number, digits):
    assert last4(number) == digits

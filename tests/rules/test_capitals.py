"""Capitals as Turkish writes them."""

import pytest

from portal.rules import capitals


def test_turkish_capitals():
    assert capitals.upper("ışık istanbul") == "IŞIK İSTANBUL"
    assert capitals.lower("IŞIK İSTANBUL") == "ışık istanbul"
    assert capitals.title("IŞIL İNCİ  çiğdem") == "Işıl İnci Çiğdem"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ayşe Yılmaz", "Ayşe YILMAZ"),
        ("Ali İhsan Çiğdem", "Ali İhsan ÇİĞDEM"),
        ("Işıl", "Işıl"),
        ("", ""),
    ],
)
def test_a_letter_writes_the_surname_in_capitals(name: str, written: str):
    assert capitals.surname(name) == written

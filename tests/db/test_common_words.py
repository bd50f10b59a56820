"""A word is common when many cases hold it, whatever the newest of them are about."""

import pytest

from db import search
from tests.cast import City


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A town in which ten cases are many, and four are looked at."""
    monkeypatch.setattr(search, "COMMON", 10)
    monkeypatch.setattr(search, "SAMPLE", 4)


def is_common(city: City, words: str) -> bool:
    with city.db.reading() as tx:
        return search.is_common(tx, words)


def test_a_word_of_most_cases_is_common_though_the_newest_are_about_a_storm(city: City):
    for _ in range(20):
        city.report(words="Yolda derin bir çukur var, arabalar geçemiyor.")
    for _ in range(4):
        city.report(words="Fırtına yüzünden ağaç devrildi, elektrik yok.")

    assert is_common(city, "çukur")
    assert is_common(city, "yolda çukur")


def test_a_word_of_the_newest_cases_is_common(city: City):
    for words in ["Yolda derin bir çukur var."] * 16 + ["Fırtına yüzünden ağaç devrildi."] * 4:
        city.report(words=words)

    assert is_common(city, "fırtına")


def test_a_word_of_hardly_any_case_is_not(city: City):
    for number in range(20):
        city.report(words="Rampa kırık." if number == 7 else "Yolda derin bir çukur var.")

    assert not is_common(city, "rampa")
    assert not is_common(city, "")
    assert not is_common(city, "zürafa")

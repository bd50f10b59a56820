"""Dates, numbers and names as people here say them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.views import _words as words

# A Monday, 11.30 in Istanbul.
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=words.ISTANBUL)


def test_a_long_date_names_the_day():
    assert words.date_long(NOW) == "23 Kasım 2026 Pazartesi"
    assert words.date_long(NOW, "en") == "Monday 23 November 2026"


def test_short_dates_and_times_as_they_are_written_here():
    assert words.date_short(date(2026, 2, 3)) == "03.02.2026"
    assert words.date_short(date(2026, 2, 3), "en") == "03/02/2026"
    assert words.time(NOW) == "11.30"
    assert words.time(NOW, "en") == "11:30"
    assert words.date_and_time(NOW) == "23 Kasım 2026, 11.30"


def test_half_past_ten_at_night_in_london_is_tomorrow_in_istanbul():
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)

    assert words.date_short(late) == "23.11.2026"
    assert words.when(late, NOW) == "bugün 01.30"


@pytest.mark.parametrize(
    ("moment", "turkish", "english"),
    [
        (at(23, 9, 5), "bugün 09.05", "today 09:05"),
        (at(22, 23, 59), "dün 23.59", "yesterday 23:59"),
        (at(20, 12), "3 gün önce", "3 days ago"),
        (at(17, 12), "6 gün önce", "6 days ago"),
        (at(16, 12), "16 Kasım 2026", "16 November 2026"),
        (at(24, 12), "24 Kasım 2026", "24 November 2026"),
    ],
)
def test_how_long_ago(moment, turkish, english):
    assert words.when(moment, NOW) == turkish
    assert words.when(moment, NOW, "en") == english


def test_the_last_hour_is_told_to_the_minute():
    assert words.just_when(NOW - timedelta(seconds=20), NOW) == "az önce"
    assert words.just_when(NOW - timedelta(minutes=7), NOW) == "7 dakika önce"
    assert words.just_when(NOW - timedelta(hours=2), NOW) == "bugün 09.30"


@pytest.mark.parametrize(
    ("due", "turkish", "english", "tone"),
    [
        (at(21, 23, 59), "2 gün gecikti", "2 days late", "late"),
        (at(22, 23, 59), "1 gün gecikti", "1 day late", "late"),
        (at(23, 8), "3 saat gecikti", "3 hours late", "late"),
        (at(23, 10, 30), "1 saat gecikti", "1 hour late", "late"),
        (at(23, 11, 20), "süresi az önce doldu", "just overdue", "late"),
        (at(23, 23, 59), "bugün doluyor", "due today", "today"),
        (at(23, 17, 30), "bugün doluyor (17.30)", "due today (17:30)", "today"),
        (at(24, 17, 30), "yarın doluyor", "due tomorrow", "soon"),
        (at(25, 23, 59), "25 Kasım Çarşamba gününe kadar", "by Wednesday 25 November", "soon"),
        (at(17, 23, 59, month=12), "17 Aralık Perşembe gününe kadar", "by Thursday 17 December", ""),
        (at(4, 12, month=1, year=2027), "4 Ocak 2027 Pazartesi gününe kadar", "by Monday 4 January 2027", ""),
        (None, "", "", ""),
    ],
)
def test_how_near_the_end_of_the_time_is(due, turkish, english, tone):
    assert words.due_words(due, NOW) == turkish
    assert words.due_words(due, NOW, "en") == english
    assert words.due_tone(due, NOW) == tone


def test_numbers_wear_the_marks_of_their_language():
    assert words.number(1250) == "1.250"
    assert words.number(75000, "en") == "75,000"
    assert words.number(1250.5, decimals=2) == "1.250,50"
    assert words.number(-1250) == "-1.250"


def test_a_share_is_never_rounded_up_to_all():
    assert words.percent(0.98) == "%98"
    assert words.percent(0.98, "en") == "98%"
    assert words.percent(0.999) == "%99"
    assert words.percent(0.9999, decimals=1) == "%99,9"
    assert words.percent(1.0) == "%100"


def test_phones_are_written_as_they_are_said():
    assert words.phone_words("+905321234567") == "0532 123 45 67"
    assert words.phone_words("+903822121500") == "0382 212 15 00"
    assert words.phone_words("153") == "153"
    assert words.phone_words("+4915112345678") == "+4915112345678"


def test_sizes():
    assert words.size(2_400_000) == "2,4 MB"
    assert words.size(700) == "1 KB"


def test_programs_read_the_moment_with_its_zone():
    assert words.machine(NOW) == "2026-11-23T11:30:00+03:00"
    assert words.machine(date(2026, 11, 23)) == "2026-11-23"

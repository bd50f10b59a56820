"""Show me the count: what is shown is what was counted, day by day, in words a reader understands."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from db.models import Clock, ClockEntry
from portal import languages
from portal.rules import deadlines, ledger
from portal.rules.deadlines import ISTANBUL, Day, calendar_for
from portal.services import clocks
from portal.services.counts import Counted
from portal.views import _clock_words, _count_days, _count_ledger

TURKEY = calendar_for()
TR, EN = languages.TURKISH, languages.ENGLISH


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


def counted(value, unit, *lines, calendar=TURKEY, law="", kind="legal", round_the_clock=False, **facts) -> Counted:
    """A clock with these lines, each `act moment` and whatever else it says."""
    clock = Clock(
        id=7,
        case_id=1,
        kind=kind,
        law=law,
        value=value,
        unit=unit,
        round_the_clock=round_the_clock,
        started_at=local(lines[0][1]),
        due_at=local(lines[0][1]),
        **facts,
    )
    entries = []
    for act, at, *more in lines:
        entry = ClockEntry(clock_id=7, act=act, at=local(at), due_at=local(at), **(more[0] if more else {}))
        entries.append(entry)
        entry.due_at = entry.due_at if unit == ledger.FIXED else dues(clock, entries, calendar)
    return Counted(clock, entries, calendar, ledger.reckon(clocks.limit_of(clock), entries, calendar))


def dues(clock, entries, calendar) -> datetime:
    return ledger.reckon(clocks.limit_of(clock), entries, calendar).due.at


def shown(found: Counted, language=TR) -> dict[date, tuple[str, str]]:
    """Each day with what it counts for and its notes."""
    months = _count_days.months(found.found.due.days, found, language)
    return {
        date.fromisoformat(day.moment): (day.counted, " · ".join(day.notes)) for each in months for day in each.days
    }


def titles(found: Counted, *, at_desk=True) -> list[str]:
    return [line.title for line in _count_ledger.lines(found, TR, at_desk=at_desk)]


def test_every_day_from_the_receipt_to_the_last_day_is_there():
    found = counted(15, "working_days", ("started", "2026-03-16T10:00"))

    days = list(shown(found))

    assert (days[0], days[-1]) == (date(2026, 3, 16), found.found.due.on)
    assert len(days) == (days[-1] - days[0]).days + 1


def test_day_nought_weekends_feasts_and_the_last_day_say_what_they_are():
    days = shown(counted(3, "working_days", ("started", "2026-04-22T10:00")))

    assert days == {
        date(2026, 4, 22): ("", "Başvuru günü sayılmaz"),
        date(2026, 4, 23): ("", "Ulusal Egemenlik ve Çocuk Bayramı"),
        date(2026, 4, 24): ("1. gün", ""),
        date(2026, 4, 25): ("", "Hafta sonu"),
        date(2026, 4, 26): ("", "Hafta sonu"),
        date(2026, 4, 27): ("2. gün", ""),
        date(2026, 4, 28): ("3. gün", "Son gün"),
    }


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (True, ("1. gün", "Cumhuriyet Bayramı (saat 13.00'ten): yarım gün, sayıldı")),
        (False, ("", "Cumhuriyet Bayramı (saat 13.00'ten): yarım gün, sayılmadı")),
    ],
)
def test_a_half_day_says_whether_it_counted(counts, expected):
    calendar = calendar_for(half_day_counts=counts)

    days = shown(counted(3, "working_days", ("started", "2026-10-27T10:00"), calendar=calendar))

    assert days[date(2026, 10, 28)] == expected


def test_a_limit_that_ends_on_a_feast_is_seen_to_be_carried_over():
    days = shown(counted(30, "calendar_days", ("started", "2026-09-30T10:00")))

    assert days[date(2026, 10, 30)] == ("30. gün", "Son gün")
    days = shown(counted(30, "calendar_days", ("started", "2026-09-29T10:00")))
    carried = "Süre bugün doluyor; tatil olduğu için izleyen iş gününe uzar"
    assert days[date(2026, 10, 29)] == ("30. gün", f"Cumhuriyet Bayramı · {carried}")
    assert days[date(2026, 10, 30)] == ("", "Son gün")


def test_a_pause_is_seen_from_the_day_it_begins_to_the_day_it_ends():
    found = counted(
        5,
        "working_days",
        ("started", "2026-06-01T10:00"),
        ("paused", "2026-06-02T15:00"),
        ("resumed", "2026-06-04T09:00"),
        kind="service",
    )

    days = shown(found)

    assert days[date(2026, 6, 2)] == ("1. gün", "Süre bugün durduruldu")
    assert days[date(2026, 6, 3)] == ("", "Süre durdu")
    assert days[date(2026, 6, 4)] == ("", "Süre durdu · Süre bugün yeniden işlemeye başladı")
    assert titles(found) == [
        "Süre başladı",
        "Süre durduruldu: başvurandan bilgi beklendi",
        "Süre yeniden işlemeye başladı",
    ]
    assert titles(found, at_desk=False)[1] == "Süre durduruldu: sizden bilgi beklendi"


def test_an_extension_says_how_much_by_which_law_and_when_it_was_told():
    told = {"value": 15, "basis": "4982 m.11", "told_on": date(2026, 4, 2), "words": "Başka birim görüş verecek."}
    found = counted(
        15, "working_days", ("started", "2026-03-16T10:00"), ("extended", "2026-04-02T10:00", told), law="4982"
    )

    [_, line] = _count_ledger.lines(found, TR, at_desk=True)

    assert line.title == "Süre uzatıldı: 15 iş günü eklendi (4982 m.11). Bildirildiği gün: 2 Nisan 2026"
    assert line.words == "Başka birim görüş verecek."
    assert shown(found)[date(2026, 4, 2)] == ("12. gün", "Uzatma bugün bildirildi")
    assert list(shown(found).values())[-1] == ("30. gün", "Son gün")


def test_what_a_colleague_typed_is_not_for_the_citizen():
    told = {"value": 15, "words": "Ayşe Hanım'ın dosyası kayıp."}
    found = counted(15, "working_days", ("started", "2026-03-16T10:00"), ("extended", "2026-04-02T10:00", told))

    assert all(line.words == "" for line in _count_ledger.lines(found, TR, at_desk=False))


def test_an_interruption_shows_what_was_cut_off_and_the_new_count():
    found = counted(
        2,
        "working_days",
        ("started", "2026-06-01T10:00"),
        ("interrupted", "2026-06-03T10:00"),
        ("resumed", "2026-06-05T10:00"),
        law="4982",
    )

    [month] = _count_days.months(found.found.earlier, found, TR)

    assert [(day.day, day.counted) for day in month.days] == [
        ("1 Pazartesi", ""),
        ("2 Salı", "1. gün"),
        ("3 Çarşamba", "2. gün"),
        ("4 Perşembe", ""),
    ]
    assert shown(found)[date(2026, 6, 5)][1].startswith("Süre yeniden başladı; bu gün sayılmaz")
    assert shown(found, EN)[date(2026, 6, 5)][1].startswith("The count began anew; this day is not counted")
    assert titles(found)[1] == "Süre kesildi: erişim ücretinin ödenmesi beklendi"


def test_a_changed_calendar_says_from_which_day_to_which():
    before = counted(5, "working_days", ("started", "2026-06-01T10:00"))
    closed = replace(TURKEY, holidays={**TURKEY.holidays, date(2026, 6, 4): Day("full", "İdari izin")})
    found = counted(5, "working_days", ("started", "2026-06-01T10:00"), calendar=closed)
    lines = [
        *before.entries,
        ClockEntry(clock_id=7, act="recomputed", at=local("2026-06-02T10:00"), due_at=found.found.due.at),
    ]

    told = replace(found, entries=lines)

    assert titles(told)[-1] == "Çalışma takvimi değişti: 8 Haziran 2026 → 9 Haziran 2026"
    assert shown(told)[date(2026, 6, 4)] == ("", "İdari izin")


def test_hours_are_counted_to_the_minute():
    days = shown(counted(4, "hours", ("started", "2026-10-28T11:30")))

    assert days == {
        date(2026, 10, 28): ("1 saat 30 dakika", "Cumhuriyet Bayramı (saat 13.00'ten): yarım gün"),
        date(2026, 10, 29): ("", "Cumhuriyet Bayramı"),
        date(2026, 10, 30): ("2 saat 30 dakika", "Son gün"),
    }


def test_a_report_after_hours_says_why_the_day_has_none():
    days = shown(counted(2, "hours", ("started", "2026-06-01T22:00")))

    assert days[date(2026, 6, 1)] == ("", "Çalışma saatlerinden sonra")
    assert days[date(2026, 6, 2)] == ("2 saat", "Son gün")


def test_a_corrected_receipt_and_an_end_have_words():
    found = counted(
        30,
        "calendar_days",
        ("started", "2026-11-20T10:00"),
        ("started", "2026-11-18T10:00"),
        ("stopped", "2026-11-25T10:00"),
    )

    assert titles(found) == ["Süre başladı", "Geliş tarihi düzeltildi", "Süre sona erdi"]
    assert shown(found)[date(2026, 11, 25)] == ("7. gün", "Süre bugün sona erdi")
    assert [bool(line.due) for line in _count_ledger.lines(found, TR, at_desk=True)] == [True, True, False]


def test_an_end_by_a_law_names_the_article():
    found = counted(
        30, "calendar_days", ("started", "2026-11-20T10:00"), ("stopped", "2026-11-25T10:00", {"basis": "3071 m.7"})
    )

    assert titles(found)[-1] == "Süre sona erdi (3071 m.7)"


@pytest.mark.parametrize(
    ("law", "basis", "expected"),
    [
        ("cimer", "", "CİMER'in belirlediği tarih"),
        ("", "source", "Eski sistemde yazılı tarih"),
        ("", "", "Başka bir kurumun belirlediği tarih"),
    ],
)
def test_a_date_that_was_set_says_who_set_it(law, basis, expected):
    found = counted(0, ledger.FIXED, ("started", "2026-06-01T10:00"), law=law, basis=basis)

    assert _clock_words.promise(found.clock, TR) == expected
    assert shown(found) == {}


def test_every_name_of_the_national_calendar_is_said_in_english():
    words = {word for name in {day.name for day in deadlines.national_days().values()} for word in name.split("; ")}

    untold = {word for word in words if _count_days.named(word, EN) == word}

    assert untold == set()


def test_two_feasts_on_one_day_are_both_named():
    name = "Cumhuriyet Bayramı; Ramazan Bayramı (tahmini)"

    assert _count_days.named(name, TR) == name
    assert _count_days.named(name, EN) == "Republic Day; Ramadan Feast (estimated)"


@pytest.mark.parametrize(
    ("minutes", "turkish", "english"),
    [(150, "2 saat 30 dakika", "2 h 30 min"), (60, "1 saat", "1 h"), (5, "5 dakika", "5 min")],
)
def test_a_length_of_time_is_said_in_hours_and_minutes(minutes, turkish, english):
    assert _count_days.duration(minutes, TR) == turkish
    assert _count_days.duration(minutes, EN) == english

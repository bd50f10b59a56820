"""What a citizen is promised, in a sentence they can hold the town to."""

from datetime import UTC, datetime

import pytest

from db.models import Case, Clock, Submission
from portal import languages
from portal.rules.deadlines import ISTANBUL
from portal.services.tracking import Tracked
from portal.views import _clock_words, _promises

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
REFERENCE = "483109752264"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


def clock(kind, law, value, unit, due, *, state="running", key=1) -> Clock:
    return Clock(id=key, case_id=1, kind=kind, law=law, value=value, unit=unit, due_at=local(due), state=state)


def tracked(legal_type, *clocks, status="in_progress", extensions=None) -> Tracked:
    case = Case(id=1, status=status, legal_type=legal_type, is_open=status == "in_progress")
    submission = Submission(id=1, case_id=1, reference=REFERENCE)
    return Tracked(case, submission, [], clocks=clocks, extensions=extensions or {})


def said(found: Tracked, language=languages.TURKISH) -> list[_promises.Promise]:
    return list(_promises.promises(found, language, now=NOW))


def test_a_request_for_information_says_by_when_by_which_law_and_what_silence_means():
    found = tracked("information", clock("legal", "4982", 15, "working_days", "2026-12-17T23:59:59", key=9))

    [promise] = said(found)

    assert promise.words == (
        "En geç 17 Aralık 2026 Perşembe gününe kadar yanıt verilir (15 iş günü, 4982 sayılı Kanun)."
    )
    assert promise.url == f"/takip/{REFERENCE}/sure#saat-9"
    assert "reddedilmiş sayılır" in promise.silence


def test_an_extended_limit_is_said_with_all_its_days():
    found = tracked(
        "information", clock("legal", "4982", 15, "working_days", "2026-12-17T23:59:59"), extensions={1: 15}
    )

    assert "(30 iş günü, 4982 sayılı Kanun)" in said(found)[0].words
    assert "(30 working days, Law No. 4982)" in said(found, languages.ENGLISH)[0].words


def test_a_service_request_tells_the_towns_target_and_the_laws_limit_apart_the_stricter_first():
    found = tracked(
        "service",
        clock("legal", "3071", 30, "calendar_days", "2026-12-17T23:59:59"),
        clock("service", "", 3, "working_days", "2026-12-01T23:59:59", key=2),
    )

    assert [each.words for each in said(found)] == [
        "Belediyemizin hedefi: 1 Aralık 2026 Salı (3 iş günü).",
        "Yasaya göre yanıt için son gün 17 Aralık 2026 Perşembe (30 takvim günü, 3071 sayılı Kanun).",
    ]
    assert [each.silence for each in said(found)] == ["", ""]


def test_a_building_permit_stands_under_its_own_law_whoever_asks():
    found = tracked("service", clock("legal", "3194", 30, "calendar_days", "2026-12-17T23:59:59"))

    [promise] = said(found)

    assert promise.words.startswith("En geç 17 Aralık 2026 Perşembe gününe kadar")
    assert "yazılı açıklama" in promise.silence


def test_a_missed_date_says_so():
    found = tracked("petition", clock("legal", "3071", 30, "calendar_days", "2026-11-24T23:59:59"))

    assert said(found)[0].late == "2 gün gecikti"


def test_a_clock_that_waits_for_the_applicant_names_no_day():
    found = tracked("service", clock("service", "", 3, "working_days", "2026-12-01T23:59:59", state="paused"))

    assert said(found)[0].words == "Siz yanıtlayana kadar süre bekletiliyor (3 iş günü)."


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (("legal", "cimer", 0, "fixed"), "En geç 17 Aralık 2026 Perşembe gününe kadar yanıt verilir (CİMER)."),
        (("service", "", 0, "fixed"), "Yanıt için son gün: 17 Aralık 2026 Perşembe."),
        (
            ("objection", "", 15, "working_days"),
            "İtirazınız en geç 17 Aralık 2026 Perşembe gününe kadar yanıtlanır (15 iş günü).",
        ),
        (
            ("legal", "", 20, "calendar_days"),
            "En geç 17 Aralık 2026 Perşembe gününe kadar yanıt verilir (20 takvim günü).",
        ),
    ],
)
def test_other_clocks_have_sentences_too(one, expected):
    assert [each.words for each in said(tracked("service", clock(*one, "2026-12-17T23:59:59")))] == [expected]


def test_an_answered_case_promises_nothing_more_and_still_leads_to_its_count():
    found = tracked("service", clock("service", "", 3, "working_days", "2026-12-01T23:59:59"), status="resolved")

    assert said(found) == []
    assert _promises.count_url(found) == f"/takip/{REFERENCE}/sure"


@pytest.mark.parametrize("kind", ["service", "legal", "objection", "cimer", "extension_notice", "fee", "result_owed"])
def test_every_duty_has_words_in_both_languages(kind):
    turkish, english = (_clock_words.due_kind(kind, each) for each in languages.LANGUAGES.values())

    assert turkish
    assert english
    assert turkish != english


def test_old_records_do_not_say_which_duty_is_nearest():
    assert _clock_words.due_kind("", languages.TURKISH) == ""

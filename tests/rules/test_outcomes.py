"""A decision says on what it rests, and time is given only where the law gives it."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.rules import outcomes
from portal.rules.refusal import Refused

DAY = date(2026, 4, 7)


def decide(kind: str, code: str, **facts: object) -> outcomes.Outcome:
    given = {"grounds": (), "authority": "", "words": "Yanıt metni.", **facts}
    return outcomes.check_decision(kind, code, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "code", "facts", "closes"),
    [
        ("information", "given", {}, "resolved"),
        ("information", "partly", {"grounds": ("21",)}, "resolved"),
        ("information", "refused", {"grounds": ("19", "20")}, "declined"),
        ("information", "forwarded", {"authority": "Tapu Müdürlüğü"}, "resolved"),
        ("information", "no_record", {}, "declined"),
        ("information", "published", {}, "resolved"),
        ("information", "published", {"grounds": ("8",)}, "resolved"),
        ("petition", "not_examined", {"grounds": ("6/a",)}, "declined"),
        ("personal_data", "refused", {"grounds": ("5/2",)}, "declined"),
    ],
)
def test_a_decision_that_says_what_it_must_is_taken(kind, code, facts, closes):
    assert decide(kind, code, **facts).closes == closes


@pytest.mark.parametrize(
    ("kind", "code", "facts", "field"),
    [
        ("information", "refused", {}, "grounds"),
        ("information", "partly", {}, "grounds"),
        ("information", "refused", {"grounds": ("99",)}, "grounds"),
        ("information", "given", {"grounds": ("21",)}, "grounds"),
        ("information", "forwarded", {}, "authority"),
        ("information", "given", {"words": ""}, "words"),
        ("information", "not_examined", {"grounds": ("6/a",)}, "outcome"),
        ("petition", "not_examined", {}, "grounds"),
        ("petition", "not_examined", {"grounds": ("21",)}, "grounds"),
        ("information", "", {}, "outcome"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_at_its_field(kind, code, facts, field):
    with pytest.raises(Refused) as no:
        decide(kind, code, **facts)

    assert no.value.field == field


def test_every_outcome_closes_the_case_with_a_reason_where_it_is_declined():
    for kind, known in outcomes.OUTCOMES.items():
        for each in known.values():
            assert each.closes in ("resolved", "declined")
            assert bool(each.reason) == (each.closes == "declined"), kind


def extend(**facts: object) -> None:
    given = {"law": "4982", "state": "running", "extensions": 0, "due_on": DAY, "today": DAY, **facts}
    outcomes.check_extension(**given)  # type: ignore[arg-type]


def test_time_is_extended_until_the_last_day_of_the_first_limit():
    extend()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"today": date(2026, 4, 8)}, "4982 sayılı Kanun m. 11.*07.04.2026 günü doldu"),
        ({"extensions": 1}, "ikinci bir uzatmaya"),
        ({"law": "3071"}, "Yalnızca bilgi edinme"),
        ({"state": "stopped"}, "sona erdiği"),
    ],
)
def test_an_extension_the_law_does_not_give_is_refused_and_names_it(facts, told):
    with pytest.raises(Refused) as no:
        extend(**facts)

    assert re.search(told, str(no.value))


def test_more_time_needs_a_reason_of_the_law():
    outcomes.check_extension_reason("other_unit")
    with pytest.raises(Refused):
        outcomes.check_extension_reason("we are busy")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"law": "6698"}, "Erişim ücreti yalnızca"),
        ({"is_told": True}, "daha önce bildirilmiş"),
        ({"state": "paused"}, "işlemediği için"),
    ],
)
def test_a_fee_is_asked_once_and_while_the_time_runs(facts, told):
    with pytest.raises(Refused, match=told):
        outcomes.check_fee(**{"law": "4982", "state": "running", "is_told": False, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pages", "kurus", "field"), [(None, 100, "pages"), (0, 100, "pages"), (3, None, "fee"), (3, 0, "fee")]
)
def test_a_price_names_its_pages(pages, kurus, field):
    with pytest.raises(Refused) as no:
        outcomes.check_price(fee_kurus=kurus, pages=pages)

    assert no.value.field == field


def test_nobody_has_withdrawn_before_the_last_moment_to_pay():
    pay_by = datetime(2026, 4, 7, 20, 59, 59, tzinfo=UTC)

    with pytest.raises(Refused):
        outcomes.check_lapse(pay_by=pay_by, now=pay_by)
    outcomes.check_lapse(pay_by=pay_by, now=datetime(2026, 4, 7, 21, 0, tzinfo=UTC))


@pytest.mark.parametrize("appealed_on", [None, date(2026, 4, 8), date(2026, 3, 1)])
def test_an_appeal_lies_between_the_decision_and_today(appealed_on):
    with pytest.raises(Refused):
        outcomes.check_appeal(decided_on=date(2026, 4, 1), appealed_on=appealed_on, today=DAY)


@pytest.mark.parametrize(
    ("appealed_on", "result", "decided_on"),
    [
        (None, "accepted", DAY),
        (date(2026, 4, 1), "maybe", DAY),
        (date(2026, 4, 1), "accepted", None),
        (date(2026, 4, 1), "accepted", date(2026, 3, 31)),
        (date(2026, 4, 1), "accepted", date(2026, 4, 8)),
    ],
)
def test_the_boards_decision_follows_the_appeal(appealed_on, result, decided_on):
    with pytest.raises(Refused):
        outcomes.check_appeal_result(appealed_on=appealed_on, result=result, decided_on=decided_on, today=DAY)

import pytest

from portal.rules import references
from portal.rules.refusal import Refused


def test_a_report_becomes_one_case_with_a_number_a_clock_and_a_receipt(city):
    receipt = city.report()

    case = city.look(receipt.reference)
    assert references.is_valid(receipt.reference)
    assert (case.status, case.department_id) == ("new", city.department("FEN"))
    # Five working days after Monday the 16th, at the end of the day in Istanbul.
    assert case.due_at.isoformat() == "2026-11-23T20:59:59+00:00"
    assert [event.kind for event in city.events(case)] == ["opened"]
    assert [letter.address for letter in city.letters(case)] == ["ayse@ornek.com.tr"]
    assert references.grouped(receipt.reference) in city.letters(case)[0].words


def test_the_same_form_sent_twice_is_one_case(city):
    first = city.report(form_id="the-same")
    second = city.report(form_id="the-same")

    assert (second.reference, second.key) == (first.reference, first.key)
    assert second.is_repeat


def test_the_key_opens_and_is_not_stored(city):
    receipt = city.report()

    submission = city.submission(city.look(receipt.reference))
    assert references.matches(receipt.key, submission.key_hash)
    assert receipt.key not in str(submission.model_dump())


def test_a_burst_pipe_is_due_within_hours_by_day_and_night(city):
    receipt = city.report(category_code="SU-02")

    case = city.look(receipt.reference)
    assert (case.due_at - case.received_at).total_seconds() == 4 * 3600


def test_danger_makes_a_case_urgent(city):
    receipt = city.report(category_code="SU-05", answers={"tehlike": ("evet",)})

    assert city.look(receipt.reference).priority in ("urgent", "normal")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"words": "çukur"}, "words"),
        ({"words": "ç" * 20_000}, "words"),
        ({"neighbourhood_code": ""}, "neighbourhood"),
        ({"street": ""}, "street"),
        ({"name": "", "email": "", "phone": ""}, "name"),
        ({"email": "ayse"}, "email"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_what_is_missing_is_named_by_its_field_and_nothing_is_kept(city, facts, field):
    with pytest.raises(Refused) as refused:
        city.report(**facts)

    assert refused.value.field == field
    with city.db.reading() as tx:
        assert tx.connection().exec_driver_sql('SELECT count(*) FROM "case"').scalar() == 0
        assert tx.connection().exec_driver_sql("SELECT count(*) FROM person").scalar() == 0


def test_without_an_address_the_number_on_the_screen_is_the_receipt(city):
    receipt = city.report(is_anonymous=True, name="", email="", phone="")

    letter = city.letters(city.look(receipt.reference))[0]
    assert (letter.channel, letter.state) == ("web", "sent")

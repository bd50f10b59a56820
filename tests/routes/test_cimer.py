"""What came through CİMER keeps CİMER's own day until its answer is entered there."""

from datetime import timedelta

import pytest

from db.queries import clocks
from portal.rules import deadlines
from tests.desk import Office
from tests.web import Browser


def at(office: Office, reference: str) -> Browser:
    return office.browser(office.city.nur, f"/masa/basvuru/{reference}/cimer")


def clock_of(office: Office, reference: str):
    with office.city.db.reading() as tx:
        found = clocks.of_case(tx, office.city.look(reference).id or 0)
    return next(each for each in found if each.kind == "cimer")


def test_cimers_own_day_is_kept_as_it_was_set(office: Office):
    ref = office.city.report().reference
    today = deadlines.local_day(office.city.now)
    browser = at(office, ref)

    browser.send(number="2026-4711", arrived_on=today.isoformat(), due_on=(today + timedelta(days=1)).isoformat())

    clock, case = clock_of(office, ref), office.city.look(ref)
    assert deadlines.local_day(clock.due_at) == today + timedelta(days=1)
    assert (case.legal_type, case.due_at) == ("cimer", min(clock.due_at, case.due_at))
    assert "CİMER'in belirlediği tarih" in at(office, ref).page.words
    assert "CİMER kaydı eklendi" in browser.get(f"/masa/basvuru/{ref}").words


def test_without_a_day_of_its_own_the_towns_term_is_counted(office: Office):
    ref = office.city.report().reference
    today = deadlines.local_day(office.city.now)

    at(office, ref).send(number="2026-4711", arrived_on=today.isoformat())

    assert deadlines.local_day(clock_of(office, ref).due_at) == office.city.town.calendar.working_day_after(today, 14)


def test_once_the_answer_is_entered_cimer_waits_no_more(office: Office):
    ref = office.city.report().reference
    browser = at(office, ref)
    browser.send(number="2026-4711", arrived_on=deadlines.local_day(office.city.now).isoformat())
    browser.get(f"/masa/basvuru/{ref}/cimer")

    browser.send(button="Yanıt CİMER'e girildi")

    assert clock_of(office, ref).state == "stopped"
    assert office.city.look(ref).is_open


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "", "arrived_on": "2026-01-05"}, "number"),
        ({"number": "1", "arrived_on": ""}, "arrived_on"),
        ({"number": "1", "arrived_on": "2039-01-05"}, "arrived_on"),
        ({"number": "1", "arrived_on": "tomorrow"}, "arrived_on"),
        ({"number": "1", "arrived_on": "2026-01-05", "due_on": "2026-01-04"}, "due_on"),
    ],
)
def test_a_record_nobody_can_mean_is_refused_and_kept(office: Office, typed, field):
    browser = at(office, office.city.report().reference)

    page = browser.send(**typed)

    assert page.status == 422
    assert list(page.problems) == [field]
    assert page.form(["number"]).values["arrived_on"] == typed["arrived_on"]

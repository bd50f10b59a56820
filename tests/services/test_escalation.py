"""What is late too long comes before the manager, once for each date."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from db.models import Case, DeskVersion, TownFact
from portal.rules import deadlines
from portal.services import escalation, townbook


def late(city, *, days: int):
    """A case that was due so many days ago."""
    case = city.look(city.report().reference)
    set_due(city, case, deadlines.end_of(deadlines.local_day(city.now) - timedelta(days=days)))
    return city.look(case.reference)


def set_due(city, case, due_at):
    with city.db.transaction() as tx:
        tx.execute(update(Case).where(col(Case.id) == case.id).values(due_at=due_at, due_order=due_at))


def escalate(city):
    return escalation.escalate(city.db, town=city.town, now=city.now)


def told(city, case):
    return [event for event in city.events(case) if event.kind == "escalated"]


def desk_version(city, department_id):
    with city.db.reading() as tx:
        return tx.get_one(DeskVersion, department_id).version


def test_a_case_late_by_more_than_three_working_days_is_escalated(city):
    # Today is Monday 16 November: Tuesday the 10th lies four working days back, Wednesday three.
    tuesday, wednesday = late(city, days=6), late(city, days=5)

    assert escalate(city) == 1

    assert city.look(tuesday.reference).escalated_at == city.now
    assert city.look(wednesday.reference).escalated_at is None


def test_it_is_written_on_the_timeline_for_colleagues_only(city):
    case = late(city, days=20)

    escalate(city)

    [event] = told(city, case)
    assert (event.actor, event.is_public, event.words) == ("system", False, "")
    assert event.facts == {"due": case.due_at.isoformat()}


def test_nobodys_unsaved_words_are_out_of_date_but_open_lists_hear_of_it(city):
    case = late(city, days=20)
    before = desk_version(city, case.department_id)

    escalate(city)

    after = city.look(case.reference)
    assert (after.version, after.changed_at) == (case.version, case.changed_at)
    assert desk_version(city, case.department_id) == before + 1


def test_the_same_date_is_never_escalated_twice(city):
    case = late(city, days=20)

    for _ in range(3):
        escalate(city)
        city.now += timedelta(days=1)

    assert len(told(city, case)) == 1


def test_a_case_whose_date_moved_to_the_future_is_taken_back_and_may_come_again(city):
    case = late(city, days=20)
    escalate(city)

    set_due(city, case, city.now + timedelta(days=1))
    escalate(city)

    assert city.look(case.reference).escalated_at is None
    city.now += timedelta(days=14)
    assert escalate(city) == 1
    assert len(told(city, case)) == 2


def test_waiting_for_the_applicant_does_not_make_the_same_date_new(city):
    case = late(city, days=20)
    escalate(city)

    with city.db.transaction() as tx:
        tx.execute(update(Case).where(col(Case.id) == case.id).values(due_at=None))
    escalate(city)

    assert city.look(case.reference).escalated_at is not None


def test_closed_cases_and_cases_without_a_date_are_left_alone(city):
    closed = city.case("resolved")
    waiting = city.case("waiting")

    city.now += timedelta(days=365)
    escalate(city)

    assert (told(city, closed), told(city, waiting)) == ([], [])


def test_many_are_taken_batch_by_batch(city, monkeypatch):
    monkeypatch.setattr(escalation, "BATCH", 3)
    found = [late(city, days=20 + each) for each in range(7)]

    assert escalate(city) == 7

    assert all(len(told(city, each)) == 1 for each in found)


def test_who_is_told_to_stop_leaves_the_rest_for_another_time(city, monkeypatch):
    monkeypatch.setattr(escalation, "BATCH", 3)
    for each in range(7):
        late(city, days=20 + each)

    done = escalation.escalate(city.db, town=city.town, now=city.now, goes_on=lambda: False)

    assert (done, escalate(city)) == (3, 4)


def test_the_town_says_after_how_many_days(city):
    case = late(city, days=6)
    with city.db.transaction() as tx:
        tx.merge(TownFact(name="term_escalation", words="10"))
    with city.db.reading() as tx:
        city.town = townbook.read(tx)

    assert escalate(city) == 0
    assert told(city, case) == []

"""The sums are what counting the cases one by one finds, whatever was done, by whomever at once."""

import threading
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlmodel import col, select

from db.models import CaseSum, LateClosing
from db.queries import cases, sums
from db.queries.sums import Figures, Place
from portal.rules.lifecycle import Status
from portal.rules.refusal import Refused
from portal.seeding import year
from portal.services import casework, escalation, inbox
from portal.services import sums as service
from portal.services.casework import Move


def kept(city) -> dict[Place, Figures]:
    with city.db.reading() as tx:
        rows = tx.exec(select(CaseSum).where(col(CaseSum.cases) > 0)).all()
    return {
        Place(each.month, each.department_id, each.status): Figures(each.cases, each.answered, each.late)
        for each in rows
    }


def exact(city) -> bool:
    checked = service.check(city.db)
    assert checked.differences == []
    assert checked.wrongly_late == []
    return True


def object_to(city, case) -> None:
    with city.db.transaction() as tx:
        row = cases.get(tx, case.id)
        asked, form_id = cases.submissions(tx, row)[0], f"itiraz-{uuid4()}"
        inbox.add_information(tx, row, asked, "Çukur duruyor.", form_id=form_id, town=city.town, now=city.now)


def give(city, case, department: str) -> None:
    with city.db.transaction() as tx:
        row, to, by = cases.get(tx, case.id), city.department(department), city.nur
        casework.assign(
            tx, row, department_id=to, assignee_id=None, seen=case.version, by=by, town=city.town, now=city.now
        )


def test_a_report_counts_in_the_month_the_town_received_it(city):
    # In Istanbul it is December already.
    city.report(now=datetime(2026, 11, 30, 21, 30, tzinfo=UTC))

    assert kept(city) == {Place(202612, city.department("FEN"), "new"): Figures(1)}
    assert exact(city)


@pytest.mark.parametrize(("moment", "month"), [
    (datetime(2014, 6, 30, 21, 30, tzinfo=UTC), 201407),
    (datetime(2015, 1, 31, 21, 30, tzinfo=UTC), 201501),
    (datetime(2015, 1, 31, 22, 30, tzinfo=UTC), 201502),
])  # fmt: skip
def test_months_know_the_summer_time_the_town_once_had(moment, month):
    assert sums.month_of(moment) == month


def test_a_move_to_another_department_takes_the_case_along(city):
    case = city.case("assigned")
    give(city, case, "PBK")

    assert kept(city) == {Place(202611, city.department("PBK"), "assigned"): Figures(1)}
    assert exact(city)


def test_a_case_closed_in_time_and_answered_counts_as_such(city):
    case = city.case("resolved")
    with city.db.transaction() as tx:
        cases.mark_answered(tx, cases.get(tx, case.id), now=city.now)
        # Noted twice is noted once.
        cases.mark_answered(tx, cases.get(tx, case.id), now=city.now)

    assert kept(city) == {Place(202611, city.department("FEN"), "resolved"): Figures(1, answered=1)}
    assert exact(city)


def test_a_case_closed_after_its_day_is_late_until_it_is_opened_again(city):
    case = city.case("in_progress")
    with city.later(days=90):
        city.move(case.reference, "resolved")
        assert kept(city) == {Place(202611, city.department("FEN"), "resolved"): Figures(1, late=1)}
        assert exact(city)

        city.move(case.reference, "in_progress", reason="Çukur yine açıldı.")

    assert kept(city) == {Place(202611, city.department("FEN"), "in_progress"): Figures(1)}
    assert exact(city)


def test_waiting_for_the_applicant_hides_no_lateness(city):
    case = city.case("in_progress")
    with city.later(days=90):
        city.move(case.reference, "waiting")
        city.move(case.reference, "resolved")

    assert kept(city) == {Place(202611, city.department("FEN"), "resolved"): Figures(1, late=1)}
    assert exact(city)


def test_time_the_applicant_took_makes_nobody_late(city):
    case = city.case("waiting")
    with city.later(days=20):
        city.move(case.reference, "resolved")

    assert [each.late for each in kept(city).values()] == [0]
    assert exact(city)


def test_an_objection_moves_the_case_to_the_centre_and_opens_it(city):
    case = city.case("resolved")
    object_to(city, case)

    (place,) = kept(city)
    assert (place.status, place.department_id) == ("objected", city.town.coordinating_department.id)
    assert exact(city)


def test_an_answer_that_arrives_meanwhile_is_not_lost_when_the_case_is_opened(city):
    case = city.case("resolved")
    with city.db.transaction() as tx:
        seen = cases.get(tx, case.id)
        tx.expunge(seen)
    with city.db.transaction() as tx:
        cases.mark_answered(tx, cases.get(tx, case.id), now=city.now)
    with city.db.transaction() as tx:
        move = Move(Status.IN_PROGRESS, reason="Çukur yine açıldı.")
        casework.change_status(tx, seen, move, seen=seen.version, by=city.nur, town=city.town, now=city.now)

    assert kept(city) == {Place(202611, city.department("FEN"), "in_progress"): Figures(1)}
    assert exact(city)


def test_what_is_refused_counts_nothing(city):
    case = city.case("assigned")
    before = kept(city)
    with pytest.raises(Refused):
        _move_and_give_up(city, case)

    assert kept(city) == before
    assert exact(city)


def _move_and_give_up(city, case) -> None:
    with city.db.transaction() as tx:
        row, move = cases.get(tx, case.id), Move(Status.RESOLVED, reply="Çukur kapatıldı.")
        casework.change_status(tx, row, move, seen=row.version, by=city.nur, town=city.town, now=city.now)
        raise Refused("Vazgeçildi.")


def test_a_difference_is_found_and_mended(city):
    city.case("resolved")
    with city.db.transaction() as tx:
        tx.execute(text("UPDATE case_sum SET cases = cases + 3, late = late + 1 WHERE cases > 0"))
        tx.execute(text("UPDATE case_count SET cases = 0"))

    found = service.check(city.db)
    assert [(each.kept.cases, each.counted.cases) for each in found.differences] == [(0, 1), (4, 1)]

    service.mend(city.db, found)
    assert exact(city)


def test_a_wrong_mark_of_lateness_is_found_and_mended(city):
    in_time, late = city.case("resolved"), late_case(city)
    with city.db.transaction() as tx:
        tx.execute(text("DELETE FROM late_closing"))
        tx.execute(insert(LateClosing).values(case_id=in_time.id))

    found = service.check(city.db)
    assert found.wrongly_late == [in_time.id, late.id]

    service.mend(city.db, found)
    assert exact(city)


def test_work_goes_on_between_the_finding_and_the_mending(city):
    case, other, late = city.case("assigned"), city.case("resolved"), late_case(city)
    with city.db.transaction() as tx:
        tx.execute(text("UPDATE case_sum SET cases = cases + 3, answered = answered - 1 WHERE status = 'assigned'"))
        tx.execute(text("UPDATE case_count SET cases = cases + 2"))
        tx.execute(text("DELETE FROM late_closing"))
        tx.execute(insert(LateClosing).values(case_id=other.id))
    found = service.check(city.db)

    for each in (case, late, other):
        city.move(each.reference, "in_progress", reason="Yeniden bakılacak.")
    city.report()
    give(city, city.look(case.reference), "PBK")

    service.mend(city.db, found)
    assert exact(city)


def late_case(city):
    case = city.case("in_progress")
    with city.later(days=90):
        city.move(case.reference, "resolved")
    return city.look(case.reference)


def test_the_way_up_counts_what_is_there(city):
    year.write(city.db, cases=200, seed=3, end=city.now.date(), secret=city.secret, progress=lambda *_: None)
    case = city.case("in_progress", now=datetime(2014, 6, 30, 21, 30, tzinfo=UTC))
    with city.later(days=90):
        city.move(case.reference, "resolved")
    before = kept(city)

    city.db.downgrade("0002")
    city.db.upgrade()

    assert kept(city) == before
    assert sum(each.late for each in before.values()) > 1
    assert exact(city)


def test_many_at_once_leave_exact_sums(city):
    """Six colleagues and citizens at once: reports, moves, closings, reopenings, objections, escalations."""
    hands = [threading.Thread(target=life, args=(city, seed)) for seed in range(6)]
    for each in hands:
        each.start()
    for each in hands:
        each.join()

    assert sum(each.cases for each in kept(city).values()) == 6 * 8
    assert exact(city)


def life(city, seed: int) -> None:
    """One hand's work, on its own cases and on others'."""
    rng = Random(seed)
    for number in range(8):
        at = city.now - timedelta(days=rng.randrange(70))
        city.report(form_id=f"{seed}-{number}", category_code=rng.choice(["YOL-01", "PRK-02"]), now=at)
        with city.db.reading() as tx:
            found = [row.reference for row in tx.execute(text('SELECT reference FROM "case"'))]
        for reference in rng.sample(found, min(3, len(found))):
            act(city, rng, reference)
    escalation.escalate(city.db, town=city.town, now=city.now + timedelta(days=60))


def act(city, rng: Random, reference: str) -> None:
    case = city.look(reference)
    try:
        if case.status in ("resolved", "declined") and rng.random() < 0.5:
            object_to(city, case)
        elif case.is_open and rng.random() < 0.3:
            give(city, case, rng.choice(["FEN", "PBK"]))
        else:
            to = rng.choice(["in_progress", "resolved", "waiting", "withdrawn"])
            city.move(reference, to, reason="Yeniden bakılacak." if to == "in_progress" else "")
    except Refused:
        pass

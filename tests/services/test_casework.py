import pytest
from sqlmodel import select

from db.models import Callback, CaseCount, DeskVersion
from db.queries import cases, post, queue
from db.queries.queue import Wanted
from portal.rules.lifecycle import Status
from portal.rules.refusal import NotFound, Refused
from portal.services import casework, inbox, outbox
from portal.services.casework import Move, Outdated


def change(city, case, to, *, by=None, seen=None, **owed):
    with city.db.transaction() as tx:
        row = cases.by_reference(tx, case.reference)
        casework.change_status(
            tx,
            row,
            Move(to=Status(to), **owed),
            seen=seen or row.version,
            by=by or city.kemal,
            town=city.town,
            now=city.now,
        )


def test_closing_answers_the_applicant(city):
    case = city.case("in_progress")

    change(city, case, "resolved", reply="Çukur kapatıldı.")

    closed = city.look(case.reference)
    assert (closed.status, closed.is_open, closed.due_at) == ("resolved", False, None)
    assert "Çukur kapatıldı." in city.letters(case)[-1].words
    # The letter has not left yet: resolved, not yet answered.
    assert closed.answered_at is None


def test_closing_without_a_reply_is_refused_at_the_reply(city):
    case = city.case("in_progress")

    with pytest.raises(Refused) as refused:
        change(city, case, "resolved")

    assert refused.value.field == "reply"
    assert city.look(case.reference).status == "in_progress"


def test_an_applicant_with_only_a_phone_is_owed_a_call(city):
    case = city.case("in_progress", email="")

    change(city, case, "resolved", reply="Çukur kapatıldı.")

    with city.db.reading() as tx:
        call = tx.exec(select(Callback)).one()
    assert (call.reason, call.words) == ("no_channel", "Çukur kapatıldı.")
    assert city.look(case.reference).answered_at is None


def test_an_anonymous_applicant_has_the_answer_on_the_web_at_once(city):
    case = city.case("in_progress", is_anonymous=True, name="", phone="", email="")

    change(city, case, "resolved", reply="Çukur kapatıldı.")

    assert city.look(case.reference).answered_at == city.now


def test_a_clerk_of_another_department_does_not_even_find_it(city):
    case = city.case("assigned")

    with pytest.raises(NotFound):
        change(city, case, "in_progress", by=city.deniz)
    with city.db.reading() as tx, pytest.raises(NotFound):
        casework.visible(tx, case.reference, to=city.deniz)


def test_an_operator_sees_but_does_not_move(city):
    case = city.case("assigned")

    with pytest.raises(Refused):
        change(city, case, "in_progress", by=city.hasan)


def test_who_comes_second_is_told_and_changes_nothing(city):
    case = city.case("assigned")
    change(city, case, "in_progress")

    with pytest.raises(Outdated):
        change(city, case, "resolved", seen=case.version, reply="Bitti, kapattık.")

    assert city.look(case.reference).status == "in_progress"


def test_waiting_for_the_citizen_stops_the_clock_until_they_answer(city):
    case = city.case("assigned")
    due = case.due_at

    change(city, case, "waiting", reply="Kapı numarası nedir?")
    assert city.look(case.reference).due_at is None
    with city.later(days=7), city.db.transaction() as tx:
        row = cases.by_reference(tx, case.reference)
        submission = cases.submissions(tx, row)[0]
        inbox.add_information(tx, row, submission, "Numara 12.", form_id="f1", town=city.town, now=city.now)

    back = city.look(case.reference)
    assert back.status == "assigned"
    assert (back.due_at - due).days == 7


def test_the_applicants_answer_sent_twice_is_said_once(city):
    case = city.case("waiting")

    with city.db.transaction() as tx:
        row = cases.by_reference(tx, case.reference)
        submission = cases.submissions(tx, row)[0]
        first = inbox.add_information(tx, row, submission, "Numara 12.", form_id="f1", town=city.town, now=city.now)
        again = inbox.add_information(tx, row, submission, "Numara 12.", form_id="f1", town=city.town, now=city.now)

    assert (first, again) == (True, False)
    assert [event.kind for event in city.events(case)].count("information") == 1


def test_not_solved_brings_a_closed_case_back_with_a_clock_of_its_own(city):
    case = city.case("resolved")

    with city.later(days=3), city.db.transaction() as tx:
        row = cases.by_reference(tx, case.reference)
        submission = cases.submissions(tx, row)[0]
        inbox.add_information(tx, row, submission, "Çukur yeniden açıldı.", form_id="f2", town=city.town, now=city.now)

    objected = city.look(case.reference)
    assert (objected.status, objected.is_open) == ("objected", True)
    # Somebody at the centre looks, not the unit that closed it.
    assert objected.department_id == city.department("BHI")
    assert objected.due_at > city.now


def test_not_ours_goes_to_the_proposed_unit_and_the_second_time_to_the_centre(city):
    case = city.case("assigned")

    change(city, case, "new", reason="Park içinde", department_id=city.department("PBK"))
    assert city.look(case.reference).department_id == city.department("PBK")
    city.move(case.reference, "assigned")
    change(city, case, "new", by=city.deniz, reason="Yol bizde değil", department_id=city.department("FEN"))

    assert city.look(case.reference).department_id == city.department("BHI")


def test_giving_a_new_case_to_a_person_takes_it_on(city):
    case = city.case("new")

    with city.db.transaction() as tx:
        row = cases.by_reference(tx, case.reference)
        casework.assign(
            tx,
            row,
            department_id=row.department_id,
            assignee_id=city.kemal.id,
            seen=row.version,
            by=city.kemal,
            town=city.town,
            now=city.now,
        )

    taken = city.look(case.reference)
    assert (taken.status, taken.assignee_id) == ("assigned", city.kemal.id)


def test_counts_and_versions_follow_every_change(city):
    first, _second = city.case("assigned"), city.case("resolved")
    change(city, first, "in_progress")

    with city.db.reading() as tx:
        kept = {row.status: row.cases for row in tx.exec(select(CaseCount)) if row.cases}
        version = tx.exec(select(DeskVersion.version)).one()
        fen = frozenset({city.department("FEN")})
        assert queue.numbers(tx, Wanted(fen)).counts == kept == {"in_progress": 1, "resolved": 1}
        assert queue.numbers(tx, Wanted(fen, category_id=first.category_id)).counts == kept
    assert version >= 6


@pytest.mark.parametrize("asked", ["ışık", "isik", "IŞIK", "ışıklar", "agac", "ağaçları", "lamba"])
def test_search_meets_every_spelling(city, asked):
    receipt = city.report(words="Sokağımızdaki ışıklar yanmıyor, lambalar ağaçların arasında kalmış.")
    city.report(words="Kaldırım taşları kırık, yürünmüyor.")

    with city.db.reading() as tx:
        found = queue.page(tx, Wanted(None, words=asked), order="newest", after=None, limit=50)

        common = Wanted(None, words=asked, has_common_words=True)
        read = queue.page(tx, common, order="newest", after=None, limit=50)

    assert [row.reference for row in found] == [receipt.reference]
    # However many cases a word is in, it means the same.
    assert read == found


def test_pages_follow_each_other_without_gap_or_repeat(city):
    sent = [city.report().reference for _ in range(23)]

    seen, after = [], None
    with city.db.reading() as tx:
        while True:
            rows = queue.page(tx, Wanted(None), order="newest", after=after, limit=5)
            if not rows:
                break
            seen += [row.reference for row in rows]
            after = (rows[-1].received_at, rows[-1].id)

    assert seen == list(reversed(sent))


def test_who_is_sent_elsewhere_is_told_where(city):
    case = city.case("new", category_code="YOL-07")

    change(city, case, "external", by=city.nur)

    assert "MEDAŞ" in city.letters(case)[-1].words


def test_the_answers_arrival_puts_nobodys_unsaved_note_out_of_date(city):
    case = city.case("in_progress")
    change(city, case, "resolved", reply="Çukur kapatıldı.")
    seen = city.look(case.reference).version

    with city.db.transaction() as tx:
        for letter in post.outgoing_of(tx, case.id):
            letter.state = "sent"
        tx.flush()
        outbox.settle(tx, cases.by_reference(tx, case.reference), now=city.now)

    answered = city.look(case.reference)
    assert (answered.answered_at, answered.version) == (city.now, seen)

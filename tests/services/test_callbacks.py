from datetime import timedelta

import pytest
from sqlmodel import select

from db.models import Callback, Case
from portal.rules.refusal import NotFound, Refused
from portal.services import callbacks
from tests.cast import City


def owed(city: City) -> Callback:
    """Ayşe has only a telephone, and her case is closed."""
    city.case("resolved", email="")
    with city.db.reading() as tx:
        return tx.exec(select(Callback)).one()


def finish(city: City, call: Callback, outcome: str = "Aradım, teşekkür etti.", *, by=None) -> None:
    with city.db.transaction() as tx:
        callbacks.finish_call(tx, call, outcome, by=by or city.kemal, now=city.now + timedelta(hours=1))


def test_a_call_that_was_made_answers_the_applicant(city: City):
    call = owed(city)

    finish(city, call)

    with city.db.reading() as tx:
        made = tx.get_one(Callback, call.id)
    assert (made.done_at, made.done_by_id, made.outcome) == (
        city.now + timedelta(hours=1),
        city.kemal.id,
        "Aradım, teşekkür etti.",
    )
    assert _case(city, call).answered_at == city.now + timedelta(hours=1)


def test_a_call_is_on_the_timeline_for_colleagues_only(city: City):
    call = owed(city)

    finish(city, call)

    event = city.events(_case(city, call))[-1]
    assert (event.kind, event.by_id, event.words, event.is_public) == (
        "call",
        city.kemal.id,
        "Aradım, teşekkür etti.",
        False,
    )


def test_an_operator_may_make_the_call(city: City):
    finish(city, owed(city), by=city.hasan)


def test_a_clerk_of_another_department_does_not_find_it(city: City):
    with pytest.raises(NotFound):
        finish(city, owed(city), by=city.deniz)


@pytest.mark.parametrize("outcome", ["", "   ", "x" * 301])
def test_an_outcome_is_owed_and_short(city: City, outcome: str):
    with pytest.raises(Refused) as refused:
        finish(city, owed(city), outcome)

    assert refused.value.field == "outcome"


def test_who_records_the_same_call_second_is_told(city: City):
    call = owed(city)
    finish(city, call)

    with pytest.raises(Refused):
        finish(city, call, by=city.nur)


def _case(city: City, call: Callback) -> Case:
    with city.db.reading() as tx:
        return tx.get_one(Case, call.case_id)

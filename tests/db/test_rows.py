"""Rows written the short way are rows like any other."""

from sqlmodel import select

from db import rows
from db.models import Case, Person
from db.queries import cases


def test_a_stored_row_has_its_key_and_can_be_changed(city):
    with city.db.transaction() as tx:
        person = rows.put(tx, Person(name="Ayşe", created_at=city.now))
        person.name = "Ayşe Yılmaz"

    with city.db.reading() as tx:
        assert tx.get_one(Person, person.id).name == "Ayşe Yılmaz"


def test_rows_stored_together_have_their_own_keys(city):
    with city.db.transaction() as tx:
        people = [Person(name=str(number), created_at=city.now) for number in range(20)]
        rows.put_all(tx, people)

    with city.db.reading() as tx:
        stored = {each.id: each.name for each in tx.exec(select(Person))}
    assert [stored[each.id] for each in people] == [str(number) for number in range(20)]


def test_what_was_changed_before_is_there_before(city):
    with city.db.transaction() as tx:
        person = Person(name="Ayşe", created_at=city.now)
        tx.add(person)
        rows.append(tx, [Person(name="Fatma", created_at=city.now)])

        assert [each.name for each in tx.exec(select(Person).order_by(Person.id))] == ["Ayşe", "Fatma"]


def test_a_number_that_is_taken_is_not_given_twice(city):
    first = city.case()
    copy = Case(**{name: value for name, value in first.model_dump().items() if name != "id"})

    with city.db.transaction() as tx:
        assert cases.add(tx, copy, words="") is False

    with city.db.reading() as tx:
        assert len(tx.exec(select(Case.id)).all()) == 1

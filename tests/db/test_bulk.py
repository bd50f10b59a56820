"""Rows written in bulk are the rows that the models would have written."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from db import bulk
from db.engine import Database
from db.models import Draft, Person

AT = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=UTC)


def test_a_row_reads_the_same_however_it_was_written(db: Database) -> None:
    with db.transaction() as tx:
        tx.add(Draft(token_hash="a", form_id="a", fields={"words": "çukur\t\\N"}, created_at=AT, changed_at=AT))
    with db.transaction() as tx:
        (key,) = bulk.reserve(tx, Draft, 1)
        row = {"id": key, "token_hash": "b", "form_id": "b", "fields": {"words": "çukur\t\\N"}, "created_at": AT}
        bulk.insert(tx, Draft, [{**row, "changed_at": AT}])

    with db.reading() as tx:
        one, other = tx.exec(select(Draft).order_by(Draft.id)).all()
    assert one.model_dump(exclude={"id", "token_hash", "form_id"}) == other.model_dump(
        exclude={"id", "token_hash", "form_id"}
    )


def test_moments_written_both_ways_stand_in_one_order(db: Database) -> None:
    with db.transaction() as tx:
        tx.add(Person(name="Ayşe", created_at=AT))
    with db.transaction() as tx:
        (key,) = bulk.reserve(tx, Person, 1)
        bulk.insert(tx, Person, [{"id": key, "name": "Ali", "created_at": AT}])

    with db.reading() as tx:
        assert set(tx.exec(select(Person.name).where(Person.created_at == AT))) == {"Ayşe", "Ali"}


def test_reserved_keys_are_never_given_out_again(db: Database) -> None:
    with db.transaction() as tx:
        first = list(bulk.reserve(tx, Person, 3))
        bulk.insert(tx, Person, [{"id": key, "created_at": AT} for key in first])
        second = list(bulk.reserve(tx, Person, 2))
        bulk.insert(tx, Person, [{"id": key, "created_at": AT} for key in second])
        person = Person(created_at=AT)
        tx.add(person)
        tx.flush()

    keys = [*first, *second, person.id]
    assert keys == sorted(set(keys))


def test_rows_changed_in_bulk_are_changed_and_no_others(db: Database) -> None:
    with db.transaction() as tx:
        keys = list(bulk.reserve(tx, Person, 3))
        bulk.insert(tx, Person, [{"id": key, "name": "Ayşe", "created_at": AT} for key in keys])

    later = AT + timedelta(days=1)
    with db.transaction() as tx:
        changed = [{"id": key, "name": f"Ayşe \\N {key}", "created_at": later} for key in keys[:2]]
        bulk.update(tx, Person, changed)
        bulk.update(tx, Person, [])

    with db.reading() as tx:
        found = tx.exec(select(Person).order_by(Person.id)).all()
        assert tx.exec(select(Person.id).where(bulk.among(tx, Person.id, keys[1:]))).all() == keys[1:]
        assert tx.exec(select(Person.id).where(bulk.among(tx, Person.id, []))).all() == []
    assert [(each.name, each.created_at) for each in found] == [
        (f"Ayşe \\N {keys[0]}", later),
        (f"Ayşe \\N {keys[1]}", later),
        ("Ayşe", AT),
    ]

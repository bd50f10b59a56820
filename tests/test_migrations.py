from threading import Thread
from time import sleep

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel, select

import db.models  # noqa: F401  (declares the tables)
from db.engine import MIGRATIONS, revisions
from db.models import StaffSession

# The search beside the cases is made by hand, differently on each engine.
BY_HAND = ("case_search", "case_fts")


def test_the_migrations_make_what_the_models_say(empty_db):
    empty_db.upgrade()

    with empty_db.engine.connect() as connection:
        found = compare_metadata(_context(connection), SQLModel.metadata)

    differences = [each for each in found if not isinstance(each, list)]
    assert differences == []


def test_the_tables_of_this_release_are_known_without_running_anything(empty_db):
    files = list((MIGRATIONS / "versions").glob("*.py"))
    empty_db.upgrade()

    assert len(revisions()) == len(files), "The revisions must follow one another in one line"
    assert empty_db.revision() == revisions()[-1]
    assert empty_db.is_up_to_date()


def test_the_way_back_leaves_nothing(empty_db):
    empty_db.upgrade()

    empty_db.downgrade("base")

    assert set(inspect(empty_db.engine).get_table_names()) <= {"alembic_version"}
    empty_db.upgrade()
    assert "case" in inspect(empty_db.engine).get_table_names()


def test_administrators_who_are_signed_in_are_led_to_the_second_step(empty_db):
    empty_db.upgrade("0002")
    with empty_db.engine.begin() as connection:
        for key, role in ((1, "administrator"), (2, "clerk")):
            connection.exec_driver_sql(
                "INSERT INTO clerk (id, email, name, role, password_hash, is_active, created_at) VALUES"
                f" ({key}, '{role}', '', '{role}', '', (1 = 1), '2026-11-16 07:00:00')"
            )
            connection.exec_driver_sql(
                "INSERT INTO staff_session (token_hash, clerk_id, created_at, seen_at, address, agent) VALUES"
                f" ('{key}', {key}, '2026-11-16 07:00:00', '2026-11-16 07:00:00', '', '')"
            )

    empty_db.upgrade()

    with empty_db.reading() as tx:
        ended = {each.clerk_id: each.ended_at is not None for each in tx.exec(select(StaffSession))}
    assert ended == {1: True, 2: False}


def _context(connection):
    def include(name, kind, _parents):
        return not (kind == "table" and name.startswith(BY_HAND))

    # Whether a long text is called TEXT or VARCHAR is each engine's own affair.
    return MigrationContext.configure(connection, opts={"include_name": include, "compare_type": False})


def test_a_migration_waits_for_a_long_reader_without_holding_up_the_others(postgresql_store):
    with postgresql_store.empty() as db:
        db.upgrade("0002")
        reader = db.engine.connect()
        reader.exec_driver_sql('SELECT 1 FROM "case"')
        waiting = Thread(target=db.downgrade, args=("0001",))
        waiting.start()

        with db.engine.connect() as other:
            for _ in range(30):
                other.exec_driver_sql("SET LOCAL statement_timeout = '5s'")
                other.exec_driver_sql('SELECT 1 FROM "case"')
                other.rollback()
                sleep(0.05)
        reader.close()
        waiting.join()

        assert db.revision() == "0001"

"""How often writing asks the database: a number that grows unseen is paid for by everybody who waits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from db.engine import Database
from tests.desk import Office


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Every statement the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_sending_a_report_takes_few_statements(office: Office):
    """Who asks, the form, and one statement for each table that is written."""
    citizen = office.stranger()
    citizen.get("/bildir")
    citizen.send(words="Okulun önündeki yolda derin bir çukur var.", category="YOL-06", form="/bildir")
    citizen.send(neighbourhood="tacin", street="4516. Sokak")
    while citizen.page.path not in ("/bildir/kim", "/bildir/ozet"):
        citizen.send()
    citizen.send(name="Ayşe Yılmaz", email="ayse@ornek.com.tr", phone="0532 123 45 67")

    with counted(office.client.app.state.db) as asked:
        citizen.send(form="/bildir/ozet")

    assert citizen.page.path.startswith("/alindi/")
    sent = asked[: next(place for place, each in enumerate(asked) if each.startswith("UPDATE draft")) + 1]
    assert len(sent) <= 16, "\n".join(sent)


def test_closing_a_case_takes_few_statements(office: Office):
    city = office.city
    case = city.case("in_progress")

    with counted(city.db) as asked:
        city.move(case.reference, "resolved")

    assert len(asked) <= 18, "\n".join(asked)


def test_the_report_asks_twice(office: Office):
    """Two statements tell who asks."""
    office.city.case("resolved")
    nur = office.browser(office.city.nur)

    with counted(office.client.app.state.db) as asked:
        nur.get("/masa/rapor/birimler")

    assert len(asked) <= 4, "\n".join(asked)

"""Fifteen thousand real records: every one comes in, once, and lies where colleagues look for it."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, func, select

from db.engine import Database
from db.models import Case, CaseCount, CaseEvent, Clock, ClockEntry, Outgoing, SourceRecord, Submission
from db.queries import queue, sums
from portal import clock, importing
from tests.cast import City
from tests.desk import Office, count_in
from tests.web import open_portal

FILE = Path(__file__).parents[3] / "shared" / "data" / "311-boston-2011.csv"
MAP = Path(importing.__file__).parents[1] / "data" / "maps" / "boston-311.toml"
TABLES: tuple[type[SQLModel], ...] = (
    Case,
    Submission,
    CaseEvent,
    Clock,
    ClockEntry,
    Outgoing,
    SourceRecord,
    CaseCount,
)

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason="the 15,000 real records of Boston lie beside the checkout, not in it"
)


class Boston:
    """The file, taken over into a database of its own."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        # What is rejected is told in a file beside the records.
        self.file = Path(shutil.copy(FILE, folder))
        self.outcome = self.take_over()

    def take_over(self) -> importing.Outcome:
        return importing.run(self.db, self.file, MAP, progress=lambda _done, _total: None)

    def records(self) -> list[dict[str, str]]:
        with self.file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def boston(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boston]:
    """The records are taken over once on each engine; no test here changes them."""
    with request.getfixturevalue(f"{request.param}_store").fresh() as db:
        yield Boston(db, tmp_path_factory.mktemp("boston"))


def test_every_record_comes_in(boston: Boston) -> None:
    assert str(boston.outcome) == "15000 new, 0 already here, 0 rejected"


def test_open_and_closed_are_as_many_as_in_the_file(boston: Boston) -> None:
    told = Counter(record["case_status"] for record in boston.records())

    with boston.db.reading() as tx:
        by_status = queue.numbers(tx, queue.Wanted(departments=None, statuses=())).counts

    assert told == {"Open": 1_008, "Closed": 13_992}
    assert by_status["new"] == told["Open"]
    assert by_status["resolved"] + by_status["declined"] == told["Closed"]


def test_who_was_answered_in_the_file_was_answered_then(boston: Boston) -> None:
    with boston.db.reading() as tx:
        answered = select(func.count()).select_from(Case).where(Case.answered_at == Case.closed_at)
        assert tx.exec(answered).one() == 13_992
        assert tx.exec(select(func.count()).where(col(Outgoing.id).is_not(None))).one() == 0


def test_the_kept_counts_equal_a_recount(boston: Boston) -> None:
    with boston.db.reading() as tx:
        assert sums.differences(tx) == []
        assert sums.wrongly_late(tx) == []


def test_the_open_ones_sit_in_the_queues_of_departments(boston: Boston) -> None:
    with boston.db.reading() as tx:
        everywhere = tx.exec(select(Case.department_id, func.count()).where(Case.is_open).group_by(Case.department_id))
        expected = dict(everywhere.all())
        counted = {key: queue.numbers(tx, queue.Wanted(departments=frozenset({key}))).counts["new"] for key in expected}

    assert counted == expected
    assert len(expected) > 1
    assert sum(expected.values()) == 1_008


def test_a_second_import_changes_nothing(boston: Boston) -> None:
    before = _everything(boston.db)

    outcome = boston.take_over()

    assert str(outcome) == "0 new, 15000 already here, 0 rejected"
    assert _everything(boston.db) == before


def _everything(db: Database) -> list[int]:
    """A fingerprint of every row."""
    with db.reading() as tx:
        return [hash(tuple(map(repr, tx.exec(select(table)).all()))) for table in TABLES]


# The last one, for the colleagues it brings stay.
def test_colleagues_see_them_at_the_desk(boston: Boston, tmp_path: Path) -> None:
    city = City(boston.db)
    city.now = clock.now()

    with open_portal(boston.db, tmp_path) as client:
        page = Office(city, client, tmp_path).browser(city.nur).page

    assert count_in(page, "Açık") == 1_008
    assert "Sonraki sayfa" in page.words

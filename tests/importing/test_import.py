"""Taking over another system's records: the good ones once, the bad ones told, nothing by halves."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from db.engine import Database
from db.models import Case, CaseCount, CaseEvent, Clock, ClockEntry, Outgoing, SourceRecord, Submission
from db.queries import cases, queue, sums
from db.queries import clocks as stored_clocks
from portal import importing
from portal.importing import takeover
from portal.importing.complaints import CannotImport

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

MAP = """
source = "eski-masa"
[dates]
formats = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
zone = "Europe/Istanbul"
[columns]
external_id = "no"
received = "gelis"
due = "son"
closed = "kapanis"
words = "konu"
neighbourhood = "mahalle"
street = "sokak"
closing_words = "cevap"
[[status.by]]
column = "durum"
values = { "Açık" = "new", "İşlemde" = "in_progress", "Kapalı" = "resolved" }
[category]
default = "IDR-09"
[[category.by]]
column = "konu"
values = { "Yol çukuru" = "YOL-01" }
[closing.default]
status = "resolved"
words = "Kayıt kapatılmıştır."
"""
COLUMNS = "no;gelis;son;kapanis;durum;konu;mahalle;sokak;cevap"
OPEN_ROW = "1;01.03.2026 10:00;05.03.2026;;Açık;Yol çukuru;Yunus Emre;Lale Sokak;"
DONE_ROW = "2;02.03.2026 10:00;;04.03.2026 12:30;Kapalı;Ağaç dalı;Eski Mahalle;;Budama yapılmıştır."


class Desk:
    """A folder with a map and a file, imported into a database."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.file, self.map = db, folder / "kayitlar.csv", folder / "harita.toml"
        self.map.write_text(MAP, "utf-8")
        self.steps: list[tuple[int, int]] = []

    def write(self, *rows: str, columns: str = COLUMNS, encoding: str = "utf-8") -> None:
        self.file.write_bytes("\r\n".join((columns, *rows, "")).encode(encoding))

    def run(self) -> importing.Outcome:
        return importing.run(self.db, self.file, self.map, progress=self.note, now=NOW)

    def note(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    def rejected(self) -> list[dict[str, str]]:
        file = self.file.with_suffix(".rejected.csv")
        if not file.exists():
            return []
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines, delimiter=";"))

    def cases(self) -> list[Case]:
        with self.db.reading() as tx:
            return list(tx.exec(select(Case).order_by(Case.id)))

    def case_of(self, external_id: str) -> Case:
        with self.db.reading() as tx:
            record = tx.exec(select(SourceRecord).where(SourceRecord.external_id == external_id)).one()
            return tx.exec(select(Case).where(Case.id == record.case_id)).one()


@pytest.fixture
def desk(db: Database, tmp_path: Path) -> Desk:
    return Desk(db, tmp_path)


def test_an_open_record_sits_in_its_departments_queue_with_the_date_it_was_promised(desk: Desk) -> None:
    desk.write(OPEN_ROW)

    outcome = desk.run()

    (case,) = desk.cases()
    assert str(outcome) == "1 new, 0 already here, 0 rejected"
    assert (case.status, case.is_open, case.street) == ("new", True, "Lale Sokak")
    assert case.received_at == datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
    assert case.due_at == datetime(2026, 3, 4, 21, 0, tzinfo=UTC)
    with desk.db.reading() as tx:
        wanted = queue.Wanted(departments=frozenset({case.department_id}))
        assert [row.id for row in queue.page(tx, wanted, order="due", after=None, limit=50)] == [case.id]
        assert queue.numbers(tx, wanted).counts == {"new": 1}
        (clock,) = stored_clocks.of_case(tx, case.id or 0)
        assert (clock.kind, clock.basis, clock.state, clock.due_at) == ("service", "source", "running", case.due_at)


def test_a_finished_record_keeps_its_answer_and_the_moments_of_its_history(desk: Desk) -> None:
    desk.write(DONE_ROW)

    desk.run()

    (case,) = desk.cases()
    closed = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    assert (case.status, case.is_open, case.due_at) == ("resolved", False, None)
    assert (case.closed_at, case.answered_at, case.status_since) == (closed, closed, closed)
    with desk.db.reading() as tx:
        opened, ended = cases.events(tx, case)
        assert (opened.kind, opened.at, opened.status_to) == ("opened", case.received_at, "new")
        assert (ended.at, ended.status_from, ended.status_to) == (closed, "new", "resolved")
        assert ended.words == "Budama yapılmıştır."
        assert ended.is_public
        assert {clock.state for clock in stored_clocks.of_case(tx, case.id or 0)} == {"stopped"}
        assert {clock.kind for clock in stored_clocks.of_case(tx, case.id or 0)} == {"service", "legal"}
        assert tx.exec(select(func.count()).select_from(Outgoing)).one() == 0


def test_a_record_with_work_under_way_says_so_in_its_timeline(desk: Desk) -> None:
    desk.write(OPEN_ROW.replace("Açık", "İşlemde"))

    desk.run()

    (case,) = desk.cases()
    with desk.db.reading() as tx:
        assert [event.status_to for event in cases.events(tx, case)] == ["new", "in_progress"]
    assert case.version == 2


def test_a_quarter_the_town_does_not_have_is_kept_in_the_description_of_the_place(desk: Desk) -> None:
    desk.write(OPEN_ROW, DONE_ROW)

    desk.run()

    known, unknown = desk.case_of("1"), desk.case_of("2")
    assert known.neighbourhood_id is not None
    assert known.place_note == ""
    assert unknown.neighbourhood_id is None
    assert unknown.place_note == "Eski Mahalle"


def test_imported_cases_are_found_by_their_words_and_by_their_old_number(desk: Desk) -> None:
    desk.write(OPEN_ROW.replace("1;01", "ESKI77;01"), DONE_ROW)

    desk.run()

    assert found(desk.db, "cukurlar") == [desk.case_of("ESKI77").id]
    assert found(desk.db, "eski77") == [desk.case_of("ESKI77").id]


def test_a_second_import_changes_nothing(desk: Desk) -> None:
    desk.write(OPEN_ROW, DONE_ROW)
    desk.run()
    before = everything(desk.db)

    outcome = desk.run()

    assert str(outcome) == "0 new, 2 already here, 0 rejected"
    assert everything(desk.db) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1254", "iso-8859-9"])
def test_the_letters_arrive_whole_whatever_the_encoding(desk: Desk, encoding: str) -> None:
    desk.write(OPEN_ROW.replace("Lale Sokak", "Şehit Iğdırlı Öğretmen Sokağı"), encoding=encoding)

    desk.run()

    assert desk.cases()[0].street == "Şehit Iğdırlı Öğretmen Sokağı"


def test_a_map_that_names_the_wrong_encoding_is_told_so(desk: Desk) -> None:
    desk.map.write_text('encoding = "utf-8"\n' + MAP, "utf-8")
    desk.write(DONE_ROW, OPEN_ROW, encoding="windows-1254")
    with pytest.raises(CannotImport, match="line 2 is not"):
        desk.run()

    desk.map.write_text('encoding = "windows-1254"\n' + MAP, "utf-8")
    desk.write(DONE_ROW, OPEN_ROW, encoding="utf-8")
    with pytest.raises(CannotImport, match="but it is UTF-8"):
        desk.run()

    desk.write(DONE_ROW, encoding="utf-16")
    with pytest.raises(CannotImport, match="UTF-16"):
        desk.run()


def test_commas_and_quotes_are_read_as_well(desk: Desk) -> None:
    row = '1,01.03.2026 10:00,,,Açık,"Yol çukuru, ""derin""\r\nve geniş",Tacin,,'
    desk.write(row, columns=COLUMNS.replace(";", ","))

    desk.run()

    with desk.db.reading() as tx:
        assert tx.exec(select(Submission.words)).one() == 'Yol çukuru, "derin"\r\nve geniş'


def test_bad_rows_stay_outside_with_their_line_and_the_reason(desk: Desk) -> None:
    desk.write(
        OPEN_ROW,
        '3;02.03.2026;;;Açık;"iki\nsatır";;;',
        "4;32.03.2026;;;Açık;Gürültü;;;",
        "5;02.03.2026;;;Belirsiz;Gürültü;;;",
        "6;02.03.2026;;;Kapalı;Gürültü;;;",
        "7;02.03.2026;;01.03.2026;Kapalı;Gürültü;;;",
        "8;02.03.2026;;;Açık",
        ";02.03.2026;;;Açık;Gürültü;;;",
        "9;;;;Açık;Gürültü;;;",
        "10;02.03.2027;;;Açık;Gürültü;;;",
        "11;02.03.2026;;;Açık;;;;",
        "1;02.03.2026;;;Açık;Gürültü;;;",
        DONE_ROW,
    )

    outcome = desk.run()

    assert (outcome.new, outcome.rejected) == (3, 10)
    assert {row["line"]: row["reason"] for row in desk.rejected()} == {
        "5": "this date cannot be read: 32.03.2026",
        "6": "the map does not know this status: durum = 'Belirsiz'",
        "7": "the record is closed but has no closing date",
        "8": "it was closed before it was received",
        "9": "there are 5 columns instead of 9",
        "10": "the record has no number",
        "11": "the date of receipt is empty",
        "12": "the date of receipt is not between 1990 and today: 2027-03-01",
        "13": "the subject and the words are empty",
        "14": "the same record number is on line 2: 1",
    }
    assert desk.rejected()[0]["konu"] == "Gürültü"
    assert all(row["neden"] for row in desk.rejected())


def test_mended_rows_come_in_with_the_same_map(desk: Desk) -> None:
    desk.write(OPEN_ROW, "4;32.03.2026;;;Açık;Gürültü;;;")
    desk.run()
    rejected = desk.file.with_suffix(".rejected.csv")
    mended = rejected.read_text("utf-8-sig").replace("32.03.2026", "30.03.2026")

    desk.file.write_text(mended, "utf-8")
    outcome = desk.run()

    assert str(outcome) == "1 new, 0 already here, 0 rejected"
    assert not rejected.exists()


def test_a_broken_quote_names_its_line_and_nothing_is_taken_over(desk: Desk) -> None:
    desk.write(OPEN_ROW, '3;02.03.2026;;;Açık;"Kapanmayan;;;', DONE_ROW)

    with pytest.raises(CannotImport, match="begins on line 3"):
        desk.run()

    assert desk.cases() == []


def test_ctrl_c_between_batches_leaves_whole_batches_and_the_next_run_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "BATCH", 2)
    desk.write(*(f"{number};02.03.2026;;;Açık;Gürültü;;;" for number in range(7)))

    def stop_in_the_third_batch(done: int, total: int) -> None:
        if (done, total) == (4, 7):
            raise KeyboardInterrupt

    with pytest.raises(importing.Stopped, match="4 new records were taken over"):
        importing.run(desk.db, desk.file, desk.map, progress=stop_in_the_third_batch, now=NOW)
    assert len(desk.cases()) == 4
    assert counts_are_right(desk.db)

    assert str(desk.run()) == "3 new, 4 already here, 0 rejected"
    assert counts_are_right(desk.db)
    assert desk.steps[-1] == (7, 7)


def test_a_batch_that_fails_leaves_nothing_of_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(OPEN_ROW, DONE_ROW)

    def stop(tx: Session, department_ids: set[int]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sums, "touch", stop)
    with pytest.raises(importing.Stopped, match="0 new records"):
        desk.run()

    with desk.db.reading() as tx:
        for table in (Case, Submission, CaseEvent, Clock, ClockEntry, SourceRecord, CaseCount):
            assert tx.exec(select(func.count()).select_from(table)).one() == 0


@pytest.mark.parametrize(
    ("word", "instead", "complaint"),
    [
        ('"YOL-01"', '"YOL-99"', "category cannot have: 'YOL-99'"),
        ('"new"', '"planned"', "status cannot have: 'planned'"),
        ("Europe/Istanbul", "Europe/Aksaray", "dates.zone"),
        ('"sokak"', '"cadde"', "the file does not have: cadde"),
        ("source =", "sourse =", "unknown word: sourse"),
        ("[dates]", "[dates", "The map cannot be read"),
        ("[closing.default]", "[closing.defalt]", "unknown word: closing.defalt"),
    ],
)
def test_a_faulty_map_is_told_by_the_faulty_word(desk: Desk, word: str, instead: str, complaint: str) -> None:
    desk.map.write_text(MAP.replace(word, instead), "utf-8")
    desk.write(OPEN_ROW)

    with pytest.raises(CannotImport, match=complaint):
        desk.run()

    assert desk.cases() == []


def test_text_nobody_can_see_is_left_out(desk: Desk) -> None:
    desk.write(OPEN_ROW.replace("Lale Sokak", "Lale\x00 \u202eSokak\x07"))

    desk.run()

    assert desk.cases()[0].street == "Lale Sokak"


def found(db: Database, words: str) -> list[int | None]:
    wanted = queue.Wanted(departments=None, statuses=(), words=words)
    with db.reading() as tx:
        return [row.id for row in queue.page(tx, wanted, order="newest", after=None, limit=50)]


def everything(db: Database) -> list[tuple[object, ...]]:
    with db.reading() as tx:
        tables = (Case, Submission, CaseEvent, Clock, ClockEntry, SourceRecord, CaseCount)
        return [tuple(row.model_dump().values()) for table in tables for row in tx.exec(select(table))]


def counts_are_right(db: Database) -> bool:
    counted = select(Case.department_id, Case.status, func.count()).group_by(Case.department_id, Case.status)
    with db.reading() as tx:
        kept = {(each.department_id, each.status): each.cases for each in tx.exec(select(CaseCount))}
        return kept == {(department, status): number for department, status, number in tx.exec(counted)}

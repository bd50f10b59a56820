"""Every stored date follows from its ledger: after a busy life nothing is found that the entries do not say."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from db.engine import Database
from db.models import CalendarEdition, Case, Clock, ClockEntry, Duty
from db.queries import calendars as editions
from db.queries import cases
from db.queries import clocks as stored
from db.queries.cases import NO_DUE
from portal import opening
from portal.rules import deadlines, ledger, lifecycle
from portal.rules.deadlines import Calendar
from portal.rules.permissions import Actor
from portal.seeding import demo, year
from portal.services import calendar_changes, calendars, clocks, inbox, recount, townbook
from portal.services.accounts import SignedIn
from portal.services.calendar_changes import Change, DayOff
from tests.cast import NOW, SECRET, City

LEAVE = date(2026, 11, 18)


def differences(db: Database) -> list[str]:
    """Everything stored that its ledger does not say; none, if all is well."""
    with db.reading() as tx:
        book = _Book(tx)
        return [*book.clocks(), *book.cases(), *book.duties()]


class _Book:
    """All clocks with their ledgers, read once."""

    def __init__(self, tx: Session) -> None:
        self._tx = tx
        self._clocks = tx.exec(select(Clock).order_by(Clock.id)).all()
        self._ledgers = stored.entries(tx, self._clocks)
        self._duties = tx.exec(select(Duty)).all()
        self._calendars = {each.id: calendars.calendar_of(each) for each in tx.exec(select(CalendarEdition))}

    def clocks(self) -> Iterator[str]:
        for clock in self._clocks:
            limit, lines = clocks.limit_of(clock), self._ledgers[clock.id or 0]
            if not lines:
                yield f"clock {clock.id} has no ledger"
                continue
            for number, line in enumerate(lines, start=1):
                found = ledger.reckon(limit, lines[:number], self._calendar(line)).due.at
                if found != line.due_at:
                    yield f"clock {clock.id}, {number}. {line.act}: {line.due_at} is written, {found} follows"
            last = ledger.reckon(limit, lines, self._calendar(lines[-1]))
            written = (clock.due_at, clock.state, clock.started_at)
            if written != (last.due.at, last.state, last.began):
                yield f"clock {clock.id}: {written} is stored, {last.due.at, last.state, last.began} follows"

    def cases(self) -> Iterator[str]:
        running, owed = _by_case(self._clocks), _by_case(self._duties)
        for case in self._tx.exec(select(Case)):
            want = clocks.nearest(
                running.get(case.id or 0, []), owed.get(case.id or 0, []), case.status, case.legal_type
            )
            if (case.due_at, case.due_kind) != (want["due_at"], want["due_kind"]):
                yield f"case {case.id} ({case.status}): {case.due_at} {case.due_kind} is stored, {want} follows"
            if case.due_order != (case.due_at or NO_DUE):
                yield f"case {case.id} is sorted by {case.due_order}, and due at {case.due_at}"

    def duties(self) -> Iterator[str]:
        due = {each.id: each.due_at for each in self._clocks}
        for duty in self._duties:
            if duty.done_at is not None:
                continue
            if duty.value is None:
                want = due[duty.clock_id]
            else:
                calendar = self._calendars[duty.edition_id]
                want = deadlines.due(duty.opened_at, duty.value, duty.unit, calendar).at  # type: ignore[arg-type]
            if duty.due_at != want:
                yield f"duty {duty.id} ({duty.kind}): {duty.due_at} is stored, {want} follows"

    def _calendar(self, line: ClockEntry) -> Calendar:
        return self._calendars[line.edition_id]


def _by_case(rows: list[Clock] | list[Duty]) -> dict[int, list]:
    found: dict[int, list] = {}
    for each in rows:
        found.setdefault(each.case_id, []).append(each)
    return found


def change_calendar(db: Database, change: Change, by: Actor, now: datetime) -> None:
    """An administrator changes the calendar, and the worker counts every date anew."""
    with db.transaction() as tx:
        seen = editions.newest_id(tx) or 0
        calendar_changes.apply(tx, change, seen=seen, reason="Karar", by=by, now=now)
    while True:
        with db.transaction() as tx:
            if not recount.step(tx, now=now, limit=40):
                return


def read_town(city: City) -> None:
    """The town's pages count on the newest calendar."""
    with city.db.reading() as tx:
        city.town = townbook.read(tx)


def say(city: City, case: Case, words: str, form: str) -> None:
    """The applicant writes."""
    with city.db.transaction() as tx:
        row = cases.get(tx, case.id or 0)
        submission = cases.submissions(tx, row)[0]
        inbox.add_information(tx, row, submission, words, form_id=form, town=city.town, now=city.now)


def owe_something(city: City, case: Case) -> None:
    with city.db.transaction() as tx:
        row = cases.get(tx, case.id or 0)
        clock = stored.of_case(tx, case.id or 0)[-1]
        clocks.owe(tx, row, clocks.EXTENSION_NOTICE, clock=clock, now=city.now)
        clocks.owe(tx, row, clocks.FEE, value=7, unit="working_days", calendar=city.town.calendar, now=city.now)
        cases.change(tx, row, seen=row.version, now=city.now, **clocks.due_of(tx, row))


def extend(city: City, case: Case) -> None:
    with city.db.transaction() as tx:
        row = cases.get(tx, case.id or 0)
        clock = stored.of_case(tx, case.id or 0)[-1]
        clocks.write(tx, clock, "extended", calendar=city.town.calendar, now=city.now, value=15, by=city.kemal)
        cases.change(tx, row, seen=row.version, now=city.now, **clocks.due_of(tx, row))


@pytest.mark.parametrize("category", ["YOL-01", "SU-01", "TEM-01"])
def test_a_busy_life_leaves_no_date_that_its_ledger_does_not_say(city: City, category: str):
    facts = {"category_code": category}
    opened = [city.case(status, **facts) for status in ("new", "assigned", "in_progress", "planned", "external")]
    waiting = [city.case("waiting", **facts) for _ in range(2)]
    done = [city.case(status, **facts) for status in ("resolved", "declined", "withdrawn")]
    owe_something(city, opened[1])
    extend(city, opened[2])
    assert differences(city.db) == []
    city.now += timedelta(hours=3)

    change_calendar(city.db, Change(added=DayOff(LEAVE, "full", "İdari izin")), city.selin, city.now)
    assert differences(city.db) == []

    read_town(city)
    city.now += timedelta(days=2, hours=5)
    say(city, waiting[0], "Kapı numarası 12.", "form-a")
    say(city, done[0], "Çukur yine açıldı.", "form-b")
    city.move(done[1].reference, "in_progress", reason="Yeniden bakılacak.")
    city.move(opened[2].reference, "waiting")
    extend(city, opened[3])
    city.now += timedelta(days=1)
    city.move(opened[0].reference, "resolved")
    assert differences(city.db) == []

    week = {**city.town.calendar.week}
    week[0] = (week[0][0].replace(hour=10), week[0][1])
    del week[4]
    change_calendar(city.db, Change(week=week), city.selin, city.now)
    change_calendar(city.db, Change(removed=LEAVE), city.selin, city.now + timedelta(minutes=1))
    assert differences(city.db) == []
    read_town(city)
    city.now += timedelta(days=6)
    city.move(opened[2].reference, "in_progress")
    say(city, waiting[1], "Kapı numarası 14.", "form-c")
    city.move(done[0].reference, "resolved")

    assert differences(city.db) == []
    assert acts(city.db) >= {"started", "paused", "resumed", "extended", "stopped", "recomputed"}


def test_a_date_that_was_changed_by_hand_is_found(city: City):
    case, other = city.case(), city.case()
    with city.db.transaction() as tx:
        clock = stored.of_case(tx, case.id or 0)[0]
        clock.due_at += timedelta(days=1)
        row = cases.get(tx, other.id or 0)
        row.due_at, row.due_kind = NOW, "legal"

    found = differences(city.db)

    assert len(found) == 4
    assert found[0].startswith(f"clock {clock.id}:")
    # The case is no longer due when its clock is, the other not even sorted by its date.
    assert [each.split()[1] for each in found[1:]] == [str(case.id), str(other.id), str(other.id)]


def acts(db: Database) -> set[str]:
    with db.reading() as tx:
        return set(Counter(tx.exec(select(ClockEntry.act))))


def test_a_demo_and_a_year_hold_no_date_that_their_ledgers_do_not_say(db: Database, tmp_path):
    opening._add_demo_staff(db, tmp_path / "sign-ins", secret=SECRET)
    demo.write(db, secret=SECRET, folder=tmp_path, now=NOW)
    year.write(db, cases=1500, seed=7, end=NOW.date() - timedelta(days=1), secret=SECRET, progress=lambda *_: None)
    assert differences(db) == []

    administrator = SignedIn(None, "Selin Yıldız", "", "administrator", frozenset())  # type: ignore[arg-type]
    change_calendar(db, Change(added=DayOff(LEAVE, "full", "İdari izin")), administrator, NOW)
    change_calendar(db, Change(half_day_counts=False), administrator, NOW)

    assert differences(db) == []
    with db.reading() as tx:
        assert recount.progress(tx).is_done
        open_cases = tx.exec(select(Case).where(Case.is_open)).all()
    assert any(lifecycle.is_open(each.status) and each.due_at is not None for each in open_cases)
    assert "recomputed" in acts(db)

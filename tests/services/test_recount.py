"""After a change of the calendar every open date is counted anew, and the timeline says so."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from sqlmodel import select

from db.engine import Database
from db.models import CalendarEdition, Case, CaseEvent, Clock, ClockEntry, DeskVersion, Duty
from db.queries import calendars as editions
from db.queries import cases
from db.queries import clocks as stored
from portal import languages, opening
from portal.rules.deadlines import Calendar, end_of
from portal.services import calendar_changes, calendars, clocks, recount, town, townbook
from portal.services.calendar_changes import Change, DayOff
from portal.services.recount import Progress
from portal.views import _timeline
from portal.views._recounted import recounted_words
from tests import databases
from tests.cast import City

# The Tuesday after the Monday on which the town of these tests works.
TOMORROW = date(2026, 11, 17)
LEAVE = "Valilik kararıyla idari izin"


class Killed(Exception):
    """The end of a process in the middle of its work."""


def close(city: City, on: date = TOMORROW, kind: str = "full") -> CalendarEdition:
    """An administrator closes a day."""
    return publish(city, Change(added=DayOff(on, kind, "İdari izin")))


def publish(city: City, change: Change) -> CalendarEdition:
    with city.db.transaction() as tx:
        seen = editions.newest_id(tx) or 0
        return calendar_changes.apply(tx, change, seen=seen, reason=LEAVE, by=city.selin, now=city.now)


def recount_all(city: City) -> int:
    """What the worker does; how many dates it counted."""
    counted = 0
    while True:
        with city.db.transaction() as tx:
            some = recount.step(tx, now=city.now)
        if not some:
            return counted
        counted += some


def clocks_of(city: City, case: Case) -> dict[str, Clock]:
    with city.db.reading() as tx:
        return {each.kind: each for each in stored.of_case(tx, case.id or 0)}


def ledger_of(city: City, clock: Clock) -> Sequence[ClockEntry]:
    with city.db.reading() as tx:
        return stored.entries(tx, [clock])[clock.id or 0]


def recounted(city: City, case: Case) -> list[CaseEvent]:
    return [each for each in city.events(case) if each.kind == "recounted"]


def desk_version(city: City, code: str) -> int:
    with city.db.reading() as tx:
        return tx.get_one(DeskVersion, city.department(code)).version


def test_a_date_that_moves_moves_everywhere_and_says_why(city: City):
    case = city.case()
    before = clocks_of(city, case)
    version = desk_version(city, "FEN")
    # A pothole: 15 working days for the law, and the town's own target before it.
    edition = close(city)

    recount_all(city)

    after, moved = clocks_of(city, case), city.look(case.reference)
    assert after["service"].due_at == before["service"].due_at + timedelta(days=1)
    assert {each.edition_id for each in after.values()} == {edition.id}
    assert (moved.due_at, moved.due_order, moved.due_kind) == (after["service"].due_at,) * 2 + ("service",)
    assert [each.act for each in ledger_of(city, after["service"])] == ["started", "recomputed"]
    last = ledger_of(city, after["service"])[-1]
    assert (last.due_at, last.edition_id) == (after["service"].due_at, edition.id)
    assert LEAVE in last.words
    assert "→" in last.words
    [event] = recounted(city, case)
    assert (event.actor, event.is_public, event.at) == ("system", True, city.now)
    assert event.facts["from"] == before["service"].due_at.isoformat()
    assert event.facts["to"] == after["service"].due_at.isoformat()
    assert (event.facts["kind"], event.facts["why"]) == ("service", LEAVE)
    # Nobody's open form is outdated by it, but every open list learns of it.
    assert moved.version == case.version
    assert moved.changed_at == case.changed_at
    assert desk_version(city, "FEN") == version + 1


def test_a_date_that_does_not_move_only_changes_its_calendar(city: City):
    case = city.case()
    before, version = clocks_of(city, case), desk_version(city, "FEN")
    edition = close(city, date(2031, 3, 4))

    recount_all(city)

    after = clocks_of(city, case)
    assert {each.edition_id for each in after.values()} == {edition.id}
    assert [each.due_at for each in after.values()] == [each.due_at for each in before.values()]
    assert [len(ledger_of(city, each)) for each in after.values()] == [1, 1]
    assert not recounted(city, case)
    assert desk_version(city, "FEN") == version


def test_a_date_moves_back_when_the_day_is_opened_again(city: City):
    case = city.case()
    close(city)
    recount_all(city)

    publish(city, Change(removed=TOMORROW))
    recount_all(city)

    again = city.look(case.reference)
    assert again.due_at == case.due_at
    assert len(recounted(city, case)) == 2
    assert [each.act for each in ledger_of(city, clocks_of(city, case)["service"])][1:] == ["recomputed"] * 2


def test_a_run_that_is_killed_goes_on_where_it_stopped(city: City):
    opened = [city.case() for _ in range(5)]
    close(city)
    with city.db.transaction() as tx:
        recount.step(tx, now=city.now, limit=2)
    with suppress(Killed), city.db.transaction() as tx:
        recount.step(tx, now=city.now, limit=2)
        raise Killed
    with city.db.reading() as tx:
        half_way = recount.progress(tx)

    recount_all(city)

    assert 0 < half_way.done < half_way.total == 10
    with city.db.reading() as tx:
        assert recount.progress(tx) == Progress(10, 10)
        assert not recount.is_due(tx)
    assert [len(recounted(city, each)) for each in opened] == [1] * 5


def test_a_stopped_clock_is_left_alone(city: City):
    case = city.case("resolved")
    before = clocks_of(city, case)
    close(city)

    assert recount_all(city) == 0

    assert clocks_of(city, case) == before
    assert not recounted(city, case)


def test_a_date_that_another_authority_has_set_is_left_alone(city: City):
    case = city.case()
    fixed_at = end_of(date(2026, 12, 1))
    with city.db.transaction() as tx:
        clocks.start(
            tx, case, kind="cimer", value=0, unit="fixed", at=city.now, town=city.town, now=city.now, fixed_at=fixed_at
        )
    before = clocks_of(city, case)["cimer"]
    close(city)

    recount_all(city)

    assert clocks_of(city, case)["cimer"] == before


def test_a_clock_that_waits_keeps_waiting_and_its_date_moves(city: City):
    case = city.case("waiting")
    before = clocks_of(city, case)
    close(city)

    recount_all(city)

    after = clocks_of(city, case)
    assert (before["service"].state, after["service"].state) == ("paused", "paused")
    assert after["service"].due_at == before["service"].due_at + timedelta(days=1)
    # Nothing is due while the applicant is waited for; the ledger still says what moved.
    assert city.look(case.reference).due_at is None
    assert [each.act for each in ledger_of(city, after["service"])] == ["started", "paused", "recomputed"]


def test_what_is_owed_follows_its_clock_or_is_counted_from_its_own_day(city: City):
    case = city.case()
    with city.db.transaction() as tx:
        clock = stored.of_case(tx, case.id or 0)[0]
        follows = clocks.owe(tx, case, "extension_notice", now=city.now, clock=clock)
        counted = clocks.owe(tx, case, "fee", now=city.now, value=1, unit="working_days", calendar=city.town.calendar)
        done = clocks.owe(
            tx, case, "result_owed", now=city.now, value=1, unit="working_days", calendar=city.town.calendar
        )
        clocks.settle(done, now=city.now)
        row = cases.get(tx, case.id or 0)
        cases.change(tx, row, seen=row.version, now=city.now, **clocks.due_of(tx, row))
    close(city)

    recount_all(city)

    with city.db.reading() as tx:
        duties = {each.kind: each for each in tx.exec(select(Duty))}
    assert duties["extension_notice"].due_at == clocks_of(city, case)[clock.kind].due_at
    assert duties["fee"].due_at == counted.due_at + timedelta(days=1)
    assert duties["result_owed"].due_at == done.due_at
    now = city.look(case.reference)
    assert (now.due_at, now.due_kind) == (duties["fee"].due_at, "fee")
    [event] = recounted(city, case)
    assert event.facts["kind"] == "fee"
    assert {each["kind"] for each in event.facts["also"]} >= {"service", "extension_notice"}
    assert follows.due_at == clock.due_at


def test_one_case_has_one_line_however_many_of_its_dates_move(city: City):
    case = city.case()
    close(city)
    close(city, date(2026, 11, 18))

    recount_all(city)

    # Two changes, one count: what lies between was never anybody's date.
    assert len(recounted(city, case)) == 1


def test_hours_at_the_desk_move_with_the_hours_of_the_week(city: City):
    hours = next(
        each for each in city.town.categories.values() if each.target_unit == "hours" and each.priority != "urgent"
    )
    case = city.case(category_code=hours.code)
    before = clocks_of(city, case)["service"]
    week = {**city.town.calendar.week}
    week.pop(0)

    publish(city, Change(week=week))
    recount_all(city)

    assert clocks_of(city, case)["service"].due_at > before.due_at


def test_the_desk_reads_which_date_moved_and_why(city: City):
    case = city.case()
    close(city)
    recount_all(city)

    words = timeline(city, case)

    assert "Çalışma takvimi değişti; süre yeniden sayıldı" in words
    assert "Hizmet süresi: " in words
    assert f"Neden: {LEAVE}" in words


def timeline(city: City, case: Case) -> str:
    [event] = recounted(city, case)
    return f"{_timeline._TITLES[event.kind]}\n{recounted_words(event, languages.TURKISH)}"


def test_the_preview_writes_nothing_and_says_what_would_come(city: City):
    case = city.case()
    with city.db.transaction() as tx:
        change = Change(added=DayOff(TOMORROW, "full", "İdari izin"))
        wanted = calendar_changes.proposed(tx, change)
        found = recount.preview(tx, wanted, now=city.now, days=change.days)
        unchanged = calendars.current(tx)

    assert found.counted == 2
    assert found.moving == sum(found.by_department.values()) >= 1
    assert found.by_department.keys() == {city.department("FEN")}
    assert found.resting == 2
    assert found.first[0].reference == case.reference
    assert found.first[0].to > found.first[0].frm == case.due_at
    assert unchanged == city.town.calendar
    assert city.look(case.reference) == case


def test_the_preview_counts_what_would_be_late_at_once(city: City):
    city.case()
    due_on = clocks_day(city)
    city.now = end_of(due_on) - timedelta(hours=1)
    close(city, TOMORROW)
    recount_all(city)
    # A day later the town finds that it was open all the time.
    city.now = end_of(due_on) + timedelta(hours=1)

    with city.db.transaction() as tx:
        change = Change(removed=TOMORROW)
        found = recount.preview(tx, calendar_changes.proposed(tx, change), now=city.now, days=change.days)

    assert found.late_at_once == 1


def clocks_day(city: City) -> date:
    with city.db.reading() as tx:
        due = tx.exec(select(Case.due_at)).one()
    assert due is not None
    return due.astimezone(UTC).date()


def test_a_case_opened_on_a_calendar_that_was_just_replaced_is_counted_anew(city: City):
    close(city)
    recount_all(city)
    # The pages of another process keep their picture of the town for some seconds.
    case = city.case()

    recount_all(city)

    with city.db.reading() as tx:
        city.town = townbook.read(tx)
    assert city.look(case.reference).due_at == city.case().due_at
    assert len(recounted(city, case)) == 1


def test_whoever_works_on_a_case_is_not_waited_for(postgresql_store: databases.Postgresql):
    """On PostgreSQL a row in other hands is passed over and counted later; SQLite has one writer at a time."""
    with postgresql_store.fresh() as db:
        city = City(db)
        busy, other = city.case(), city.case()
        close(city)

        with db.transaction() as tx:
            stored.held(tx, busy.id or 0)
            recount_all(city)
            assert len(recounted(city, other)) == 1
            assert not recounted(city, busy)
        recount_all(city)

        assert len(recounted(city, busy)) == 1


def test_whoever_changes_a_case_during_the_recount_does_not_bring_the_old_date_back(
    postgresql_store: databases.Postgresql,
):
    with postgresql_store.fresh() as db:
        city = City(db)
        case = city.case()
        close(city)

        with db.transaction() as tx:
            row = cases.get(tx, case.id or 0)
            seen_before = stored.of_case(tx, case.id or 0)[0].due_at
            recount_all(city)
            cases.change(tx, row, seen=row.version, now=city.now, **clocks.due_of(tx, row))

        now = city.look(case.reference)
        assert now.due_at == clocks_of(city, case)["service"].due_at != seen_before


def test_an_edition_belongs_to_every_installation_with_a_town(empty_db: Database):
    empty_db.upgrade()
    opening.migrate(empty_db)
    with empty_db.reading() as tx:
        assert editions.newest(tx) is None
    with empty_db.transaction() as tx:
        town.load(tx)
        first = editions.newest_id(tx)
        # As an installation of the release before the calendars had it.
        tx.delete(editions.edition(tx, first or 0))
    with empty_db.reading() as tx:
        assert calendars.current(tx) == Calendar(townbook.read(tx).calendar.holidays)

    opening.migrate(empty_db)

    with empty_db.reading() as tx:
        assert calendars.current(tx).edition is not None
    opening.migrate(empty_db)
    with empty_db.reading() as tx:
        assert len(editions.history(tx, 10)) == 1


def test_a_corrected_holiday_makes_an_edition_of_its_own(city: City):
    case = city.case()
    with city.db.transaction() as tx:
        newest = editions.newest(tx)
        assert newest is not None
        # An older release that took a Thursday of the coming week for a feast.
        wrong = [*newest.days, ["2026-11-19", "full", "Ramazan Bayramı"]]
        tx.add(CalendarEdition(made_at=city.now, week=newest.week, half_day_counts=True, days=sorted(wrong)))
    recount_all(city)
    assert len(recounted(city, case)) == 1

    with city.db.transaction() as tx:
        corrected = calendars.ensure(tx, now=city.now + timedelta(days=1))
    recount_all(city)

    assert corrected is not None
    assert corrected.words == calendars.CORRECTED
    assert city.look(case.reference).due_at == case.due_at


def test_the_same_calendar_again_is_no_new_edition(city: City):
    with city.db.transaction() as tx:
        before = editions.newest_id(tx)
        again = calendars.ensure(tx, now=datetime(2027, 1, 1, tzinfo=UTC))

    assert again is not None
    assert again.id == before

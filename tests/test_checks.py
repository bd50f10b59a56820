"""`portal check` says in words what is well and what is not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from db.engine import Database
from db.models import CaseCount, Clerk
from db.queries import health
from portal import checks, clock
from portal.cli import main
from portal.settings import Settings
from tests.cast import City
from tests.channels.mailserver import mail_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def well(city: City, folder: Path) -> dict[str, str]:
    """An installation where all is as it should be."""
    with city.db.transaction() as tx:
        health.beat(tx, health.WORKER, now=clock.now())
    return {"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": city.db.url}


def bad(env: dict[str, str], **asked: bool) -> list[str]:
    """What is not well, as it would be printed."""
    found = checks.look(Settings.read(env), now=clock.now(), **asked)
    return [str(each) for each in found if each.level != checks.OK]


def test_where_all_is_well_it_ends_with_nothing_to_do(well: dict[str, str], capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--deep"], well) == 0

    told = capsys.readouterr().out.splitlines()
    assert len(told) >= 12
    assert all(line.startswith("tamam/OK") and " / " in line for line in told)


def test_settings_that_make_no_sense_are_told(well: dict[str, str], capsys: pytest.CaptureFixture[str]):
    assert main(["check"], {**well, "PORTAL_PORT": "seksen"}) == 1

    assert capsys.readouterr().out.startswith("hata/error      Ayarlar / PORTAL_PORT must be a number")


def test_what_others_may_read_is_named(well: dict[str, str], folder: Path):
    Settings.read(well)
    (folder / "mail").mkdir(mode=0o755)
    folder.chmod(0o750)

    [told] = bad(well)

    assert told.startswith("dikkat/warning")
    assert str(folder / "mail") in told


def test_a_secret_others_may_read_is_an_error(well: dict[str, str], folder: Path):
    Settings.read(well)
    (folder / "secret").chmod(0o644)

    assert "chmod 600" in bad(well)[0]


def test_tables_that_are_missing_are_told(empty_db: Database, folder: Path):
    env = {"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": empty_db.url}

    assert any("portal migrate" in each for each in bad(env))


def test_older_tables_are_told(empty_db: Database, folder: Path):
    empty_db.upgrade("0001")

    told = bad({"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": empty_db.url}, before_start=True)

    assert any(each.startswith("hata/error") and "older (0001)" in each for each in told)


def test_looking_makes_no_database(folder: Path):
    told = bad({"PORTAL_DATA": str(folder)})

    assert any("No database" in each for each in told)
    assert not list(folder.glob("*.sqlite3"))


def test_a_database_that_does_not_answer_is_told_without_its_password(folder: Path):
    url = "postgresql://cozum:cok-gizli@127.0.0.1:9/cozum"

    told = bad({"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": url})

    assert any("The database cannot be reached" in each for each in told)
    assert "cok-gizli" not in " ".join(told)


def test_a_town_that_is_not_loaded_is_told(empty_db: Database, folder: Path):
    empty_db.upgrade()

    told = bad({"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": empty_db.url})

    assert any("portal seed town" in each for each in told)


def test_a_worker_that_was_not_seen_is_told_and_not_asked_for_before_the_start(well: dict[str, str], city: City):
    with city.db.transaction() as tx:
        health.beat(tx, health.WORKER, now=clock.now() - timedelta(minutes=5))

    assert ["The worker is not running" in each for each in bad(well)] == [True]
    assert bad(well, before_start=True) == []


@pytest.mark.parametrize(("hours", "level"), [(1, "dikkat/warning"), (5, "hata/error")])
def test_letters_that_wait_are_told(well: dict[str, str], city: City, hours: int, level: str):
    city.report(now=clock.now() - timedelta(hours=hours))

    [told] = bad(well)

    assert told.startswith(level)
    assert f"{hours * 60} dakikalık" in told


def test_a_clock_that_went_back_is_told(well: dict[str, str], city: City):
    city.report(now=clock.now() + timedelta(hours=2))

    assert any("The clock is behind" in each for each in bad(well))


def test_a_demo_on_a_public_address_is_an_error(well: dict[str, str], city: City, folder: Path):
    with city.db.transaction() as tx:
        nur = tx.exec(select(Clerk).where(Clerk.role == "coordinator")).one()
        nur.email = "nur@demo.example"
        tx.add(nur)
    (folder / "demo-sign-ins.txt").write_text("nur parola")
    public = {**well, "PORTAL_BASE_URL": "https://cozum.example", "PORTAL_TRUSTED_PROXY": "127.0.0.1"}

    told = bad(public)

    assert any(each.startswith("hata/error") and "1 demo colleagues" in each for each in told)
    assert any("demo-sign-ins.txt" in each for each in told)
    assert bad(well) == []


def test_a_public_address_wants_a_proxy_and_a_mail_server(well: dict[str, str]):
    told = " ".join(bad({**well, "PORTAL_BASE_URL": "https://cozum.example"}))

    assert "PORTAL_TRUSTED_PROXY" in told
    assert "letters become files" in told


def test_passwords_in_the_open_are_told(well: dict[str, str]):
    assert "not https" in bad({**well, "PORTAL_BASE_URL": "http://cozum.example"})[0]


def test_the_mail_server_is_asked_and_gets_no_letter(well: dict[str, str]):
    with mail_server() as server:
        assert bad({**well, "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{server.port}"}) == []

    assert server.letters == []


def test_a_mail_server_that_does_not_answer_is_told(well: dict[str, str]):
    [told] = bad({**well, "PORTAL_SMTP_URL": "smtp://127.0.0.1:9"})

    assert told.startswith("hata/error")
    assert "could not be reached" in told


def test_a_count_that_differs_is_found_by_looking_deep(well: dict[str, str], city: City):
    case = city.case("assigned")
    with city.db.transaction() as tx:
        counts = select(CaseCount).where(CaseCount.department_id == case.department_id, CaseCount.status == case.status)
        count = tx.exec(counts).one()
        count.cases += 1
        tx.add(count)

    assert any("1 counts differ" in each for each in bad(well, deep=True))
    assert not any("counts differ" in each for each in bad(well))


def test_without_an_administrator_it_is_said_how_to_make_one(well: dict[str, str], city: City):
    with city.db.transaction() as tx:
        tx.execute(text("UPDATE clerk SET role = 'manager' WHERE role = 'administrator'"))

    assert "portal staff add" in bad(well)[0]

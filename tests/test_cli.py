"""The command line says plainly what it did, or why it did not."""

import io
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import select

from db.engine import Database
from db.models import Category, Clerk, Department
from portal import clock
from portal.cli import main
from portal.services import accounts, second_factor
from tests.cast import City
from tests.databases import Postgresql


@pytest.fixture
def env(tmp_path: Path, empty_db: Database) -> dict[str, str]:
    """An installation whose database is still without a table."""
    return {"PORTAL_DATA": str(tmp_path / "var"), "PORTAL_DATABASE_URL": empty_db.url}


@pytest.fixture
def town(env: dict[str, str]) -> dict[str, str]:
    """An installation with its town."""
    assert main(["migrate"], env) == 0
    assert main(["seed", "town"], env) == 0
    return env


def test_the_town_is_loaded_and_loading_again_changes_nothing(town: dict[str, str], empty_db: Database):
    assert main(["seed", "town"], town) == 0

    with empty_db.reading() as tx:
        assert len(tx.exec(select(Department)).all()) == 28
        assert len(tx.exec(select(Category)).all()) == 71


def test_a_folder_without_a_town_is_refused(town: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["seed", "town", str(tmp_path)], town) == 1

    assert "Belediye dosyaları okunamadı" in capsys.readouterr().err


def test_a_new_colleague_gets_a_password_that_is_shown_once(
    town: dict[str, str], empty_db: Database, capsys: pytest.CaptureFixture[str]
):
    capsys.readouterr()

    assert main(["staff", "add", "kemal@example.tr", "--role", "clerk", "--department", "FEN"], town) == 0

    password = capsys.readouterr().out.split()[-1]
    assert accounts.sign_in(
        empty_db, "kemal@example.tr", password, visitor=accounts.Visitor(), secret=b"", now=clock.now()
    )


def test_a_password_may_come_from_a_pipe_and_is_not_repeated(
    town: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.stdin", io.StringIO("kirmizi-balik-72\n"))

    assert main(["staff", "add", "nur@example.tr", "--role", "coordinator", "--password-stdin"], town) == 0

    assert "kirmizi-balik-72" not in capsys.readouterr().out


def test_an_easy_password_from_a_pipe_is_refused(
    town: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.stdin", io.StringIO("galatasaray1905\n"))

    assert main(["staff", "add", "nur@example.tr", "--role", "coordinator", "--password-stdin"], town) == 1

    assert "kolay tahmin" in capsys.readouterr().err


def test_an_administrator_who_is_locked_out_comes_in_again(
    town: dict[str, str], empty_db: Database, capsys: pytest.CaptureFixture[str]
):
    assert main(["staff", "add", "selin@example.tr", "--role", "administrator"], town) == 0
    with empty_db.transaction() as tx:
        selin = tx.exec(select(Clerk)).one()
        second_factor.give(tx, selin.id or 0, second_factor.new_secret(), secret=b"secret", now=clock.now())
    capsys.readouterr()

    assert main(["staff", "reset-second-factor", "selin@example.tr"], town) == 0
    assert main(["staff", "reset-password", "selin@example.tr"], town) == 0

    password = capsys.readouterr().out.split()[-1]
    entry = accounts.sign_in(
        empty_db, "selin@example.tr", password, visitor=accounts.Visitor(), secret=b"", now=clock.now()
    )
    assert entry.then == "set_up"
    assert main(["staff", "reset-password", "kimse@example.tr"], town) == 1


def test_a_second_colleague_with_the_same_address_is_refused(
    town: dict[str, str], empty_db: Database, capsys: pytest.CaptureFixture[str]
):
    words = ["staff", "add", "nur@example.tr", "--role", "coordinator"]
    assert main(words, town) == 0

    assert main(words, town) == 1

    assert "Bu e-posta adresiyle kayıtlı bir personel var." in capsys.readouterr().err
    with empty_db.reading() as tx:
        assert len(tx.exec(select(Clerk)).all()) == 1


def test_wrong_sums_are_told_and_mended(town: dict[str, str], empty_db: Database, capsys: pytest.CaptureFixture[str]):
    City(empty_db).case("resolved")
    with empty_db.transaction() as tx:
        tx.execute(text("UPDATE case_sum SET cases = cases + 1 WHERE cases > 0"))
    capsys.readouterr()

    assert main(["sums"], town) == 1
    assert "1 wrong sums" in capsys.readouterr().out

    assert main(["sums"], town) == 0
    assert "hepsi doğru" in capsys.readouterr().out


def test_missing_tables_are_named_and_not_traced_back(env: dict[str, str], capsys: pytest.CaptureFixture[str]):
    assert main(["staff", "add", "nur@example.tr", "--role", "coordinator"], env) == 1

    assert "portal migrate" in capsys.readouterr().err


def test_nonsense_in_the_settings_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["migrate"], {"PORTAL_DATA": str(tmp_path), "PORTAL_PORT": "seksen"}) == 2

    assert capsys.readouterr().err.startswith("PORTAL_PORT must be a number")


def test_a_database_that_does_not_answer_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    env = {"PORTAL_DATA": str(tmp_path), "PORTAL_DATABASE_URL": "postgresql://u:cok-gizli@127.0.0.1:9/cozum"}

    assert main(["migrate"], env) == 1

    told = capsys.readouterr().err
    assert "The database cannot be reached (127.0.0.1/cozum)" in told
    assert "cok-gizli" not in told


def test_a_database_that_nobody_made_is_not_taken_for_missing_tables(
    postgresql_store: Postgresql, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with postgresql_store.empty() as there:
        place = make_url(there.url).set(database="yok")
    url = place.render_as_string(hide_password=False)

    assert main(["migrate"], {"PORTAL_DATA": str(tmp_path), "PORTAL_DATABASE_URL": url}) == 1

    told = capsys.readouterr().err
    assert "The database cannot be reached" in told
    assert "None/yok" not in told
    assert 'database "yok" does not exist' in told
    assert "portal migrate" not in told


def test_a_read_only_database_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["migrate"], {"PORTAL_DATA": str(tmp_path)}) == 0
    read_only = f"sqlite:///file:{tmp_path}/portal.sqlite3?mode=ro&uri=true"

    assert main(["seed", "town"], {"PORTAL_DATA": str(tmp_path), "PORTAL_DATABASE_URL": read_only}) == 1

    assert "The database file is read-only" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "portal.sqlite3").write_text("Bu bir veritabanı değil. " * 100)

    assert main(["migrate"], {"PORTAL_DATA": str(tmp_path)}) == 1

    assert "This file is not a database" in capsys.readouterr().err


def test_a_fault_of_ours_is_one_sentence_and_the_rest_is_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    env = {"PORTAL_DATA": str(tmp_path / "var")}
    assert main(["migrate"], env) == 0
    assert main(["seed", "town"], env) == 0
    with closing(sqlite3.connect(tmp_path / "var" / "portal.sqlite3")) as tables:
        tables.execute("UPDATE category SET questions = 'what nobody foresaw'")
        tables.commit()

    assert main(["seed", "year", "--cases", "1"], env) == 1

    told, kept = capsys.readouterr().err, tmp_path / "var" / "last-error.txt"
    assert "Traceback" not in told
    assert str(kept) in told
    assert "Traceback" in kept.read_text("utf-8")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        assert main(["run", "--port", port], {"PORTAL_DATA": str(tmp_path)}) == 1

    assert f"Port {port} is taken" in capsys.readouterr().err
    assert not (tmp_path / "portal.sqlite3").exists()


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path):
    env = {**os.environ, "PORTAL_DATA": str(tmp_path / "var"), "PORTAL_DATABASE_URL": ""}

    subprocess.run([sys.executable, "-m", "portal", "migrate"], env=env, check=True)

    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "var" / "portal.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--received 2026-03-16 --count 15 --unit is_gunu", "2026-04-07"),
        ("--received 2026-11-20 --count 30 --unit takvim_gunu", "2026-12-20"),
        ("--received 2026-11-20 --count 30 --unit takvim_gunu --rolled", "2026-12-21"),
        ("--received 2026-10-28T12:00 --count 2 --unit saat", "2026-10-30 09:30"),
        ("--received 2026-10-28T12:00 --count 2 --unit saat --round-the-clock", "2026-10-28 14:00"),
        ("--received 2026-03-16 --count 0 --unit is_gunu", "2026-03-16"),
    ],
)
def test_a_time_limit_is_counted_at_the_terminal(env, capsys, words, expected):
    assert main(["deadline", *words.split()], env) == 0

    assert capsys.readouterr().out == f"{expected}\n"


def test_the_count_is_explained_day_by_day(env, capsys):
    main(
        ["deadline", *["--received", "2026-11-19", "--count", "3", "--unit", "takvim_gunu", "--rolled", "--explain"]],
        env,
    )

    assert capsys.readouterr().out.splitlines() == [
        "2026-11-23",
        "2026-11-19 Per    –  Başvuru günü sayılmaz",
        "2026-11-20 Cum    1",
        "2026-11-21 Cmt    2",
        "2026-11-22 Paz    3  Hafta sonu",
        "2026-11-23 Pzt    –",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "--received 2026-02-30 --count 15 --unit is_gunu",
        "--received yesterday --count 15 --unit is_gunu",
        "--received 2026-03-16 --count -1 --unit is_gunu",
        "--received 2026-03-16 --count 1.5 --unit is_gunu",
        "--received 2026-03-16 --count 15 --unit ay",
    ],
)
def test_a_limit_nobody_can_count_is_said_to_be_one(env, capsys, words):
    with pytest.raises(SystemExit) as end:
        main(["deadline", *words.split()], env)

    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("received", ["1999-03-16", "2041-01-01", "2040-12-20"])
def test_a_year_without_known_holidays_is_not_guessed(env, capsys, received):
    assert main(["deadline", "--received", received, "--count", "15", "--unit", "is_gunu"], env) == 1

    assert "2000–2040" in capsys.readouterr().err

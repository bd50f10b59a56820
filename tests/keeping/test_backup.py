"""A backup is one file that holds everything, and only its owner may read it; out of it the same town comes again."""

import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from db import dump
from db.engine import Database, revisions
from db.models import Case
from db.queries import queue
from portal.cli import main
from portal.keeping import CannotKeep, restore, sealing
from portal.services import attachments
from tests.cast import NOW, SECRET, City
from tests.databases import Postgresql
from tests.house import House, house, told
from tests.pictures import photo
from tests.web import Browser, open_portal


def test_the_same_rows_and_files_come_out_on_either_engine(here: House, empty_house: House, tmp_path: Path):
    made = here.keep(tmp_path / "a.tar")

    empty_house.restore(restore.check(made.file, None))

    again = empty_house.keep(tmp_path / "b.tar")
    assert sum(made.rows.values()) > 200
    assert (again.rows, again.hashes) == (made.rows, made.hashes)
    assert [file.read_bytes() for file in empty_house.files] == [file.read_bytes() for file in here.files]
    assert len(here.files) == made.files == 4


def test_after_a_restore_the_applicants_link_opens_the_case_with_its_photo(
    here: House, empty_house: House, key: tuple[str, str], tmp_path: Path
):
    empty_house.restore(restore.check(here.keep(tmp_path / "a.tar").file, None))

    db = Database(empty_house.settings.database_url)
    with open_portal(db, empty_house.home) as client:
        ayse = Browser(client)
        page = ayse.get(f"/takip/{key[0]}?k={key[1]}")
        pictures = [ayse.get(address) for address in page.pictures]
    db.close()

    assert "Okulun önündeki yolda derin bir çukur var" in page.words
    assert [each.status for each in pictures] == [200]


def test_work_goes_on_in_the_restored_town(here: House, empty_house: House, city: City, tmp_path: Path):
    empty_house.restore(restore.check(here.keep(tmp_path / "a.tar").file, None))

    city.db = Database(empty_house.settings.database_url)
    new = city.report(form_id="after the restore").reference
    with city.db.reading() as tx:
        wanted = queue.Wanted(None, words="çukurlar")
        found = [row.reference for row in queue.page(tx, wanted, order="newest", after=None, limit=50)]
    city.db.close()

    assert len(found) == 2
    assert new in found


def test_postgresql_counts_what_was_restored_along_an_index_at_once(
    here: House, tmp_path: Path, postgresql_store: Postgresql
):
    with postgresql_store.empty() as db:
        house(tmp_path / "there", db.url).restore(restore.check(here.keep(tmp_path / "a.tar").file, None))

        with db.engine.connect() as connection:
            pages, seen_by_all = connection.exec_driver_sql(
                "SELECT relpages, relallvisible FROM pg_class WHERE relname = 'case'"
            ).one()

    assert seen_by_all == pages > 0


def test_what_is_written_during_a_backup_is_not_in_it(city: City):
    city.report()
    with dump.snapshot(city.db) as snapshot:
        table = next(each for each in snapshot.tables if each.name == "case")
        city.report()

        assert snapshot.count(table) == 1
        assert [len(rows) for rows in snapshot.rows(table)] == [1]


def test_a_photo_forgotten_during_the_backup_is_left_out_and_a_lost_one_is_told(
    here: House, city: City, key: tuple[str, str], tmp_path: Path
):
    lost = next(file for file in here.files if file.name.endswith("-small.webp"))
    lost.unlink()

    made = here.keep(tmp_path / "a.tar")

    assert made.missing == [str(lost.relative_to(here.home))]
    assert made.files == 3


def test_only_the_owner_may_read_a_backup_and_any_machine_can_check_it(here: House, tmp_path: Path):
    file = here.keep(tmp_path / "a.tar").file

    (tmp_path / "x").mkdir()
    subprocess.run(["tar", "-xf", file, "-C", tmp_path / "x"], check=True)
    sums = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "x", check=False)

    assert file.stat().st_mode & 0o777 == 0o600
    assert sums.returncode == 0
    assert not (tmp_path / "x" / "secret").exists()
    assert told(file, "format.json")["revision"] == revisions()[-1]


def test_an_encrypted_backup_carries_the_secret_and_opens_only_with_its_key(
    here: House, tmp_path: Path, empty_house: House
):
    recipient = sealing.new_key(tmp_path / "key", now=NOW)
    sealing.new_key(tmp_path / "other", now=NOW)
    file = here.keep(tmp_path / "a.tar.age", recipient).file
    empty_house.settings.secret_file.write_bytes(b"made by the first start of this place")
    there = empty_house

    with pytest.raises(CannotKeep, match="encrypted"):
        restore.check(file, None)
    with pytest.raises(CannotKeep, match="sealed to another"):
        restore.check(file, tmp_path / "other")
    there.restore(restore.check(file, tmp_path / "key"))

    assert there.settings.secret_file.read_bytes() == SECRET
    assert b"tables/case" not in file.read_bytes()


def test_without_the_old_secret_a_plain_backup_is_restored_only_on_demand(here: House, tmp_path: Path):
    contents = restore.check(here.keep(tmp_path / "a.tar").file, None)
    there = house(tmp_path / "there", secret=b"another secret of thirty-two bytes.")

    with pytest.raises(CannotKeep, match="Put the old machine's secret"):
        there.restore(contents)
    assert there.files == []

    there.restore(contents, without_secret=True)
    assert len(there.files) == 4


@pytest.mark.parametrize("is_sealed", [False, True], ids=["plain", "encrypted"])
def test_one_wrong_byte_anywhere_is_found(here: House, tmp_path: Path, is_sealed: bool):
    to = [sealing.new_key(tmp_path / "key", now=NOW)] if is_sealed else []
    whole = here.keep(tmp_path / "a.tar", *to).file.read_bytes()
    damaged = tmp_path / "damaged"

    for place in _places(tmp_path / "a.tar", is_sealed=is_sealed):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(CannotKeep):
            restore.check(damaged, tmp_path / "key")
    damaged.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CannotKeep):
        restore.check(damaged, tmp_path / "key")


def _places(file: Path, *, is_sealed: bool) -> Iterator[int]:
    """In the middle of every member; between them a tar only pads, where a byte means nothing."""
    if is_sealed:
        size = file.stat().st_size
        yield from range(size // 24, size, size // 12)
        return
    with tarfile.open(file) as members:
        for member in members:
            if member.size:
                yield member.offset_data + member.size // 2


def test_a_place_that_holds_anything_is_left_alone(here: House, city: City, tmp_path: Path):
    contents = restore.check(here.keep(tmp_path / "a.tar").file, None)
    before = [file.read_bytes() for file in here.files]

    with pytest.raises(CannotKeep, match="Records are here already"):
        here.restore(contents)
    for file in here.files:
        file.unlink()
    with pytest.raises(CannotKeep, match="Records are here already"):
        here.restore(contents)

    assert before
    with city.db.reading() as tx:
        assert len(tx.exec(select(Case)).all()) == 2


def test_a_restore_that_fails_leaves_the_place_empty_and_can_be_called_again(
    here: House, empty_house: House, tmp_path: Path
):
    made = here.keep(tmp_path / "a.tar")
    contents = restore.check(made.file, None)
    contents.manifest["rows"]["case"] += 1

    with pytest.raises(CannotKeep, match="do not fit"):
        empty_house.restore(contents)

    assert empty_house.files == []
    assert not list(empty_house.home.glob("*.restoring*"))
    empty_house.restore(restore.check(made.file, None))
    assert empty_house.keep(tmp_path / "b.tar").hashes == made.hashes


def test_a_restore_that_was_killed_is_simply_called_again(here: House, tmp_path: Path):
    contents = restore.check(here.keep(tmp_path / "a.tar").file, None)
    there = house(tmp_path / "there")
    (there.home / "restore-unfinished").touch()
    attachments.put(attachments.store(there.home), attachments.read(photo(), "yarim.jpg"))
    (there.home / "portal.sqlite3.restoring").write_bytes(b"half a database")

    there.restore(contents)

    assert len(there.files) == 4


def test_a_backup_of_a_later_release_is_refused(here: House, tmp_path: Path):
    contents = restore.check(here.keep(tmp_path / "a.tar").file, None)
    contents.facts["revision"] = "9999"  # type: ignore[index]

    with pytest.raises(CannotKeep, match="newer release"):
        house(tmp_path / "there").restore(contents)


def test_the_command_says_what_it_did_and_what_else_to_keep(
    here: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    env = {"PORTAL_DATA": str(here.home), "PORTAL_DATABASE_URL": here.settings.database_url}

    assert main(["backup"], env) == 0
    said = capsys.readouterr().out
    file = next((here.home / "backups").iterdir())
    assert main(["backup", "--check", str(file)], env) == 0
    assert "The backup is whole" in capsys.readouterr().out
    assert main(["backup", str(file)], env) == 1
    assert "is there already" in capsys.readouterr().err

    assert "Keep " in said
    assert "secret" in said
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert main(["restore", str(file)], {"PORTAL_DATA": str(tmp_path / "there")}) == 1
    assert "secret" in capsys.readouterr().err


def test_a_lost_file_makes_the_command_fail_loudly(here: House, capsys: pytest.CaptureFixture[str]):
    os.remove(here.files[0])

    code = main(["backup"], {"PORTAL_DATA": str(here.home), "PORTAL_DATABASE_URL": here.settings.database_url})

    assert code == 1
    assert "1 files are not there" in capsys.readouterr().err

import os
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlmodel import Session, select

from db.models import Attachment, Attempt, Draft, Enclosure, StaffSession
from db.queries import access
from portal.services import accounts, attachments, drafts, housekeeping
from tests.cast import PASSWORD, City
from tests.services.test_applications import draft_with


def photo_in_a_draft(city: City, folder: Path) -> str:
    """Somebody began to report, took a photo, and went away; the photo's name."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    picture = attachments.read(out.getvalue(), "cukur.jpg")
    attachments.put(attachments.store(folder), picture)
    with city.db.transaction() as tx:
        draft, _token = drafts.begin(tx, now=city.now)
        attachments.add_to_draft(tx, draft, picture, now=city.now)
    return picture.name


def tidy(city: City, folder: Path, **by: int) -> None:
    housekeeping.tidy(city.db, folder, now=city.now + timedelta(**by))


def files(folder: Path) -> list[Path]:
    return [file for file in (folder / "photos").rglob("*") if file.is_file()]


def orphan(folder: Path, name: str, *, at: datetime) -> Path:
    file = folder / name[:2] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"half a file")
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def age(folder: Path, *, at: datetime) -> None:
    for file in files(folder):
        os.utime(file, (at.timestamp(), at.timestamp()))


def when_shelf(name: str, *, after: datetime) -> datetime:
    """When the shelf of a file is looked through."""
    steps = (after + n * housekeeping.SHELF_EVERY for n in range(256))
    return next(each for each in steps if housekeeping.shelf_at(each) == int(name[:2], 16))


def all_of(tx: Session, table: type) -> list[object]:
    return list(tx.exec(select(table)))


def test_an_abandoned_form_goes_with_its_photos(city: City, tmp_path: Path):
    photo_in_a_draft(city, tmp_path)

    tidy(city, tmp_path, days=8)

    with city.db.reading() as tx:
        assert (all_of(tx, Draft), all_of(tx, Attachment)) == ([], [])
    assert files(tmp_path) == []


def test_a_form_of_this_week_stays(city: City, tmp_path: Path):
    photo_in_a_draft(city, tmp_path)

    tidy(city, tmp_path, days=6)

    with city.db.reading() as tx:
        assert (len(all_of(tx, Draft)), len(all_of(tx, Attachment))) == (1, 1)
    assert len(files(tmp_path)) == 2


def test_the_photos_of_a_case_stay_for_good(city: City, tmp_path: Path):
    photo_in_a_draft(city, tmp_path)
    case = city.case()
    with city.db.transaction() as tx:
        [attachment] = tx.exec(select(Attachment)).all()
        attachment.case_id, attachment.draft_id = case.id, None

    tidy(city, tmp_path, days=8)

    assert len(files(tmp_path)) == 2


def test_a_photo_whose_file_went_first_is_forgotten_all_the_same(city: City, tmp_path: Path):
    name = photo_in_a_draft(city, tmp_path)
    attachments.remove(attachments.store(tmp_path), name)

    tidy(city, tmp_path, days=8)

    with city.db.reading() as tx:
        assert all_of(tx, Attachment) == []


def test_an_abandoned_forms_enclosures_go_too_and_a_cases_stay(city: City, tmp_path: Path):
    case = city.case()
    for _ in range(2):
        draft_with(city, tmp_path, "other")
    with city.db.transaction() as tx:
        kept = tx.exec(select(Enclosure)).first()
        kept.case_id, kept.draft_id = case.id, None

    tidy(city, tmp_path, days=8)

    with city.db.reading() as tx:
        assert [each.name for each in tx.exec(select(Enclosure))] == [kept.name]
    assert [each.name for each in (tmp_path / "enclosures").rglob("*") if each.is_file()] == [kept.name]


def test_counted_tries_and_old_sessions_go(city: City, tmp_path: Path):
    kemal = accounts.Visitor(agent="Firefox")
    accounts.sign_in(city.db, city.kemal.email, PASSWORD, visitor=kemal, secret=city.secret, now=city.now)
    with city.db.transaction() as tx:
        access.note_tries(tx, [("sign-in", city.kemal.email)], now=city.now)

    tidy(city, tmp_path, days=89)
    with city.db.reading() as tx:
        assert (len(all_of(tx, StaffSession)), all_of(tx, Attempt)) == (1, [])

    tidy(city, tmp_path, days=91)
    with city.db.reading() as tx:
        assert all_of(tx, StaffSession) == []


def test_what_a_killed_process_left_goes_after_a_day(city: City, tmp_path: Path):
    name = photo_in_a_draft(city, tmp_path)
    left = [
        orphan(tmp_path / "photos", f"{name[:2]}{'e' * 30}.webp", at=city.now),
        orphan(tmp_path / "photos", f"{name[:2]}{'e' * 30}-small.webp#1", at=city.now),
    ]
    age(tmp_path, at=city.now)

    housekeeping.tidy(city.db, tmp_path, now=when_shelf(name, after=city.now + timedelta(days=1, minutes=1)))

    assert [file.exists() for file in left] == [False, False]
    assert {file.name for file in files(tmp_path)} == {f"{name}.webp", f"{name}-small.webp"}


def test_what_was_just_written_stays_whether_a_row_names_it_or_not(city: City, tmp_path: Path):
    name = photo_in_a_draft(city, tmp_path)
    age(tmp_path, at=city.now)
    moment = when_shelf(name, after=city.now + timedelta(days=1, minutes=1))
    fresh = orphan(tmp_path / "photos", f"{name[:2]}{'e' * 30}.webp", at=moment - timedelta(hours=23))

    housekeeping.tidy(city.db, tmp_path, now=moment)

    assert fresh.exists()


def test_beside_a_database_that_knows_none_of_them_no_file_is_removed(city: City, tmp_path: Path):
    strangers = [
        orphan(tmp_path / folder, f"ab{'e' * 30}", at=city.now) for folder in ("photos", "enclosures", "letters")
    ]

    housekeeping.tidy(city.db, tmp_path, now=when_shelf("ab", after=city.now + timedelta(days=2)))

    assert all(file.exists() for file in strangers)

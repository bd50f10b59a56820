"""What nobody needs any more goes: abandoned forms with their files, files of no row, counted tries, old sessions."""

from collections.abc import Callable, Collection, Set
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from db.engine import Database
from db.queries import access, letters, post, staff
from db.queries import enclosures as stored
from portal.services import shelves

DRAFTS_KEPT = timedelta(days=7)
TRIES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=90)
HALF_SESSIONS_KEPT = timedelta(hours=1)
STAFF_LETTERS_KEPT = timedelta(days=7)
ACCOUNT_EVENTS_KEPT = timedelta(days=365)
AT_ONCE = 200
# What a killed process left. A day is far more than any request takes between its file and its row.
ORPHANS_KEPT = timedelta(days=1)
# A shelf each time: all of them within two days, and never a million files at once.
SHELF_EVERY = timedelta(minutes=10)

Names = Callable[[Session, Collection[str]], Set[str]]

log = structlog.get_logger()


def tidy(db: Database, folder: Path, *, now: datetime) -> None:
    """Remove what is past its time; stopped half way, the next call goes on."""
    with db.transaction() as tx:
        post.forget_drafts(tx, before=now - DRAFTS_KEPT)
        staff.forget_tries(tx, before=now - TRIES_KEPT)
        staff.forget_sessions(tx, before=now - SESSIONS_KEPT)
        access.forget(
            tx,
            halves=now - HALF_SESSIONS_KEPT,
            letters=now - STAFF_LETTERS_KEPT,
            events=now - ACCOUNT_EVENTS_KEPT,
        )
    _remove_photos(db, folder)
    _remove_enclosures(db, folder)
    _remove_orphans(db, folder, shelf_at(now), before=now - ORPHANS_KEPT)


def shelf_at(now: datetime) -> int:
    """The shelf that is looked through at a moment."""
    return int(now.timestamp() // SHELF_EVERY.total_seconds()) % shelves.SHELVES


def _remove_photos(db: Database, folder: Path) -> None:
    where = shelves.PHOTOS.store(folder)
    with db.reading() as tx:
        photos = post.ownerless_attachments(tx, limit=AT_ONCE)
    for photo in photos:
        # Files first: while the row is there, nobody's photo is not forgotten on the disk.
        shelves.PHOTOS.remove(where, photo.name)
        with db.transaction() as tx:
            post.forget_attachment(tx, photo)


def _remove_enclosures(db: Database, folder: Path) -> None:
    where = shelves.ENCLOSURES.store(folder)
    with db.reading() as tx:
        files = stored.ownerless(tx, limit=AT_ONCE)
    for each in files:
        shelves.ENCLOSURES.remove(where, each.name)
        with db.transaction() as tx:
            stored.forget(tx, each)


def _remove_orphans(db: Database, folder: Path, shelf: int, *, before: datetime) -> None:
    kept: list[tuple[shelves.Kind, Names]] = [
        (shelves.PHOTOS, post.attachment_names),
        (shelves.ENCLOSURES, stored.names),
        (shelves.LETTERS, letters.names),
    ]
    for kind, names in kept:
        where = kind.store(folder)
        if gone := shelves.sweep(where, shelf, before=before, named=lambda among, names=names: _read(db, names, among)):
            log.info("orphans removed", store=str(where.prefix), files=gone)


def _read(db: Database, names: Names, among: Collection[str]) -> Set[str]:
    with db.reading() as tx:
        return names(tx, among)

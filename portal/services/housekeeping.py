"""What nobody needs any more goes: abandoned forms with their photos and enclosures, counted tries, old sessions."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from db.engine import Database
from db.queries import access, post, staff
from db.queries import enclosures as stored
from portal.services import attachments, enclosures

DRAFTS_KEPT = timedelta(days=7)
TRIES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=90)
HALF_SESSIONS_KEPT = timedelta(hours=1)
STAFF_LETTERS_KEPT = timedelta(days=7)
ACCOUNT_EVENTS_KEPT = timedelta(days=365)
AT_ONCE = 200


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


def _remove_photos(db: Database, folder: Path) -> None:
    where = attachments.store(folder)
    with db.reading() as tx:
        photos = post.ownerless_attachments(tx, limit=AT_ONCE)
    for photo in photos:
        # Files first: while the row is there, nobody's photo is not forgotten on the disk.
        with suppress(FileNotFoundError):
            attachments.remove(where, photo.name)
        with db.transaction() as tx:
            post.forget_attachment(tx, photo)


def _remove_enclosures(db: Database, folder: Path) -> None:
    where = enclosures.store(folder)
    with db.reading() as tx:
        files = stored.ownerless(tx, limit=AT_ONCE)
    for each in files:
        enclosures.remove(where, each.name)
        with db.transaction() as tx:
            stored.forget(tx, each)

"""Make an installation out of a backup: into an empty place, all of it or nothing."""

import gc
import gzip
import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, IntegrityError

from db import dump, load
from db.engine import Database, revisions
from portal.keeping import CannotKeep, archive, files, sealing
from portal.keeping.backup import FORMAT, fsync_folder, secret_sign
from portal.settings import Settings

Progress = Callable[[int, int], None]
_MARK = "restore-unfinished"
# What rows of a damaged or forged backup raise on the way in.
_UNFIT = (load.DoesNotFit, IntegrityError, DataError, ValueError, KeyError, zlib.error, EOFError, gzip.BadGzipFile)


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself."""

    file: Path
    keys: tuple[Any, ...]
    facts: Mapping[str, Any]
    manifest: Mapping[str, Any]

    @property
    def rows(self) -> int:
        return sum(self.manifest["rows"].values())


def check(file: Path, key_file: Path | None) -> Contents:
    """Read a backup to its end and compare every part with the list; nothing is written anywhere."""
    keys = _keys(file, key_file)
    told: dict[str, bytes] = {}
    for name, content in archive.checked(file, keys):
        if name in ("format.json", "manifest.json"):
            told[name] = content
    if len(told) != 2:
        raise archive.damaged(file, "format.json, manifest.json")
    # Only now: until the list was read, a part may hold anything.
    facts = json.loads(told["format.json"])
    if facts["format"] > FORMAT:
        raise _too_new(file, facts)
    return Contents(file, keys, facts, json.loads(told["manifest.json"]))


def restore(settings: Settings, contents: Contents, *, without_secret: bool, progress: Progress) -> None:
    """Put a checked backup into an empty place. Whatever stops it, the place is empty again afterwards."""
    if contents.facts["revision"] not in revisions():
        raise _too_new(contents.file, contents.facts)
    home = settings.data_dir
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_unfinished(home)
    _check_empty(home)
    _check_secret(settings, contents, without_secret=without_secret)
    with _all_or_nothing(home), _empty_database(settings) as db:
        db.upgrade(contents.facts["revision"])
        _fill(db, settings, contents, progress)
        db.upgrade()


def _fill(db: Database, settings: Settings, contents: Contents, progress: Progress) -> None:
    tables, done = contents.facts["tables"], 0
    try:
        with _no_circles(), load.loading(db) as loader:
            for name, content in archive.checked(contents.file, contents.keys):
                kind, _, rest = name.partition("/")
                if kind == "tables":
                    table = rest.partition("/")[0]
                    rows = dump.decoded(gzip.decompress(content))
                    loader.add(table, tables[table], rows)
                    done += len(rows)
                    progress(done, contents.rows)
                elif kind == "files" and not files.write(settings.data_dir, name, content):
                    raise load.DoesNotFit(name)
                elif name == "secret":
                    _put_secret(settings.secret_file, content)
            os.sync()
            loader.finish(contents.manifest["rows"])
    except _UNFIT as no:
        why = str(getattr(no, "orig", no)).splitlines()[0]
        raise CannotKeep(
            f"Yedekteki kayıtlar bu tablolara uymuyor: {why}", f"The rows of the backup do not fit these tables: {why}"
        ) from no


@contextmanager
def _no_circles() -> Iterator[None]:
    """Rows do not refer to each other; to look for circles among millions of them takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _empty_database(settings: Settings) -> Iterator[Database]:
    """The database to fill; a SQLite file takes its name only when it is whole."""
    place = make_url(settings.database_url)
    if place.get_backend_name() != "sqlite":
        with closing(Database(settings.database_url)) as db:
            if not dump.is_empty(db):
                raise _not_empty(f"{place.host or ''}/{place.database}")
            yield db
        return
    file = Path(place.database or "")
    _check_unused(file)
    draft = file.with_name(f"{file.name}.restoring")
    _remove_database(draft)
    try:
        with closing(Database(str(place.set(database=str(draft))))) as db:
            yield db
        with open(draft, "rb") as written:
            os.fsync(written.fileno())
        _remove_database(file)
        os.rename(draft, file)
        fsync_folder(file.parent)
    finally:
        _remove_database(draft)


def _check_unused(file: Path) -> None:
    """A SQLite file that holds no rows, and that nobody has open."""
    if not file.exists():
        return
    with closing(Database(f"sqlite:///{file}")) as db:
        if not dump.is_empty(db):
            raise _not_empty(str(file))
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as no:
            raise CannotKeep(
                f"Veritabanı kullanımda: {file}. Önce sayfaları ve çalışanı durdurun (portal web, portal worker).",
                f"The database is in use: {file}. Stop the pages and the worker first (portal web, portal worker).",
            ) from no


def _remove_database(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _check_empty(home: Path) -> None:
    if folder := files.any_in(home):
        raise _not_empty(str(folder))


@contextmanager
def _all_or_nothing(home: Path) -> Iterator[None]:
    """Until it is done a mark stands in the folder, so that a restore that was killed can simply be called again."""
    mark = home / _MARK
    mark.touch(mode=0o600)
    try:
        yield
    except BaseException:
        _clear_unfinished(home)
        raise
    mark.unlink()


def _clear_unfinished(home: Path) -> None:
    if (home / _MARK).exists():
        for folder in files.folders(home):
            for each in folder.iterdir() if folder.exists() else ():
                shutil.rmtree(each)
        (home / _MARK).unlink()


def _check_secret(settings: Settings, contents: Contents, *, without_secret: bool) -> None:
    if contents.facts["holds_secret"] or without_secret:
        return
    if secret_sign(settings.secret) != contents.facts["secret_sign"]:
        raise CannotKeep(
            f"Bu yedek şifresiz olduğu için gizli anahtarı içermez; {settings.secret_file} ise başka bir anahtar. "
            "Eski makinedeki “secret” dosyasını buraya koyun. O dosya kaybolduysa --without-secret ile sürdürün: "
            "başvuru bağlantıları ve kimlik numaraları bir daha açılmaz.",
            f"This backup is not encrypted, so the secret is not in it, and {settings.secret_file} holds another one. "
            "Put the old machine's secret file there. If it is lost, go on with --without-secret: applicants' links "
            "and identity numbers will never open again.",
        )


def _put_secret(file: Path, secret: bytes) -> None:
    if file.exists() and file.read_bytes() == secret:
        return
    draft = file.with_name(f"{file.name}.restoring")
    with suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, file)


def _keys(file: Path, key_file: Path | None) -> tuple[Any, ...]:
    if not sealing.is_sealed(file):
        return ()
    if key_file is None:
        raise CannotKeep(
            "Bu yedek şifreli; anahtar dosyasını --key ile verin.",
            "This backup is encrypted; name the key file with --key.",
        )
    return tuple(sealing.identities(key_file))


def _too_new(file: Path, facts: Mapping[str, Any]) -> CannotKeep:
    return CannotKeep(
        f"Bu yedek daha yeni bir sürümle alınmış ({facts['product']}, {facts['revision']}): {file}. O sürümü kurun.",
        f"This backup was made by a newer release ({facts['product']}, {facts['revision']}): {file}. "
        "Install that release.",
    )


def _not_empty(where: str) -> CannotKeep:
    return CannotKeep(
        f"Burada kayıt var: {where}. Geri yükleme yalnız boş bir kuruluma yapılır.",
        f"Records are here already: {where}. A backup is restored into an empty place only.",
    )

"""Make a backup: rows of one moment, the files they name, and a list of what came along."""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO
from zlib import compressobj

from db import dump
from db.dump import Snapshot, Table
from db.engine import Database
from portal.keeping import CannotKeep, archive, files, sealing
from portal.keeping.archive import Writer
from portal.settings import Settings

FORMAT = 1
_GZIP = 31
Progress = Callable[[int, int], None]


@dataclass
class Backup:
    """What was kept."""

    file: Path
    rows: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    is_sealed: bool = False

    def manifest(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "hashes": self.hashes,
            "files": self.files,
            "missing": self.missing,
            "changed": self.changed,
        }


def make(
    db: Database, settings: Settings, file: Path | None, *, to: Sequence[str] = (), progress: Progress, now: datetime
) -> Backup:
    """Write a backup while everybody goes on working; the file appears whole or not at all."""
    keys = sealing.recipients(to)
    file = file or default_file(settings.data_dir, now=now, is_sealed=bool(keys))
    if not db.revision():
        raise CannotKeep(
            "Yedeklenecek bir şey yok: veritabanında tablo yok.",
            "There is nothing to back up: the database holds no tables.",
        )
    made = Backup(file, is_sealed=bool(keys))
    with _whole(file) as out, sealing.sealing(out, keys) as sealed, archive.writing(sealed, now.timestamp()) as tar:
        with dump.snapshot(db) as snapshot:
            tar.add("format.json", _json(_facts(db, settings, snapshot, holds_secret=bool(keys), now=now)))
            _add_rows(tar, snapshot, made, progress)
            _add_files(tar, snapshot, made, db, settings.data_dir)
        if keys:
            tar.add("secret", settings.secret)
        tar.add("manifest.json", _json(made.manifest()))
    return made


def default_file(home: Path, *, now: datetime, is_sealed: bool) -> Path:
    """A name that tells the moment, in the data folder."""
    folder = home / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"cozum-{now.strftime('%Y%m%dT%H%M%SZ')}.tar{'.age' if is_sealed else ''}"


def secret_sign(secret: bytes) -> str:
    """Tells whether two secrets are one, and nothing else about them."""
    return hashlib.sha256(b"cozum backup secret 1" + secret).hexdigest()


def _facts(
    db: Database, settings: Settings, snapshot: Snapshot, *, holds_secret: bool, now: datetime
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "product": _release(),
        "engine": db.dialect,
        "revision": snapshot.revision,
        "moment": now.isoformat(timespec="seconds"),
        "secret_sign": secret_sign(settings.secret),
        "holds_secret": holds_secret,
        "tables": {each.name: list(each.names) for each in snapshot.tables},
    }


def _release() -> str:
    try:
        return version("cozum")
    except PackageNotFoundError:
        return ""


def _add_rows(tar: Writer, snapshot: Snapshot, made: Backup, progress: Progress) -> None:
    total = sum(snapshot.count(table) for table in snapshot.tables)
    for table in snapshot.tables:
        _add_table(tar, snapshot, table, made, lambda here: progress(sum(made.rows.values()) + here, total))


def _add_table(tar: Writer, snapshot: Snapshot, table: Table, made: Backup, progress: Callable[[int], None]) -> None:
    found, rows_so_far = hashlib.sha256(), 0
    for number, rows in enumerate(snapshot.rows(table), start=1):
        content = dump.encoded(rows)
        found.update(content)
        tar.add(f"tables/{table.name}/{number:06}.json.gz", _gzipped(content))
        rows_so_far += len(rows)
        progress(rows_so_far)
    made.rows[table.name], made.hashes[table.name] = rows_so_far, found.hexdigest()


def _add_files(tar: Writer, snapshot: Snapshot, made: Backup, db: Database, home: Path) -> None:
    for table, kind in files.KINDS.items():
        for rows in snapshot.column(table, "id", "name", "sha256"):
            for key, name, sha256 in rows:
                paths = kind.paths(name)
                contents = [files.read(kind, home, path) for path in paths]
                if None in contents and not _is_there(db, table, key):
                    # Forgotten since the moment of the backup, files first. Restored, it would be forgotten again.
                    continue
                if contents[0] is not None and hashlib.sha256(contents[0]).hexdigest() != sha256:
                    made.changed.append(f"{kind.folder}/{paths[0]}")
                for path, content in zip(paths, contents, strict=True):
                    if content is None:
                        made.missing.append(f"{kind.folder}/{path}")
                    else:
                        tar.add(files.member(kind, path), content)
                        made.files += 1


def _is_there(db: Database, table: str, key: int) -> bool:
    with db.engine.connect() as connection:
        return bool(connection.exec_driver_sql(f"SELECT 1 FROM {dump.quoted(table)} WHERE id = {key:d}").first())  # noqa: S608


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when all of it is on the disk; nobody else may read it."""
    if file.exists():
        raise CannotKeep(f"Bu dosya zaten var: {file}", f"This file is there already: {file}")
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.rename(draft, file)
        fsync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def fsync_folder(folder: Path) -> None:
    """The names in a folder outlive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _gzipped(content: bytes) -> bytes:
    # Without the moment that gzip.compress would put in front: the same rows make the same file.
    packing = compressobj(1, wbits=_GZIP)
    return packing.compress(content) + packing.flush()


def _json(what: Any) -> bytes:
    return json.dumps(what, ensure_ascii=False, indent=1).encode()

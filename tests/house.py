"""A whole installation: its folder, its secret, its database; what is kept of it and restored into it."""

import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.engine import Database
from portal.keeping import backup, restore
from portal.keeping.restore import Contents
from portal.settings import Settings
from tests.cast import NOW, SECRET


@dataclass
class House:
    """An installation: its settings and its database."""

    settings: Settings

    @property
    def home(self) -> Path:
        return self.settings.data_dir

    def keep(self, file: Path, *to: str) -> backup.Backup:
        """Take a backup."""
        db = Database(self.settings.database_url)
        try:
            return backup.make(db, self.settings, file, to=to, progress=silent, now=NOW)
        finally:
            db.close()

    def restore(self, contents: Contents, *, without_secret: bool = False) -> None:
        restore.restore(self.settings, contents, without_secret=without_secret, progress=silent)

    @property
    def files(self) -> list[Path]:
        """Every photo, enclosure and letter."""
        found = [self.home / name for name in ("photos", "enclosures", "letters")]
        return sorted(file for folder in found for file in folder.rglob("*") if file.is_file())


def silent(_done: int, _total: int) -> None:
    """Nobody looks."""


def house(home: Path, url: str = "", secret: bytes = SECRET) -> House:
    """An installation in a folder, in a database of its own or in a named one."""
    home.mkdir(mode=0o700)
    with os.fdopen(os.open(home / "secret", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        out.write(secret)
    return House(Settings.read({"PORTAL_DATA": str(home), "PORTAL_DATABASE_URL": url}))


def told(file: Path, member: str) -> Any:
    """What a member of a backup says."""
    with tarfile.open(file) as tar:
        content = tar.extractfile(member)
        assert content is not None
        return json.load(content)

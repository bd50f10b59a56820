"""Making an installation ready: its folder, its tables, its town and, for a first look, its demo."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, select

from db.engine import Database
from db.models import Case, Clerk, Department
from db.queries import staff
from portal import clock
from portal.services import accounts, calendars, second_factor, town
from portal.settings import Settings

LEAST_FREE_MEGABYTES = 100
# Letters and digits that nobody confuses when reading them from a screen to a colleague.
PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # noqa: S105


class CannotOpen(Exception):
    """Why the installation cannot start, for the person who started it: Turkish, then English."""


@dataclass(frozen=True)
class Colleague:
    """One of the people a demo is shown with."""

    email: str
    name: str
    role: str
    departments: tuple[str, ...] = ()


DEMO_STAFF = (
    Colleague("hasan@demo.example", "Hasan Kılıç", "operator"),
    Colleague("nur@demo.example", "Nur Aydın", "coordinator"),
    Colleague("kemal@demo.example", "Kemal Şahin", "clerk", ("FEN",)),
    Colleague("deniz@demo.example", "Deniz Çelik", "clerk", ("PBK",)),
    Colleague("zeynep@demo.example", "Zeynep Arslan", "manager", ("FEN",)),
    Colleague("selin@demo.example", "Selin Yıldız", "administrator"),
)


def prepare(settings: Settings, *, demo: bool) -> str:
    """Tables, town and, in an empty database, the demo; answers what the person at the terminal should read."""
    _check_space(settings.data_dir)
    with database(settings) as db:
        migrate(db)
        with db.transaction() as tx:
            if not _any(tx, Department):
                town.load(tx)
        signs = _demo(db, settings) if demo else ""
    return "\n".join(filter(None, (f"Çözüm Merkezi: {settings.base_url}", _how_to_sign_in(settings, signs))))


def migrate(db: Database) -> None:
    """The tables as this release needs them, and a calendar where a town is loaded."""
    db.upgrade()
    with db.transaction() as tx:
        calendars.ensure(tx, now=clock.now())


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The installation's database, with its folder in place; closed again at the end."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db = Database(settings.database_url)
    try:
        yield db
    finally:
        db.close()


def new_password() -> str:
    """Eighty random bits in four groups that can be typed from paper."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(4))


def why_not(error: DBAPIError | OSError, settings: Settings) -> str:
    """The sentences for an error of the machine or of the database; empty when it is neither's fault."""
    words = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "disk is full" in words or "No space left" in words:
        return _disk_full(settings.data_dir)
    if isinstance(error, OSError):
        return f"Dosya kullanılamıyor: {words}\nA file cannot be used: {words}"
    place = make_url(settings.database_url)
    is_server = place.get_backend_name() != "sqlite"
    # Through a socket the host stands behind the question mark.
    where = f"{place.host or place.query.get('host', '')}/{place.database}" if is_server else place.database
    if is_server and isinstance(error, OperationalError):
        line = words.splitlines()[0]
        return f"Veritabanına ulaşılamıyor ({where}): {line}\nThe database cannot be reached ({where}): {line}"
    for sign, (turkish, english) in _DATABASE_TROUBLE.items():
        if sign in words:
            return f"{turkish}: {where}\n{english}: {where}"
    return ""


_DATABASE_TROUBLE = {
    "readonly database": ("Veritabanı dosyası salt okunur", "The database file is read-only"),
    "unable to open database": ("Veritabanı dosyası açılamıyor", "The database file cannot be opened"),
    "not a database": ("Bu dosya bir veritabanı değil", "This file is not a database"),
    "no such table": ("Tablolar eksik; önce “portal migrate” çalıştırın", "Tables are missing; run “portal migrate”"),
    "does not exist": ("Tablolar eksik; önce “portal migrate” çalıştırın", "Tables are missing; run “portal migrate”"),
    "is locked": ("Veritabanını başka bir program kilitlemiş", "Another program keeps the database locked"),
}


def _check_space(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotOpen(f"Veri klasörüne yazılamıyor: {folder}\nThe data folder cannot be written to: {folder}")
    if shutil.disk_usage(folder).free < LEAST_FREE_MEGABYTES * 1_000_000:
        raise CannotOpen(_disk_full(folder))


def _disk_full(folder: Path) -> str:
    return f"Disk dolu; yer açıp yeniden başlatın: {folder}\nThe disk is full; make room and start again: {folder}"


def _any(tx: Session, table: type) -> bool:
    return tx.exec(select(table).limit(1)).first() is not None


def _demo(db: Database, settings: Settings) -> str:
    from portal.seeding import demo

    signs = _add_demo_staff(db, _sign_ins_file(settings), secret=settings.secret)
    with db.reading() as tx:
        # Real colleagues and no cases yet: a town that is about to open, where invented records have no place.
        is_wanted = staff.by_email(tx, DEMO_STAFF[0].email) and not _any(tx, Case)
    if is_wanted:
        demo.write(db, secret=settings.secret, folder=settings.data_dir, now=clock.now())
    return signs


def _add_demo_staff(db: Database, file: Path, *, secret: bytes) -> str:
    with db.transaction() as tx:
        if _any(tx, Clerk):
            return ""
        passwords = [new_password() for _ in DEMO_STAFF]
        for each, password in zip(DEMO_STAFF, passwords, strict=True):
            accounts.add_clerk(
                tx,
                email=each.email,
                name=each.name,
                role=each.role,
                departments=each.departments,
                password=password,
                now=clock.now(),
            )
        signs = "\n".join(
            f"  {each.role:<14} {each.email:<20} {password}"
            for each, password in zip(DEMO_STAFF, passwords, strict=True)
        )
        signs += _second_steps(tx, secret)
        _keep_private(file, signs + "\n")
    return signs


def _second_steps(tx: Session, secret: bytes) -> str:
    """What a demo's administrators need beside the password: real second factors, whose secrets are shown here."""
    words = ""
    for each in DEMO_STAFF:
        if each.role != "administrator":
            continue
        clerk = staff.by_email(tx, each.email)
        plain = second_factor.new_secret()
        codes = second_factor.give(tx, (clerk and clerk.id) or 0, plain, secret=secret, now=clock.now())
        words += (
            f"\n\n{each.email}, ikinci adım / second step:\n"
            f"  uygulama anahtarı / app secret: {plain}\n"
            "  veya bu kodlardan biri, her biri bir kez / or one of these codes, each once:\n"
        )
        words += "\n".join(f"  {first}   {second}" for first, second in zip(codes[::2], codes[1::2], strict=True))
    return words


def _keep_private(file: Path, words: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(words)


def _sign_ins_file(settings: Settings) -> Path:
    return settings.data_dir / "demo-sign-ins.txt"


def _how_to_sign_in(settings: Settings, signs: str) -> str:
    door, file = f"{settings.base_url}/giris", _sign_ins_file(settings)
    if signs:
        return (
            f"Personel girişi / staff sign-in: {door}\n{signs}\n"
            f"Bu parolalar bir kez gösterilir; {file} dosyasında saklanır.\n"
            f"These passwords are shown once; they are kept in {file}"
        )
    if file.exists():
        return f"Personel girişi / staff sign-in: {door}\nParolalar / passwords: {file}"
    return (
        f"Personel girişi / staff sign-in: {door}\n"
        "Yeni personel / a new colleague: .venv/bin/portal staff add EMAIL --role ROLE --department CODE"
    )

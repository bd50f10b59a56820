"""`portal check`: looks at an installation and says in plain words, Turkish then English, what is well and what not."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from db.engine import Database, revisions
from db.queries import health
from portal import clock, languages, opening
from portal.channels import DeliveryFailed, email
from portal.rules import deadlines
from portal.services import calendars, townbook
from portal.settings import Settings

OK, WARNING, ERROR = "tamam/OK", "dikkat/warning", "hata/error"

LEAST_FREE_MEGABYTES = 500
MAIL_WITHIN = 5
CLOCKS_APART = 2
CLOCKS_FAR_APART = 60
LETTERS_LEAVE_WITHIN = timedelta(minutes=15)
LETTERS_LOST_AFTER = timedelta(hours=4)
WORKER_SEEN_WITHIN = timedelta(minutes=2)
CALENDAR_KNOWS = timedelta(days=60)


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and how it stands."""

    level: str
    turkish: str
    english: str

    def __str__(self) -> str:
        return f"{self.level:<16}{self.turkish} / {self.english}"


def look(settings: Settings, *, now: datetime, before_start: bool = False, deep: bool = False) -> Iterator[Finding]:
    """Every finding, as soon as it is known.

    `before_start` leaves out what only a running installation has; `deep` counts every case again.
    """
    if problems := settings.problems():
        yield from (Finding(ERROR, "Ayarlar", problem.replace("\n", " ")) for problem in problems)
        return
    yield Finding(OK, "Ayarlar anlaşılır", "The settings make sense")
    yield from _address(settings)
    yield from _folder(settings.data_dir)
    yield from _disk(settings)
    yield from _database(settings, now=now, before_start=before_start, deep=deep)
    if not before_start:
        yield from _mail(settings)


def _level(*, is_bad: bool, is_doubtful: bool) -> str:
    if is_bad:
        return ERROR
    return WARNING if is_doubtful else OK


def _address(settings: Settings) -> Iterator[Finding]:
    if not settings.base_url.startswith("https://"):
        if _is_this_machine(urlsplit(settings.base_url).hostname or ""):
            yield Finding(OK, "Yalnız bu makineden açılıyor", "Only this machine opens it")
        else:
            yield Finding(
                WARNING,
                "PORTAL_BASE_URL https değil; parolalar açık gider",
                "PORTAL_BASE_URL is not https; passwords travel in the open",
            )
    elif settings.trusted_proxies:
        yield Finding(OK, f"Adres {settings.base_url}", f"The address is {settings.base_url}, behind a trusted proxy")
    else:
        yield Finding(
            WARNING,
            "PORTAL_TRUSTED_PROXY boş; herkes tek bir adres gibi sayılır",
            "PORTAL_TRUSTED_PROXY is empty; everybody counts as one address",
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _folder(folder: Path) -> Iterator[Finding]:
    try:
        facts = folder.stat()
    except OSError as no:
        yield Finding(ERROR, f"Veri klasörü yok: {folder}", f"There is no data folder: {no.strerror}")
        return
    if facts.st_uid != os.geteuid():
        yield Finding(
            ERROR,
            f"Veri klasörü başka bir kullanıcının: {folder}",
            "The data folder is another user's; run this as the user of the services",
        )
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(ERROR, f"Veri klasörüne yazılamıyor: {folder}", "The data folder cannot be written to")
    elif open_to_others := _open_to_others(folder):
        names = ", ".join(open_to_others[:5])
        yield Finding(
            WARNING, f"Başkaları okuyabiliyor (chmod go=): {names}", f"Others may read these (chmod go=): {names}"
        )
    else:
        yield Finding(OK, f"Veri klasörü yalnız bizim: {folder}", "The data folder is ours alone")


def _open_to_others(folder: Path) -> list[str]:
    """What others could look into: the folder itself first, for it keeps them from everything inside."""
    if not stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return []
    inside = sorted(each for each in folder.iterdir() if stat.S_IMODE(each.stat().st_mode) & 0o077)
    return [str(folder), *map(str, inside)]


def _disk(settings: Settings) -> Iterator[Finding]:
    places = {settings.data_dir}
    if file := _database_file(settings):
        places.add(file.parent)
    for place in sorted(each for each in places if each.exists()):
        free = shutil.disk_usage(place).free // 1_000_000
        level = _level(is_bad=free < opening.LEAST_FREE_MEGABYTES, is_doubtful=free < LEAST_FREE_MEGABYTES)
        yield Finding(level, f"Boş yer {free:,} MB: {place}", f"Free disk: {free:,} MB")


def _database_file(settings: Settings) -> Path | None:
    place = make_url(settings.database_url)
    is_file = place.get_backend_name() == "sqlite" and place.database and not place.database.startswith("file:")
    return Path(place.database) if is_file and place.database else None


def _database(settings: Settings, *, now: datetime, before_start: bool, deep: bool) -> Iterator[Finding]:
    file = _database_file(settings)
    if file and not file.exists():
        # Looking must not make one.
        yield Finding(
            ERROR, f"Veritabanı yok; “portal migrate” çalıştırın: {file}", "No database; run “portal migrate”"
        )
        return
    with closing(Database(settings.database_url)) as db:
        try:
            yield from _tables(db)
            if not db.is_up_to_date():
                return
            with db.reading() as tx:
                for part in (_town, _clocks):
                    yield from part(tx, now)
                yield from _people(tx, settings)
                if not before_start:
                    for part in (_outbox, _worker):
                        yield from part(tx, now)
                if deep:
                    yield from _counts(tx)
        except DBAPIError as no:
            said = opening.why_not(no, settings) or f"Veritabanı hatası\nThe database fails: {type(no.orig).__name__}"
            turkish, _, english = said.partition("\n")
            yield Finding(ERROR, turkish, english)


def _tables(db: Database) -> Iterator[Finding]:
    with db.reading() as tx:
        version = health.engine_version(tx)
    found, wanted = db.revision(), revisions()[-1]
    if not found:
        yield Finding(ERROR, "Tablolar yok; “portal migrate” çalıştırın", "There are no tables; run “portal migrate”")
        return
    if not db.is_up_to_date():
        yield Finding(
            ERROR,
            f"Tablolar eski ({found}); “portal migrate” çalıştırın",
            f"The tables are older ({found}) than this release ({wanted}); run “portal migrate”",
        )
        return
    if found != wanted:
        yield Finding(
            WARNING,
            f"Tablolar bu sürümden yeni ({found}); servisleri yeni sürümle başlatın",
            f"The tables are newer ({found}) than this release ({wanted}); start the services from the new one",
        )
    with db.transaction() as tx:
        health.beat(tx, "check", now=clock.now())
    yield Finding(
        OK, f"Veritabanı {version}, tablolar {found}, yazılabiliyor", f"The database is {version} and can be written to"
    )


def _town(tx: Session, now: datetime) -> Iterator[Finding]:
    town = townbook.read(tx)
    if not town.name or not town.departments or not town.categories:
        yield Finding(
            ERROR, "Belediye yüklenmemiş; “portal seed town” çalıştırın", "No town is loaded; run “portal seed town”"
        )
        return
    yield Finding(
        OK,
        f"{town.name}: {len(town.departments)} birim, {len(town.categories)} konu",
        f"{len(town.departments)} departments, {len(town.categories)} categories",
    )
    yield from _calendar(tx, now)


def _calendar(tx: Session, now: datetime) -> Iterator[Finding]:
    until = (now + CALENDAR_KNOWS).astimezone(clock.ISTANBUL).date()
    last = max(calendars.current(tx).holidays, default=None)
    # Official holidays are known year by year, so a year without a single one has not been counted yet.
    if last is None or last.year < until.year or until.year not in deadlines.KNOWN_YEARS:
        yield Finding(
            ERROR,
            "Çalışma takvimi önümüzdeki 60 günü bilmiyor; yeni sürüme geçin",
            "The working calendar does not know the next 60 days; take a newer release",
        )
    else:
        yield Finding(
            OK, f"Takvim {last.year} sonuna kadar biliniyor", f"The calendar is known to the end of {last.year}"
        )


def _clocks(tx: Session, now: datetime) -> Iterator[Finding]:
    newest = health.newest_event(tx)
    if newest and newest > now + timedelta(seconds=CLOCKS_FAR_APART):
        yield Finding(
            ERROR,
            "Saat geri kalmış: son kayıt gelecekte görünüyor",
            f"The clock is behind: the newest record is of {newest:%Y-%m-%d %H:%M} UTC",
        )
        return
    server = health.clock_of_server(tx)
    apart = abs((server - clock.now()).total_seconds()) if server else 0
    if apart > CLOCKS_APART:
        yield Finding(
            _level(is_bad=apart > CLOCKS_FAR_APART, is_doubtful=True),
            f"Veritabanının saati {apart:.0f} saniye farklı",
            f"The database's clock differs by {apart:.0f} seconds",
        )
    else:
        yield Finding(OK, f"Saat {now.astimezone(clock.ISTANBUL):%d.%m.%Y %H:%M}", f"The clock says {now:%H:%M} UTC")


def _people(tx: Session, settings: Settings) -> Iterator[Finding]:
    is_public = settings.base_url.startswith("https://")
    demo = health.active_among(tx, frozenset(each.email for each in opening.DEMO_STAFF))
    passwords = settings.data_dir / "demo-sign-ins.txt"
    if demo and is_public:
        yield Finding(ERROR, f"{demo} deneme hesabı açık", f"{demo} demo colleagues may sign in on a public address")
    if passwords.exists() and is_public:
        yield Finding(
            WARNING, f"Deneme parolaları duruyor; silin: {passwords}", "Passwords of the demo lie there; remove them"
        )
    if health.administrators(tx):
        yield Finding(OK, "Yönetici var", "There is an administrator")
    else:
        yield Finding(
            WARNING,
            "Yönetici yok; “portal staff add … --role administrator”",
            "There is no administrator; “portal staff add … --role administrator”",
        )


def _outbox(tx: Session, now: datetime) -> Iterator[Finding]:
    count, oldest = health.outbox(tx)
    waits = now - oldest if oldest else timedelta(0)
    level = _level(is_bad=waits > LETTERS_LOST_AFTER, is_doubtful=waits > LETTERS_LEAVE_WITHIN)
    minutes = int(waits.total_seconds() // 60)
    yield Finding(
        level,
        f"Gönderilmeyi bekleyen {count} ileti; en eskisi {minutes} dakikalık",
        f"{count} letters wait; the oldest for {minutes} minutes",
    )


def _worker(tx: Session, now: datetime) -> Iterator[Finding]:
    seen = health.last_beat(tx, health.WORKER)
    if seen is None or now - seen > WORKER_SEEN_WITHIN:
        when = f"{seen.astimezone(clock.ISTANBUL):%d.%m.%Y %H:%M}" if seen else "hiç / never"
        yield Finding(
            ERROR, f"“portal worker” çalışmıyor; son görülme: {when}", "The worker is not running; letters stay here"
        )
    else:
        yield Finding(OK, "“portal worker” çalışıyor", "The worker is at work")


def _counts(tx: Session) -> Iterator[Finding]:
    if wrong := health.wrong_counts(tx):
        yield Finding(ERROR, f"{wrong} sayaç kayıtlarla uyuşmuyor", f"{wrong} counts differ from the cases themselves")
    else:
        yield Finding(OK, "Sayaçlar kayıtlarla aynı", "The counts are those of the cases")


def _mail(settings: Settings) -> Iterator[Finding]:
    sender = email.open_sender(settings)
    if isinstance(sender, email.MailFolder):
        yield Finding(
            WARNING if settings.base_url.startswith("https://") else OK,
            f"E-posta sunucusu yok; iletiler dosya olur: {sender.folder}",
            "No mail server is set; letters become files",
        )
        return
    begun = time.monotonic()
    try:
        sender.knock(within=MAIL_WITHIN)
    except DeliveryFailed as no:
        # The server's own answer may name the account, which is ours, and nobody's letter.
        english = languages.ENGLISH.say(no.why)
        yield Finding(ERROR, str(no.why), f"{english} {no.answer}".strip())
        return
    took = time.monotonic() - begun
    yield Finding(OK, f"E-posta sunucusu {sender.name} hazır", f"The mail server answers in {took:.1f} seconds")

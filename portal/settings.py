"""What the installation is told from outside: read once, typed, and complained about in plain words."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

SECRET_BYTES = 32
LEAST_TOKEN = 20
MAIL_SCHEMES = ("smtp", "smtps", "smtp+starttls")
POSTGRESQL = "postgresql+psycopg://"


@dataclass(frozen=True)
class Settings:
    """One installation. `problems()` says what keeps it from working."""

    data_dir: Path
    database_url: str = field(repr=False)
    host: str
    port: int
    smtp_url: str | None = field(repr=False)
    base_url: str
    secret: bytes = field(repr=False)
    mail_from: str = ""
    trusted_proxies: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)
    unreadable: tuple[str, ...] = ()
    secret_file: Path = Path("secret")

    @classmethod
    def read(cls, env: Mapping[str, str]) -> "Settings":
        """Reads every PORTAL_ variable; what could not be read is left for `problems()` to tell."""
        unreadable: list[str] = []
        data_dir = Path(env.get("PORTAL_DATA") or "var").absolute()
        host = env.get("PORTAL_HOST") or "127.0.0.1"
        port = _port(env.get("PORTAL_PORT") or "8000", unreadable)
        return cls(
            data_dir=data_dir,
            database_url=_database_url(env.get("PORTAL_DATABASE_URL") or f"sqlite:///{data_dir}/portal.sqlite3"),
            host=host,
            port=port,
            smtp_url=env.get("PORTAL_SMTP_URL") or None,
            base_url=(env.get("PORTAL_BASE_URL") or _address(host, port)).rstrip("/"),
            secret=_secret(data_dir, env.get("PORTAL_SECRET_FILE"), unreadable),
            mail_from=env.get("PORTAL_MAIL_FROM") or "",
            trusted_proxies=tuple((env.get("PORTAL_TRUSTED_PROXY") or "").replace(",", " ").split()),
            metrics_token=env.get("PORTAL_METRICS_TOKEN") or "",
            unreadable=tuple(unreadable),
            secret_file=_secret_file(data_dir, env.get("PORTAL_SECRET_FILE")),
        )

    def problems(self) -> list[str]:
        """Every reason these settings cannot work, as sentences for the person who set them."""
        return [
            *self.unreadable,
            *_database_problems(self.database_url),
            *_mail_problems(self.smtp_url, self.mail_from),
            *_base_url_problems(self.base_url),
            *_proxy_problems(self.trusted_proxies),
            *_token_problems(self.metrics_token),
        ]


def _port(text: str, unreadable: list[str]) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 65535:
        return int(text)
    unreadable.append(f"PORTAL_PORT must be a number from 1 to 65535, but it is “{text}”.")
    return 8000


def _database_url(text: str) -> str:
    for short in ("postgres://", "postgresql://"):
        if text.startswith(short):
            return POSTGRESQL + text.removeprefix(short)
    return text


def _address(host: str, port: int) -> str:
    # Nobody can type "every address of this machine" into a browser.
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _secret(data_dir: Path, named: str | None, unreadable: list[str]) -> bytes:
    file = _secret_file(data_dir, named)
    try:
        if not named:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _write_new_secret(file)
        mode, secret = file.stat().st_mode, file.read_bytes()
    except OSError as no:
        unreadable.append(
            f"Gizli anahtar dosyası kullanılamıyor: {file} ({no.strerror}). PORTAL_DATA klasörünü denetleyin.\n"
            f"The secret file cannot be used: {file} ({no.strerror}). Check the folder PORTAL_DATA."
        )
        return b""
    if mode & 0o077:
        unreadable.append(f"Other people may read the secret file {file}. Close it with: chmod 600 {file}")
    if len(secret) < SECRET_BYTES:
        unreadable.append(f"The secret file {file} is shorter than {SECRET_BYTES} bytes. Remove it; a new one is made.")
    return secret


def _secret_file(data_dir: Path, named: str | None) -> Path:
    return Path(named) if named else data_dir / "secret"


def _write_new_secret(file: Path) -> None:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(SECRET_BYTES))
            out.flush()
            os.fsync(out.fileno())
        # A link appears whole or not at all: of two starting at once, both go on with the first one's secret.
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _database_problems(url: str) -> list[str]:
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return []
    if url.startswith(POSTGRESQL):
        return _unsplittable("PORTAL_DATABASE_URL", url)
    return [
        "PORTAL_DATABASE_URL must look like postgresql://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
    ]


def _mail_problems(url: str | None, sender: str) -> list[str]:
    found = []
    if url and (_unsplittable("PORTAL_SMTP_URL", url) or not _is_mail_url(urlsplit(url))):
        found.append(
            "PORTAL_SMTP_URL must look like smtp://user:password@host:25, smtps://user:password@host:465 "
            "or smtp+starttls://user:password@host:587."
        )
    if sender and ("@" not in sender.strip("@") or not sender.isprintable() or " " in sender):
        found.append(f"PORTAL_MAIL_FROM must be one e-mail address, but it is “{sender}”.")
    return found


def _is_mail_url(url: SplitResult) -> bool:
    return url.scheme in MAIL_SCHEMES and bool(url.hostname)


def _base_url_problems(url: str) -> list[str]:
    if found := _unsplittable("PORTAL_BASE_URL", url):
        return found
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment:
        return []
    return [f"PORTAL_BASE_URL must be the address people type, like https://cozum.example.bel.tr, but it is “{url}”."]


def _proxy_problems(proxies: tuple[str, ...]) -> list[str]:
    return [
        f"PORTAL_TRUSTED_PROXY must hold addresses like 10.0.0.5 or 10.0.0.0/24, but it holds “{proxy}”."
        for proxy in proxies
        if not _is_network(proxy)
    ]


def _token_problems(token: str) -> list[str]:
    if not token or (len(token) >= LEAST_TOKEN and token.isascii() and token.isprintable() and " " not in token):
        return []
    return [f"PORTAL_METRICS_TOKEN must be at least {LEAST_TOKEN} letters and digits, like: openssl rand -hex 24"]


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _unsplittable(name: str, url: str) -> list[str]:
    # The value may hold a password, so the sentence names the variable and not what it holds.
    try:
        urlsplit(url).port  # noqa: B018
    except ValueError:
        return [f"{name} holds a port that is not a number from 0 to 65535, or a broken host."]
    return []

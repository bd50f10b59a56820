"""What an installation may be told, and what it answers when told nonsense."""

import stat
from pathlib import Path

import pytest

from portal.settings import Settings


def read(folder: Path, **said: str) -> Settings:
    return Settings.read({"PORTAL_DATA": str(folder), **said})


def test_nothing_needs_to_be_said(tmp_path: Path):
    settings = read(tmp_path / "var")

    assert settings.problems() == []
    assert settings.database_url == f"sqlite:///{tmp_path}/var/portal.sqlite3"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.smtp_url is None


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    first, second = read(tmp_path), read(tmp_path)

    assert len(first.secret) == 32
    assert first.secret == second.secret
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_a_secret_others_may_read_is_refused(tmp_path: Path):
    read(tmp_path)
    (tmp_path / "secret").chmod(0o644)

    assert read(tmp_path).problems() == [
        f"Other people may read the secret file {tmp_path}/secret. Close it with: chmod 600 {tmp_path}/secret"
    ]


def test_a_short_secret_is_refused(tmp_path: Path):
    file = tmp_path / "mine"
    file.write_bytes(b"kisa")
    file.chmod(0o600)

    assert "shorter than 32 bytes" in read(tmp_path, PORTAL_SECRET_FILE=str(file)).problems()[0]


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")

    assert "cannot be used" in read(tmp_path / "file" / "var").problems()[0]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_our_driver(tmp_path: Path, scheme: str):
    settings = read(tmp_path, PORTAL_DATABASE_URL=f"{scheme}://ayse:sir@db.example/cozum")

    assert settings.database_url == "postgresql+psycopg://ayse:sir@db.example/cozum"
    assert settings.problems() == []


@pytest.mark.parametrize(
    "url", ["smtp://mail.example", "smtps://u:p@mail.example:465", "smtp+starttls://m.example:587"]
)
def test_every_way_of_posting_is_understood(tmp_path: Path, url: str):
    assert read(tmp_path, PORTAL_SMTP_URL=url, PORTAL_MAIL_FROM="cozum@example.bel.tr").problems() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PORT", "0"),
        ("PORTAL_PORT", "70000"),
        ("PORTAL_PORT", "seksen"),
        ("PORTAL_PORT", "٨٠"),
        ("PORTAL_DATABASE_URL", "mysql://db.example/cozum"),
        ("PORTAL_DATABASE_URL", "postgresql://db.example:port/cozum"),
        ("PORTAL_DATABASE_URL", "cozum.sqlite3"),
        ("PORTAL_SMTP_URL", "mail.example:25"),
        ("PORTAL_SMTP_URL", "smtp://"),
        ("PORTAL_SMTP_URL", "smtp://mail.example:99999"),
        ("PORTAL_MAIL_FROM", "cozum merkezi"),
        ("PORTAL_MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("PORTAL_BASE_URL", "cozum.example"),
        ("PORTAL_BASE_URL", "ftp://cozum.example"),
        ("PORTAL_BASE_URL", "https://cozum.example/?a=b"),
        ("PORTAL_TRUSTED_PROXY", "*"),
        ("PORTAL_TRUSTED_PROXY", "proxy.example"),
        ("PORTAL_METRICS_TOKEN", "kisa"),
        ("PORTAL_METRICS_TOKEN", "uzun ama bosluklu bir soz"),
    ],
)
def test_nonsense_is_named_in_one_sentence(tmp_path: Path, name: str, value: str):
    problems = read(tmp_path, **{name: value}).problems()

    assert len(problems) == 1
    assert problems[0].startswith(name)


def test_passwords_stay_out_of_what_is_printed(tmp_path: Path):
    settings = read(
        tmp_path,
        PORTAL_DATABASE_URL="postgresql://ayse:cok-gizli@db.example:x/cozum",
        PORTAL_SMTP_URL="smtp://u:cok-gizli@mail.example:x",
        PORTAL_METRICS_TOKEN="cok-gizli",
    )

    assert "cok-gizli" not in repr(settings) + " ".join(settings.problems())
    assert str(settings.secret) not in repr(settings)


def test_several_trusted_proxies_may_be_named(tmp_path: Path):
    settings = read(tmp_path, PORTAL_TRUSTED_PROXY="10.0.0.5, 10.1.0.0/16")

    assert settings.trusted_proxies == ("10.0.0.5", "10.1.0.0/16")
    assert settings.problems() == []


def test_an_address_for_every_machine_is_shown_as_one_that_can_be_typed(tmp_path: Path):
    assert read(tmp_path, PORTAL_HOST="0.0.0.0").base_url == "http://127.0.0.1:8000"
    assert read(tmp_path, PORTAL_HOST="::1", PORTAL_PORT="8001").base_url == "http://[::1]:8001"
    assert read(tmp_path, PORTAL_BASE_URL="https://cozum.example.bel.tr/").base_url == "https://cozum.example.bel.tr"

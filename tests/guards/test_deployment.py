"""What is handed to the town's IT person names only what there is."""

import re
import shlex
from pathlib import Path

import pytest

from portal import settings
from portal.app import MOST_BODY
from portal.cli import _parser
from portal.routes import apply, proceeding, report, track

HOME = Path(__file__).parents[2]
DEPLOY = HOME / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
EXAMPLE = (DEPLOY / "cozum.env.example").read_text("utf-8")
MANUAL = (HOME / "portal" / "docs" / "operations.md").read_text("utf-8")
KNOWN = set(re.findall(r'env\.get\("(PORTAL_[A-Z_]+)"', Path(settings.__file__).read_text("utf-8")))
_PORTAL = "/opt/cozum/.venv/bin/portal"


@pytest.mark.parametrize("service", SERVICES, ids=lambda file: file.stem)
def test_a_service_starts_a_command_there_is(service: Path):
    [line] = re.findall(r"^ExecStart=(.*)$", service.read_text("utf-8"), re.M)
    program, *words = shlex.split(line)

    assert program == _PORTAL
    # Ends the test where there is no such command.
    assert callable(_parser().parse_args(words).act)


@pytest.mark.parametrize("service", SERVICES, ids=lambda file: file.stem)
def test_a_service_may_touch_nothing_but_its_own(service: Path):
    words = service.read_text("utf-8").splitlines()

    for needed in (
        "User=cozum",
        "UMask=0077",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "StateDirectory=cozum",
        "EnvironmentFile=/etc/cozum/cozum.env",
    ):
        assert needed in words, f"{service.name} needs {needed}"


def test_the_example_lists_every_setting_and_no_other():
    listed = set(re.findall(r"^#?(PORTAL_[A-Z_]+)=", EXAMPLE, re.M))

    assert listed == KNOWN, f"Let deploy/cozum.env.example hold exactly what settings.py reads: {listed ^ KNOWN}"


def test_the_example_is_understood(tmp_path: Path):
    said = dict(re.findall(r"^#?(PORTAL_[A-Z_]+)=(.+)$", EXAMPLE, re.M))
    read = settings.Settings.read(
        {**said, "PORTAL_DATA": str(tmp_path), "PORTAL_SECRET_FILE": "", "PORTAL_METRICS_TOKEN": "a" * 20}
    )

    assert read.problems() == []


def test_a_proxy_lets_through_what_the_largest_form_needs():
    most = max(MOST_BODY, apply.MOST_UPLOAD, proceeding.MOST_UPLOAD, report.MOST_UPLOAD, track.MOST_UPLOAD)
    limits = [
        re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf.example").read_text("utf-8")),
        re.findall(r"max_size (\d+)MB", (DEPLOY / "Caddyfile.example").read_text("utf-8")),
    ]

    assert limits == [[str(most // 1_000_000)]] * 2


@pytest.mark.parametrize("name", ["nginx.conf.example", "Caddyfile.example"])
def test_a_proxy_keeps_the_counts_inside_and_numbers_what_passes(name: str):
    words = (DEPLOY / name).read_text("utf-8")

    assert re.search(r"/olcum[^}]*\b404\b", words)
    assert "X-Request-ID" in words


def test_the_alarms_lead_to_a_page_of_the_manual():
    headings = set(re.findall(r"^#+ (.+)$", MANUAL, re.M))
    named = re.findall(r"“(.+?)”", (DEPLOY / "prometheus-rules.yml").read_text("utf-8"))

    assert len(named) >= 8
    assert set(named) <= headings


def test_the_alarms_ask_for_counts_there_are():
    source = (HOME / "portal" / "metrics.py").read_text("utf-8")
    asked = set(re.findall(r"\bcozum_[a-z_]+", (DEPLOY / "prometheus-rules.yml").read_text("utf-8")))

    for name in asked:
        assert name.removesuffix("_total").removesuffix("_bucket") in source, f"There is no {name}"


def test_the_manual_names_commands_and_settings_there_are():
    named = set(re.findall(r"PORTAL_[A-Z_]+", MANUAL))
    commands = set(
        re.findall(r"(?<![\w/])portal ((?:seed |staff )?[a-z-]+)", " ".join(re.findall(r"`([^`]+)`", MANUAL)))
    )

    assert named <= KNOWN
    assert {words.split()[0] for words in commands} <= _commands()


def _commands() -> set[str]:
    return set(next(each for each in _parser()._actions if each.choices).choices or ())


def test_the_container_installs_what_is_locked_and_nothing_as_root():
    words = (DEPLOY / "Containerfile").read_text("utf-8")

    assert "--require-hashes" in words
    assert "USER cozum" in words
    assert "index-url" not in words

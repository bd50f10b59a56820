"""What is handed to the town's IT person names only what there is."""

import re
import shlex
from pathlib import Path

import pytest
import uvicorn

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
# In the lines to type, and between the words; what stands in capitals is for the reader to fill in.
_TYPED = [*re.findall(r"^ +# (.+?)(?: +# .*)?$", MANUAL, re.M), *re.findall(r"`([^`\n]+)`", MANUAL)]
_COMMANDS = {
    words.strip() for line in _TYPED for words in re.findall(r"(?:(?:^|[;&] )cozum|(?:^| )portal) ([a-z][^;&|]*)", line)
}


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


def test_the_manual_names_settings_and_files_there_are():
    files = re.findall(r"(?:deploy/|sed '\S+ )([\w.-]+\w)", MANUAL)

    assert set(re.findall(r"PORTAL_[A-Z_]+", MANUAL)) <= KNOWN
    assert len(files) >= 5
    assert [each for each in files if not (DEPLOY / each).exists()] == []


@pytest.mark.parametrize("words", sorted(_COMMANDS))
def test_the_manual_names_commands_there_are(words: str):
    # Ends the test where there is no such command, or not with these words.
    assert callable(_parser().parse_args(shlex.split(words)).act)


def test_what_the_manual_says_of_a_look_can_be_asked_for():
    asked = re.findall(r"`(--[a-z-]+)`", MANUAL.partition("## What each line of")[2].partition("\n## ")[0])

    assert len(asked) >= 2
    assert callable(_parser().parse_args(["check", *asked]).act)


def test_the_manual_and_the_services_speak_of_the_same_places():
    units = "".join(each.read_text("utf-8") for each in SERVICES)
    named = set(re.findall(r"\bcozum-(?:web|worker|backup|check)\b(?:\.timer)?", MANUAL))

    for place in (_PORTAL, "/etc/cozum/cozum.env", "/var/lib/cozum"):
        assert place in units
        assert place in MANUAL
    for each in named:
        assert (DEPLOY / (each if each.endswith(".timer") else f"{each}.service")).exists()
    assert "ln -sfn cozum-RELEASE /opt/cozum" in MANUAL, "A release in use must not be moved away under its pages"


def test_nginx_gives_no_name_to_two_things():
    words = (DEPLOY / "nginx.conf.example").read_text("utf-8")
    zones = re.findall(r"(?:zone=|shared:)(\w+):", words)

    assert len(zones) == len(set(zones)), "nginx refuses to start with two zones of one name"


def test_a_proxy_hangs_up_before_the_portal_does():
    patience = uvicorn.Config(lambda: None).timeout_keep_alive
    [nginx] = re.findall(r"keepalive_timeout (\d+)s;\n\}", (DEPLOY / "nginx.conf.example").read_text("utf-8"))
    [caddy] = re.findall(r"keepalive (\d+)s", (DEPLOY / "Caddyfile.example").read_text("utf-8"))

    assert int(nginx) < patience
    assert int(caddy) < patience


def test_the_container_installs_what_is_locked_and_nothing_as_root():
    words = (DEPLOY / "Containerfile").read_text("utf-8")

    assert "--require-hashes" in words
    assert "USER cozum" in words
    assert "index-url" not in words

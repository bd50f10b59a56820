"""Finds a Chromium for the journeys, and installs one where there is none. `python -m e2e.browser` prints its path."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Containers have no user namespaces, a tiny /dev/shm and no graphics card.
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
CACHE = Path(sys.prefix) / "browser"
NPM_PACKAGE = "@sparticuz/chromium@147"
UNPACK = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"

Way = Callable[[], str | None]


class NoBrowser(Exception):
    """One sentence about what to do."""


def find(ways: Iterable[Way] = ()) -> str:
    """The path of a Chromium that answers, by the first way that leads to one."""
    for way in ways or WAYS:
        if path := way():
            return path
    raise NoBrowser(
        "The browser tests need Chromium and none could be installed: "
        "run “apt-get install chromium” as root, or name one in PORTAL_CHROMIUM."
    )


def named() -> str | None:
    """The one that PORTAL_CHROMIUM names; it must be right, so that nobody tests in another one unawares."""
    path = os.environ.get("PORTAL_CHROMIUM")
    if path and not answers(path):
        raise NoBrowser(f"PORTAL_CHROMIUM names “{path}”, which does not start: name a Chromium, or leave it unset.")
    return path or None


def on_path() -> str | None:
    """One that the machine already has."""
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and answers(path)), None)


def of_playwright() -> str | None:
    """The one that Playwright keeps for itself."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if answers(path) else None


def from_playwright() -> str | None:
    """Playwright's own, downloaded now."""
    _say("Playwright")
    return of_playwright() if _does(sys.executable, "-m", "playwright", "install", "chromium") else None


def from_apt() -> str | None:
    """Debian's own, when we may install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    _say("apt-get")
    # Another apt may be at work on a young machine; it is worth waiting for.
    apt = ("apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=400", "-o", "Acquire::Retries=2")
    return on_path() if _does(*apt, "update") and _does(*apt, "install", "chromium") else None


def from_npm() -> str | None:
    """One packed for machines without a desktop, with the libraries it needs; no root, only node."""
    starter = CACHE / "chromium"
    if answers(str(starter)):
        return str(starter)
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    _say("npm")
    unpacked = CACHE / "unpacked"
    unpacked.mkdir(parents=True, exist_ok=True)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(CACHE), NPM_PACKAGE)
    # The name of a cloud machine makes it unpack its libraries too.
    env = {**os.environ, "TMPDIR": str(unpacked), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
    if not (_does(*npm) and _does("node", "--input-type=module", "-e", UNPACK, env=env)):
        return None
    starter.write_text(
        "#!/bin/sh\n"
        f"[ -d /etc/fonts ] || export FONTCONFIG_PATH='{unpacked}/fonts'\n"
        f"export LD_LIBRARY_PATH='{unpacked}/al2023/lib'\n"
        f"exec '{unpacked}/chromium' \"$@\"\n"
    )
    starter.chmod(0o755)
    return str(starter) if answers(str(starter)) else None


WAYS: tuple[Way, ...] = (named, on_path, of_playwright, from_playwright, from_apt, from_npm)


def answers(path: str) -> bool:
    """Whether a Chromium is there and starts; some systems keep only a signpost under its name."""
    try:
        told = subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0


def _does(*command: str, env: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(command, cwd=_cache(), env=env, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as no:
        print(f"  {command[0]}: {no}", file=sys.stderr)
        return False
    if done.returncode != 0:
        print(f"  {' '.join((done.stdout + done.stderr).split())[-300:]}", file=sys.stderr)
    return done.returncode == 0


def _cache() -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    return CACHE


def _say(place: str) -> None:
    print(f"No Chromium here yet; getting one from {place}…", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(find())
    except NoBrowser as no:
        sys.exit(str(no))

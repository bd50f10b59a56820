"""Which browser the journeys run in, and what is said when there is none."""

from pathlib import Path

import pytest

from e2e import browser


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH is one folder, and on which nothing is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PORTAL_CHROMIUM", raising=False)
    return tmp_path


def program(folder: Path, name: str, *, ends: int = 0) -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\nexit {ends}\n")
    file.chmod(0o755)
    return str(file)


def test_the_named_browser_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch):
    program(machine, "chromium")
    mine = program(machine, "mine")
    monkeypatch.setenv("PORTAL_CHROMIUM", mine)

    assert browser.find() == mine


def test_a_named_browser_that_does_not_start_is_not_replaced_in_silence(machine: Path, monkeypatch: pytest.MonkeyPatch):
    program(machine, "chromium")
    monkeypatch.setenv("PORTAL_CHROMIUM", str(machine / "gone"))

    with pytest.raises(browser.NoBrowser, match="PORTAL_CHROMIUM"):
        browser.find()


def test_a_signpost_is_passed_over(machine: Path):
    program(machine, "chromium", ends=1)
    chrome = program(machine, "google-chrome")

    assert browser.find() == chrome


def test_when_every_way_fails_one_sentence_says_what_to_do(machine: Path):
    with pytest.raises(browser.NoBrowser, match="apt-get install chromium"):
        browser.find([browser.named, browser.on_path])


def test_the_ways_are_tried_in_the_promised_order():
    assert [way.__name__ for way in browser.WAYS] == [
        "named",
        "on_path",
        "of_playwright",
        "from_playwright",
        "from_apt",
        "from_npm",
    ]

"""The lock files: exact, hashed, from nowhere in particular, and the same for running and for testing."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_download_from(name: str):
    text = (HOME / name).read_text("utf-8")

    assert not re.search(r"://|^\s*--(?!hash)", text, re.MULTILINE), f"{name}: make it with --no-emit-index-url."


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name: str):
    for version, entry in _entries(name).items():
        assert "--hash=sha256:" in entry, f"{version} in {name} has no hash: make the lock with --generate-hashes."


def test_the_tests_run_on_the_versions_that_are_shipped():
    missing = _entries("requirements.lock").keys() - _entries("requirements-test.lock").keys()

    assert not missing, "Make requirements-test.lock again, with --constraint requirements.lock."


def _entries(name: str) -> dict[str, str]:
    parts = re.split(r"^(?=[a-z0-9])", (HOME / name).read_text("utf-8"), flags=re.MULTILINE)
    return {part.split()[0]: part for part in parts if "==" in part}

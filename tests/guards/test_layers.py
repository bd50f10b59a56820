"""Arrows go down only. The arrows themselves are the contracts in pyproject.toml."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
RULES = sorted((HOME / "portal" / "rules").glob("*.py"))
# Whoever decides needs no more than this.
ALLOWED_IN_RULES = {*sys.stdlib_module_names, "portal.rules"}


def test_no_layer_reaches_upwards():
    lint = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([lint, "--no-cache"], cwd=HOME, capture_output=True, text=True)

    assert told.returncode == 0, f"Move the import down a layer, or pass what is needed as an argument.\n{told.stdout}"


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_rules_decide_with_the_standard_library_alone(file: Path):
    strangers = [name for name in _imported(file) if not _is_allowed(name)]

    assert not strangers, f"{file.name} decides; let its caller use {strangers} and pass the outcome."


def _is_allowed(name: str) -> bool:
    return name.split(".")[0] in ALLOWED_IN_RULES or ".".join(name.split(".")[:2]) in ALLOWED_IN_RULES


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)

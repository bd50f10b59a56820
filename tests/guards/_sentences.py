"""Finds every Turkish sentence a screen may show: in templates, and in code where it is marked or refused."""

import ast
from collections.abc import Iterator
from pathlib import Path

from portal import languages
from portal.routes import _page

PORTAL = Path(languages.__file__).parent

# A sentence given to one of these is shown to a person.
_MARKS = {"msgid", "Refused", "_", "gettext", "ngettext"}


def in_templates() -> Iterator[tuple[str, str]]:
    """Each sentence of each template, with where it stands."""
    environment = _page.environment("tr")
    for path in sorted(_page.TEMPLATES.rglob("*.html")):
        for line, _name, said in environment.extract_translations(path.read_text("utf-8")):  # type: ignore[attr-defined]
            # A call with values comes as a tuple; one that is given a variable comes without a sentence.
            sentence = said[0] if isinstance(said, tuple) else said
            if sentence:
                yield sentence, f"{path.relative_to(PORTAL)}:{line}"


def in_code() -> Iterator[tuple[str, str]]:
    """Each marked sentence of each module, with where it stands."""
    for path in sorted(PORTAL.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in _MARKS and node.args:
                said = node.args[0]
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value, f"{path.relative_to(PORTAL)}:{node.lineno}"


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""

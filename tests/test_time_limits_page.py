"""What the page about time limits shows is what the program counts."""

from pathlib import Path

import pytest

from portal.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "sureler.md"
PROMPT = "    $ portal "


def examples() -> list[tuple[str, str]]:
    """Each command of the page with the lines below it."""
    found: list[tuple[str, list[str]]] = []
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith(PROMPT):
            found.append((line.removeprefix(PROMPT), []))
        elif found and line.startswith("    "):
            found[-1][1].append(line[4:])
    return [(command, "\n".join(lines)) for command, lines in found]


def test_every_law_has_its_example():
    page = PAGE.read_text("utf-8")

    assert len(examples()) >= 10
    for law in ("## 3071", "## 4982", "## 6698", "## CİMER", "## 3194", "## İtiraz"):
        assert law in page


@pytest.mark.parametrize(("command", "expected"), examples(), ids=[command for command, _ in examples()])
def test_the_page_shows_what_is_counted(
    command: str, expected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    assert main(command.split(), {"PORTAL_DATA": str(tmp_path)}) == 0

    assert capsys.readouterr().out.rstrip() == expected

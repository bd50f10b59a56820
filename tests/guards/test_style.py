"""One style, kept by a machine, so that reviews can speak of better things."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[2]


def test_the_code_is_in_the_style_of_the_house():
    ruff = Path(sys.executable).with_name("ruff")
    told = subprocess.run([ruff, "check", "--no-cache", "."], cwd=HOME, capture_output=True, text=True)

    assert told.returncode == 0, f"Run “ruff check” and mend what it names:\n{told.stdout}"

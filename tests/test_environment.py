"""bin/run and bin/test before there is anything but Python: what they install, and what they say when they cannot."""

import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

HOME = Path(__file__).parents[1]


@pytest.fixture
def environment(tmp_path: Path) -> ModuleType:
    """The installer, for a checkout in a folder of its own."""
    spec = importlib.util.spec_from_file_location("_environment", HOME / "bin" / "_environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.HOME, module.VENV, module.PYTHON = tmp_path, tmp_path / ".venv", tmp_path / ".venv" / "bin" / "python"
    module.PYTHON.parent.mkdir(parents=True)
    module.PYTHON.touch()
    for name in (module.RUNTIME, "pyproject.toml"):
        (tmp_path / name).write_text("litestar==2.25.0\n")
    return module


@pytest.mark.parametrize("script", ["run", "test"])
def test_an_old_python_is_told_in_two_languages(tmp_path: Path, script: str):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    tools = os.pathsep.join((str(tmp_path), str(_only(tmp_path, "dirname"))))

    told = subprocess.run(["/bin/sh", HOME / "bin" / script], env={"PATH": tools}, capture_output=True, text=True)

    assert told.returncode == 1
    assert told.stderr == (
        "Python 3.11 veya daha yenisi gerekli; bulunan: Python 3.9.2.\n"
        "Python 3.11 or newer is needed; found: Python 3.9.2.\n"
    )


def test_a_checkout_that_is_up_to_date_is_left_alone(environment: ModuleType):
    environment._stamp(environment.RUNTIME).write_text(environment._wanted(environment.RUNTIME))

    assert environment._is_current(environment.RUNTIME)


def test_a_new_lock_is_installed(environment: ModuleType):
    environment._stamp(environment.RUNTIME).write_text(environment._wanted(environment.RUNTIME))
    (environment.HOME / environment.RUNTIME).write_text("litestar==2.25.1\n")

    assert not environment._is_current(environment.RUNTIME)


def test_a_checkout_that_was_moved_is_installed_again(environment: ModuleType, tmp_path: Path):
    environment._stamp(environment.RUNTIME).write_text(environment._wanted(environment.RUNTIME))
    moved = tmp_path.with_name("moved")
    tmp_path.rename(moved)
    environment.HOME, environment.VENV, environment.PYTHON = moved, moved / ".venv", moved / ".venv" / "bin" / "python"

    assert not environment._is_current(environment.RUNTIME)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        ("OSError: [Errno 30] Read-only file system: '/srv/cozum/.venv'", "cannot be written to"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one in the lock file"),
        ("ERROR: Could not find a version that satisfies the requirement litestar", "Check the internet connection"),
    ],
)
def test_what_stopped_pip_is_told_plainly(environment: ModuleType, said: str, sentence: str):
    with pytest.raises(SystemExit, match=sentence):
        environment._explain(said)


def _only(folder: Path, tool: str) -> Path:
    """A folder that holds one tool of the system and nothing else."""
    place = folder / "tools"
    place.mkdir()
    for home in (Path("/usr/bin"), Path("/bin")):
        if (home / tool).exists():
            (place / tool).symlink_to(home / tool)
            return place
    raise FileNotFoundError(tool)

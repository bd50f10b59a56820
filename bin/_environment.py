"""Makes .venv hold exactly what a lock file names, and the product itself. Needs nothing but Python's own library.

The second time nothing has changed and this takes a moment: a stamp in .venv remembers what it was made from.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, TEST = "requirements.lock", "requirements-test.lock"
NEEDED_MEGABYTES = {RUNTIME: 400, TEST: 800}


def main(lock: str) -> None:
    """Brings .venv up to date, one process at a time."""
    with open(HOME / ".venv.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _is_current(lock):
            _check(lock)
            _install(lock)


def _is_current(lock: str) -> bool:
    return PYTHON.exists() and _stamp(lock).exists() and _stamp(lock).read_text() == _wanted(lock)


def _check(lock: str) -> None:
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        stop(
            f"Python'un venv modülü yok. Debian ve Ubuntu'da: apt install python{version}-venv",
            f"Python's venv module is missing. On Debian and Ubuntu: apt install python{version}-venv",
        )
    if shutil.disk_usage(HOME).free < NEEDED_MEGABYTES[lock] * 1_000_000:
        stop(
            f"Diskte yer kalmamış: {HOME} için en az {NEEDED_MEGABYTES[lock]} MB boş yer gerekli.",
            f"The disk is full: {HOME} needs at least {NEEDED_MEGABYTES[lock]} MB of free space.",
        )


def _install(lock: str) -> None:
    print("Gerekli paketler kuruluyor; birkaç dakika sürebilir.", file=sys.stderr)
    print("Installing the packages it needs; this may take a few minutes.", file=sys.stderr, flush=True)
    _stamp(lock).unlink(missing_ok=True)
    if not _runs(PYTHON):
        _call([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _call([*pip, "--require-hashes", "-r", lock])
    _call([*pip, "--no-index", "--no-deps", "--no-build-isolation", "--editable", "."])
    # The test lock holds the runtime lock, version for version.
    for each in {lock, RUNTIME}:
        _stamp(each).write_text(_wanted(each))


def _runs(python: Path) -> bool:
    # A Python that was upgraded or removed leaves a .venv that is only a shell.
    return python.exists() and subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def _call(command: list[str]) -> None:
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True)
    if done.returncode != 0:
        _explain(done.stdout + done.stderr)


def _explain(said: str) -> None:
    if "No space left" in said or "Disk quota" in said:
        stop(f"Diskte yer kalmadı: {HOME}", f"The disk is full: {HOME}")
    if "Permission denied" in said or "Read-only file system" in said:
        stop(f"Bu klasöre yazılamıyor: {HOME}", f"This folder cannot be written to: {HOME}")
    print("\n".join(said.strip().splitlines()[-8:]), file=sys.stderr)
    if "DO NOT MATCH THE HASHES" in said:
        stop(
            "İndirilen bir paket kilit dosyasındakiyle aynı değil; kurulmadı.",
            "A downloaded package is not the one in the lock file; it was not installed.",
        )
    stop(
        "Paketler kurulamadı. İnternet bağlantısını ve pip ayarlarını denetleyip yeniden deneyin.",
        "The packages could not be installed. Check the internet connection and pip's settings, then try again.",
    )


def _stamp(lock: str) -> Path:
    return VENV / f"{lock}.stamp"


def _wanted(lock: str) -> str:
    # The folder's own name is in the scripts of a .venv, so a checkout that was moved installs again.
    made_from = [(HOME / name).read_bytes() for name in (lock, "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*made_from, os.fsencode(HOME)])).hexdigest()


def stop(turkish: str, english: str) -> None:
    """Ends with one sentence in each language."""
    sys.exit(f"{turkish}\n{english}")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as no:
        stop(f"Kurulum yapılamadı: {no}", f"Could not install: {no}")

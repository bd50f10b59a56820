"""`portal run` as a process: it answers, keeps its worker with it, and leaves nothing behind."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.drills.stop import HalfForm

PATIENCE = 60


@contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The command with its address; its output ends only when its worker has ended too."""
    port = _free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "portal", "run", "--port", str(port), *words],
        env={**env, "PORTAL_DATA": str(folder / "var")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_it_answers_and_stops_when_told(tmp_path: Path):
    with running(tmp_path, "--no-demo") as (process, url):
        assert _answer(process, url) == 200

        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert url in told
    assert "portal staff add" in told
    assert "Traceback" not in told


def test_ctrl_c_stops_it_without_a_traceback(tmp_path: Path):
    with running(tmp_path, "--no-demo") as (process, url):
        assert _answer(process, url) == 200

        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert "Traceback" not in told


def test_its_worker_does_not_outlive_it(tmp_path: Path):
    with running(tmp_path, "--no-demo") as (process, url):
        assert _answer(process, url) == 200

        process.kill()
        # Ends only when nobody holds the other end any more, the worker included.
        process.communicate(timeout=PATIENCE)


def test_a_second_start_on_the_same_port_is_refused(tmp_path: Path):
    with running(tmp_path, "--no-demo") as (process, url):
        assert _answer(process, url) == 200
        again = [sys.executable, "-m", "portal", "run", "--port", url.rsplit(":", 1)[1]]

        refused = subprocess.run(
            again, env={**os.environ, "PORTAL_DATA": str(tmp_path)}, capture_output=True, text=True
        )

    assert refused.returncode == 1
    assert "is taken" in refused.stderr


def test_the_demo_passwords_are_shown_once_and_kept_for_the_owner(tmp_path: Path):
    file = tmp_path / "var" / "demo-sign-ins.txt"

    first = _told_by_a_start(tmp_path)
    second = _told_by_a_start(tmp_path)

    rows = [line.split() for line in file.read_text("utf-8").splitlines()]
    passwords = [row[-1] for row in rows if len(row) == 3 and "@" in row[1]]
    second_steps = [code for row in rows for code in row if re.fullmatch(r"[A-Z2-7]{32}|(\w{4}-){3}\w{4}", code)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(set(passwords)) == 6
    assert len(set(second_steps) - set(passwords)) == 11
    assert all(secret in first for secret in (*passwords, *second_steps))
    assert not any(secret in second for secret in (*passwords, *second_steps))
    assert str(file) in second


@pytest.mark.parametrize("words", [["run", "--port", "seksen"], ["run", "--host", "256.256.256.256"]])
def test_a_place_that_cannot_be_listened_on_is_told(tmp_path: Path, words: list[str]):
    env = {**os.environ, "PORTAL_DATA": str(tmp_path)}

    refused = subprocess.run([sys.executable, "-m", "portal", *words], env=env, capture_output=True, text=True)

    assert refused.returncode in (1, 2)
    assert refused.stderr
    assert "Traceback" not in refused.stderr


def _told_by_a_start(folder: Path) -> str:
    with running(folder) as (process, url):
        assert _answer(process, url) == 200
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=PATIENCE)
    return told


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _answer(process: "subprocess.Popen[str]", url: str) -> int:
    """What it answers, as soon as it listens."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"It ended instead of answering: {process.communicate()[0]}")
        try:
            return httpx.get(f"{url}/saglik", timeout=PATIENCE).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"It did not listen within {PATIENCE} seconds.")


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]])
def test_a_form_on_its_way_is_answered_before_it_stops(tmp_path: Path, signals: list[signal.Signals]):
    with running(tmp_path, "--no-demo") as (process, url):
        assert _answer(process, url) == 200
        form = HalfForm(int(url.rsplit(":", 1)[1]))
        time.sleep(0.3)

        for each in signals:
            process.send_signal(each)
            time.sleep(0.3)

        assert form.finish()
        told, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert "Traceback" not in told


def test_the_service_manager_hears_when_it_serves_and_when_it_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(place))
        manager.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(place))
        with running(tmp_path, "--no-demo") as (process, url):
            first = manager.recv(100)
            assert httpx.get(f"{url}/saglik/hazir", timeout=PATIENCE).text == "ok"
            process.send_signal(signal.SIGTERM)
            last = manager.recv(100)
            process.communicate(timeout=PATIENCE)

    assert (first, last) == (b"READY=1", b"STOPPING=1")

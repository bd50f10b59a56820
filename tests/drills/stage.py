"""A real installation to do harm to: its own folder, database, web and worker processes, on either engine."""

import compileall
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from portal.settings import POSTGRESQL, Settings
from tests import databases

READY_WITHIN = 60
HOME = Path(__file__).parents[2]


class Server:
    """A PostgreSQL server that keeps what it promised: nothing is careless here, and it may be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._programs, self._user = databases.programs(self._folder)
        self._process: subprocess.Popen[bytes] | None = None
        if not (self._folder / "data").exists():
            databases.run(
                [self._programs / "initdb", "-D", self._folder / "data", "-U", "postgres", *databases.INITDB],
                self._user,
            )

    @property
    def url(self) -> str:
        """Its address as the portal's settings take it."""
        return f"{POSTGRESQL}postgres@/postgres?host={self._folder}"

    def start(self) -> None:
        """Runs when this returns."""
        until = time.monotonic() + READY_WITHIN
        self._launch()
        while not self._answers():
            if time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start; see {self._folder / 'log'}")
            if self._process is None or self._process.poll() is not None:
                # The processes of one that was killed are still leaving; it refuses to begin beside them.
                self._launch()
            time.sleep(0.02)

    def _launch(self) -> None:
        command = [self._programs / "postgres", "-D", self._folder / "data", "-k", self._folder]
        command += ["-c", "listen_addresses=", "-c", "max_connections=100"]
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **self._user)

    def kill(self) -> None:
        """SIGKILL to the postmaster; its processes notice and follow it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ends it in an orderly way; who is connected is sent away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
            self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def program(self, name: str) -> tuple[Path, dict[str, Any]]:
        """One of its programs, such as pg_amcheck, and the user to run it as."""
        return self._programs / name, self._user

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={self._folder}").close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class Process:
    """One `portal` command that keeps running."""

    words: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal", *self.words],
                env=dict(self.env),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL to it and to what it started."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self, within: float = 15) -> float:
        """SIGTERM; answers how many seconds it took to leave."""
        if self._process is None:
            return 0
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(within)
        self._process = None
        return time.monotonic() - begun

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("not running")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


@dataclass
class Installation:
    """Where a drill takes place: `portal migrate` and `portal seed town` are done, nothing runs yet."""

    engine: str
    folder: Path
    port: int
    server: Server | None
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.web = Process(("web",), self.env, self.folder / "web.log")
        self.worker = Process(("worker",), self.env, self.folder / "worker.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of every command of this installation."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        said = {"PORTAL_DATA": str(self.folder / "var"), "PORTAL_PORT": str(self.port), **self.more}
        if self.server is not None:
            said["PORTAL_DATABASE_URL"] = self.server.url
        return {**inherited, **said}

    @property
    def settings(self) -> Settings:
        return Settings.read(self.env)

    def command(self, *words: str) -> str:
        """Run a `portal` command to its end; what it printed, or an error with what it complained of."""
        done = subprocess.run(
            [sys.executable, "-m", "portal", *words], env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"portal {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def wait_until_serving(self, within: float = READY_WITHIN) -> float:
        """Seconds until a page came."""
        begun = time.monotonic()
        # One browser for all tries: making a new one costs as much as a page, and the portal wants the processor.
        with httpx.Client(timeout=5, trust_env=False) as client:
            while time.monotonic() - begun < within:
                try:
                    if client.get(f"{self.url}/takip").status_code == 200:
                        return time.monotonic() - begun
                except httpx.TransportError:
                    pass
                if not self.web.is_running:
                    raise RuntimeError(f"the web process ended; see {self.web.log}")
                time.sleep(0.02)
        raise RuntimeError(f"no page within {within} seconds; see {self.web.log}")


@contextmanager
def installation(folder: Path, engine: str, **more: str) -> Iterator[Installation]:
    """An empty installation in a folder, found again when the folder was used before; all its processes end with it."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder / "pg") if engine == "postgresql" else None
    place = Installation(engine, folder, free_port(), server, more)
    try:
        # As an installation's files are, by pip or by the first start.
        for each in ("portal", "db"):
            compileall.compile_dir(HOME / each, quiet=1)
        if server is not None:
            server.start()
        place.command("migrate")
        place.command("seed", "town")
        yield place
    finally:
        place.web.kill()
        place.worker.kill()
        if server is not None:
            server.stop()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""The processes: a door that listens, the pages behind it, and the worker beside them."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import uvicorn

from portal.opening import CannotOpen
from portal.settings import Settings

# Together under ten seconds: what a service manager or a person at the terminal is ready to wait.
PAGES_FINISH_WITHIN = 5
WORKER_FINISHES_WITHIN = 4
WORKER_STARTS_AGAIN_AFTER = 5


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The port is ours from here on, so a second start is told at once; early visitors wait in line."""
    signal.signal(signal.SIGTERM, _leave)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.host, settings.port))
            door.listen(2048)
        except OSError as no:
            raise CannotOpen(_no_door(settings, no)) from no
        yield door


def serve(settings: Settings, door: socket.socket, *, welcome: str, with_worker: bool = False) -> int:
    """Serves until told to stop; then the pages finish, and the worker after them."""
    from portal.app import create_app

    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=PAGES_FINISH_WITHIN,
    )
    print(welcome, flush=True)
    print("Durdurmak için Ctrl-C. / Ctrl-C stops it.", flush=True)
    companion = Companion(settings) if with_worker else None
    try:
        uvicorn.Server(config).run(sockets=[door])
    except KeyboardInterrupt:
        return 0
    finally:
        if companion:
            companion.stop()
    return 0


class Companion:
    """The worker in a process of its own, started again when it falls over."""

    def __init__(self, settings: Settings) -> None:
        # The port may have come as a word to us; the worker's letters must carry the same address.
        self._env = {**os.environ, "PORTAL_HOST": settings.host, "PORTAL_PORT": str(settings.port)}
        self._stopping = threading.Event()
        self._child = self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Lets the worker finish what it holds, but not for ever."""
        self._stopping.set()
        self._child.terminate()
        try:
            self._child.wait(WORKER_FINISHES_WITHIN)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            ended = self._child.wait()
            if self._stopping.is_set():
                return
            print(f"The worker ended by itself ({ended}); it is started again.", file=sys.stderr, flush=True)
            if not self._stopping.wait(WORKER_STARTS_AGAIN_AFTER):
                self._child = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # Its own session, so that Ctrl-C reaches only us and the order of leaving stays ours;
        # its standard input is a pipe that closes with us, even when we are killed.
        return subprocess.Popen(
            [sys.executable, "-m", "portal", "worker", "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            env=self._env,
            start_new_session=True,
        )


def stop_when_stdin_closes() -> None:
    """Tells this process to stop as soon as whoever holds the other end of its standard input is gone."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _no_door(settings: Settings, no: OSError) -> str:
    place = f"{settings.host}:{settings.port}"
    if no.errno == errno.EADDRINUSE:
        return (
            f"{settings.port} numaralı kapı kullanımda; başka bir kapı seçin: bin/run --port {settings.port + 1}\n"
            f"Port {settings.port} is taken; choose another: bin/run --port {settings.port + 1}"
        )
    return f"{place} adresi dinlenemiyor: {no.strerror}\n{place} cannot be listened on: {no.strerror}"

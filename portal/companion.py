"""The worker in a process of its own beside the pages, under `portal run`."""

import os
import signal
import subprocess
import sys
import threading

from portal.settings import Settings

FINISHES_WITHIN = 4
STARTS_AGAIN_AFTER = 5


class Companion:
    """A worker that is started again when it falls over, and ends with us."""

    def __init__(self, settings: Settings) -> None:
        # The port may have come as a word to us; the worker's letters must carry the same address.
        self._env = {**os.environ, "PORTAL_HOST": settings.host, "PORTAL_PORT": str(settings.port)}
        # The service manager hears from us alone whether the pages are served.
        self._env.pop("NOTIFY_SOCKET", None)
        self._stopping = threading.Event()
        self._child = self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Lets the worker finish what it holds, but not for ever."""
        self._stopping.set()
        self._child.terminate()
        try:
            self._child.wait(FINISHES_WITHIN)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            ended = self._child.wait()
            if self._stopping.is_set():
                return
            print(f"The worker ended by itself ({ended}); it is started again.", file=sys.stderr, flush=True)
            if not self._stopping.wait(STARTS_AGAIN_AFTER):
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

"""The processes: a door that listens, the pages behind it, and the worker beside them."""

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import uvicorn
from litestar import Litestar

from portal import loading, systemd
from portal.app import create_app
from portal.companion import Companion
from portal.opening import CannotOpen
from portal.patience import Patience, open_many
from portal.settings import Settings

# With the worker's share, under ten seconds: what a service manager or a person is ready to wait.
PAGES_FINISH_WITHIN = 5


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
    open_many()
    with loading.unswept():
        server = Server(_config(settings, create_app(settings)))
    print(welcome, flush=True)
    print("Durdurmak için Ctrl-C. / Ctrl-C stops it.", flush=True)
    companion = Companion(settings) if with_worker else None
    try:
        server.run(sockets=[door])
    except KeyboardInterrupt:
        return 0
    finally:
        if companion:
            companion.stop()
    return 0 if server.started else 1


class Server(uvicorn.Server):
    """Tells the service manager when it answers, and when it leaves."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """From here on a page comes."""
        await super().startup(sockets)
        systemd.tell("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """No new visitors; the ones inside are answered."""
        systemd.tell("STOPPING=1")
        await super().shutdown(sockets)


def _config(settings: Settings, app: Litestar) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Patience,
        log_config=None,
        access_log=False,
        server_header=False,
        # The app itself knows whom to believe.
        proxy_headers=False,
        timeout_graceful_shutdown=PAGES_FINISH_WITHIN,
    )


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

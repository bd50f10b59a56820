"""The portal with the least there can be beside it, in one server: what a page costs is told in hellos.

    PORTAL_DATA=/tmp/bench/sqlite-75000 .venv/bin/python -m tests.bench.hello

Serves as `portal web` does; `/hello` goes to a bare Litestar application and everything else to the portal.
"""

import os
from typing import Any

import uvicorn
from litestar import Litestar, MediaType, get

from portal import serving
from portal.app import create_app
from portal.settings import Settings


@get("/hello", media_type=MediaType.TEXT, sync_to_thread=False)
def hello() -> str:
    """As little as an answer can be."""
    return "hello"


def main() -> None:
    """Serve until told to stop."""
    settings = Settings.read(os.environ)
    bare = Litestar([hello], openapi_config=None, logging_config=None)
    portal = create_app(settings)

    async def either(scope: Any, receive: Any, send: Any) -> None:
        app = bare if scope.get("path") == "/hello" else portal
        await app(scope, receive, send)

    with serving.listening(settings) as door:
        uvicorn.Server(serving._config(settings, either)).run(sockets=[door])


if __name__ == "__main__":
    main()

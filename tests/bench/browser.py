"""The least of a browser: cookies, forms and one connection straight into the application."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Litestar
from sqlalchemy import event

_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Seen:
    """One answer: what it was, and what it cost (seconds, bytes, statements)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wall: float
    cpu: float
    statements: int

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def token(self) -> str:
        """The token of the page's forms."""
        found = _TOKEN.search(self.text)
        return found[1] if found else ""


class Browser:
    """Asks the application directly, so that what is measured is the application."""

    def __init__(self, app: Litestar, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop
        self.cookies: dict[str, str] = {}
        self.statements = 0
        event.listen(app.state.db.engine, "before_cursor_execute", self._count)

    def get(self, address: str, **headers: str) -> Seen:
        return self._ask("GET", address, b"", headers)

    def post(self, address: str, fields: Mapping[str, str], **headers: str) -> Seen:
        body = urlencode(fields).encode()
        return self._ask("POST", address, body, {"content-type": "application/x-www-form-urlencoded", **headers})

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Seen:
        started, worked, asked = time.perf_counter(), time.process_time(), self.statements
        status, answered, said = self._loop.run_until_complete(self._call(method, address, body, headers))
        wall, cpu = time.perf_counter() - started, time.process_time() - worked
        return Seen(status, answered, said, wall, cpu, self.statements - asked)

    async def _call(
        self, method: str, address: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(address)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": "127.0.0.1:8000", "cookie": cookies, **headers}
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }
        asked = iter([{"type": "http.request", "body": body, "more_body": False}])
        answers: list[Any] = []

        async def receive() -> Any:
            return next(asked, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            answers.append(message)

        await self._app(scope, receive, send)  # type: ignore[arg-type]
        return self._read(answers)

    def _read(self, answers: list[Any]) -> tuple[int, dict[str, str], bytes]:
        start = answers[0]
        headers: dict[str, str] = {}
        for raw_name, raw_value in start["headers"]:
            name, value = raw_name.decode().lower(), raw_value.decode()
            if name == "set-cookie":
                for cookie in SimpleCookie(value).values():
                    self.cookies[cookie.key] = cookie.value
            headers[name] = value
        return start["status"], headers, b"".join(message.get("body", b"") for message in answers[1:])

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.statements += 1

"""Asks the application directly, with whatever octets an attacker would send: no client in between tidies them up."""

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar
from sqlalchemy import event

HOST = "testserver.local"
FORM = "application/x-www-form-urlencoded"
TOKEN = "_csrf_token"
_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')

Fields = Mapping[str, str | Iterable[str]]


@dataclass(frozen=True)
class Answer:
    """What came back, and what it took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    processor: float
    statements: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        return self.header("location")

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for each, value in self.headers if each == name), "")

    def every(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each == name]

    @property
    def kind(self) -> str:
        return self.header("content-type").partition(";")[0]

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies set; one that ends at once is empty."""
        found: dict[str, str] = {}
        for line in self.every("set-cookie"):
            try:
                found |= {each.key: each.value for each in SimpleCookie(line).values()}
            except CookieError:
                continue
        return found

    @property
    def fingerprint(self) -> tuple[Any, ...]:
        """All of it that a person could compare with another answer."""
        return self.status, tuple(sorted(self.headers)), self.body


@dataclass
class Visitor:
    """One person's cookies and form token."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    address: str = "127.0.0.1"


class Probe:
    """A wire into one application, in this very thread."""

    def __init__(self, app: Litestar) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._statements: list[str] = []
        event.listen(app.state.db.engine, "before_cursor_execute", self._note)

    def close(self) -> None:
        event.remove(self.app.state.db.engine, "before_cursor_execute", self._note)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.app.state.db.close()

    def visitor(self, **cookies: str) -> Visitor:
        """Somebody who has just opened a form."""
        visitor = Visitor(dict(cookies))
        page = self.get("/bildir", visitor)
        found = _TOKEN.search(page.text)
        assert found, page.status
        visitor.cookies |= {name: value for name, value in page.cookies.items() if value}
        visitor.token = found[1]
        return visitor

    def get(self, target: str, visitor: Visitor | None = None, **headers: str) -> Answer:
        return self.ask("GET", target, visitor, headers=headers)

    def post(self, target: str, fields: Fields, visitor: Visitor, **headers: str) -> Answer:
        """A form as one of our pages would send it."""
        sent = {TOKEN: visitor.token, **fields}
        own = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin", "content-type": FORM}
        return self.ask("POST", target, visitor, urlencode(sent, doseq=True).encode(), {**own, **_named(headers)})

    def ask(
        self,
        method: str,
        target: str | bytes,
        visitor: Visitor | None = None,
        body: bytes = b"",
        headers: Mapping[str, str | bytes] | Iterable[tuple[bytes, bytes]] = (),
    ) -> Answer:
        """Exactly this; headers as pairs go over the wire as they are, also twice."""
        if isinstance(headers, Mapping):
            pairs = [(name.encode(), _octets(value)) for name, value in _named(headers).items()]
        else:
            pairs = list(headers)
        names = {name for name, _value in pairs}
        if b"host" not in names:
            pairs.insert(0, (b"host", HOST.encode()))
        if visitor and visitor.cookies and b"cookie" not in names:
            pairs.append((b"cookie", "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()).encode()))
        if body and b"content-length" not in names:
            pairs.append((b"content-length", str(len(body)).encode()))
        self._statements = []
        begun, worked = time.perf_counter(), time.process_time()
        client = visitor.address if visitor else "127.0.0.1"
        status, answered, said = self._loop.run_until_complete(self._call(method, _octets(target), pairs, body, client))
        seconds, processor = time.perf_counter() - begun, time.process_time() - worked
        return Answer(status, answered, said, seconds, processor, tuple(self._statements))

    async def _call(
        self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes, client: str
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        raw, _, query = target.partition(b"?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": _path(raw),
            "raw_path": raw,
            "root_path": "",
            "query_string": query,
            "headers": headers,
            "client": (client, 50000),
            "server": (HOST, 80),
            "state": {},
        }
        asked = iter([{"type": "http.request", "body": body, "more_body": False}])
        answers: list[Any] = []

        async def receive() -> Any:
            return next(asked, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            answers.append(message)

        await self.app(scope, receive, send)  # type: ignore[arg-type]
        found = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in answers[0]["headers"]
        )
        return answers[0]["status"], found, b"".join(message.get("body", b"") for message in answers[1:])

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._statements.append(statement)


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _named(headers: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    return {name.replace("_", "-").lower(): value for name, value in headers.items()}


def _path(raw: bytes) -> str:
    """As uvicorn reads it: the percent signs undone, what is then no UTF-8 replaced."""
    from urllib.parse import unquote

    return unquote(raw.decode("ascii", "replace"))

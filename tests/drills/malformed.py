"""Malformed input (R7): thousands of generated requests, none of which may break anything.

.venv/bin/python -m tests.drills.malformed --folder /tmp/malformed --requests 10000

Half of them come from schemathesis, over a description of our own addresses made for this purpose alone: the route
table, with the fields of the real forms found on the pages, right and wrong on purpose. The other half is chaos of our
own: percent signs, cursors, dates, coordinates, boundaries, charsets, cookies, conditional and htmx headers, repeated
and huge parameters. They carry a valid form token and every key, so that they come as far as they can. A request holds
when it is answered below 500, within two seconds, without a traceback in its body.
"""

import gc
import pickle
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from litestar.routes import HTTPRoute
from schemathesis import GenerationMode, openapi

from tests.drills import score
from tests.drills.score import Line
from tests.payloads import INJECTIONS
from tests.probe import FORM, HOST, TOKEN, Answer, Visitor
from tests.web import Form, Page
from tests.world import ROADS, World, of_engine

SLOW = 2.0
MOST_MEGABYTES = 50
# What is made once and kept, such as templates and prepared statements, is made by then.
WARM = 500
TRACEBACK = re.compile(rb"Traceback|File &#34;|File \"/|sqlalchemy\.|psycopg|sqlite3\.", re.IGNORECASE)
QUERY = [
    "ara",
    "durum",
    "birim",
    "konu",
    "mahalle",
    "kanal",
    "sorumlu",
    "gecikme",
    "gorev",
    "gelis_ilk",
    "gelis_son",
    "sira",
    "sonra",
    "once",
    "defter",
    "yil",
    "sonuc",
    "madde",
    "isaret",
    "kurul",
    "kisi",
    "no",
    "k",
    "dil",
    "kim",
    "lat",
    "lon",
    "yeniden",
    "eklendi",
    "tur",
    "sayfa",
]


@dataclass
class Found:
    """What came of all requests, and the worst of it."""

    tried: int = 0
    broken: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def take(self, what: str, answer: Answer) -> None:
        self.tried += 1
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status >= 500:
            self.broken.append(f"{answer.status} {what}")
        if answer.seconds > SLOW:
            self.slow.append(f"{answer.seconds:.1f} s {what}")
        if answer.kind == "text/html" and TRACEBACK.search(answer.body):
            self.told.append(what)

    def lines(self, where: str = "") -> list[Line]:
        return [
            Line(
                "R7",
                f"malformed requests answered below 500{where}",
                self.tried,
                self.tried - len(self.broken),
                _few(self.broken),
            ),
            Line(
                "R7",
                f"malformed requests answered within 2 s{where}",
                self.tried,
                self.tried - len(self.slow),
                _few(self.slow),
            ),
            Line("R7", f"bodies without a traceback{where}", self.tried, self.tried - len(self.told), _few(self.told)),
        ]


def main() -> int:
    words = score.parser(__doc__)
    words.add_argument("--requests", type=int, default=10_000, help="how many, on each engine")
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            wire = Wire(world)
            # Who draws the requests keeps memory of its own, and is done before the portal's is looked at.
            warm = _kept(wire, asked.folder / "warm", max(WARM, asked.requests // 20), asked.seed + 1)
            whole = _kept(wire, asked.folder / "requests", asked.requests, asked.seed)
            _send_all(wire, warm)
            before = resident()
            found = _send_all(wire, whole)
            grown = resident() - before
            lines += found.lines(f" on {engine}")
            lines.append(
                Line(
                    "R7",
                    f"memory grows by less than 50 MB on {engine}",
                    1,
                    int(grown < MOST_MEGABYTES),
                    f"{grown:.0f} MB",
                )
            )
            print(engine, dict(sorted(found.statuses.items())), *found.broken[:20], sep="\n  ", file=sys.stderr)
    return score.finish(lines, asked)


def fuzz(world: World, requests: int, *, described: float = 0.5) -> Found:
    """So many requests, a share of them described, the rest chaos; the same ones every time."""
    found, wire = Found(), Wire(world)
    draw(wire, requests, lambda request: wire.send(request, found), described=described)
    return found


def draw(
    wire: "Wire", requests: int, act: Callable[["Request"], None], *, seed_of: int | None = None, described: float = 0.5
) -> None:
    """Do something with so many requests; the same ones every time unless a seed is given."""
    drawn = 0

    def one(request: Request) -> None:
        nonlocal drawn
        drawn += 1
        act(request)

    operations = wire.operations() if described else []
    each = -(-int(requests * described) // (2 * max(1, len(operations))))
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _run(operation.as_strategy(generation_mode=mode), each, seed_of, lambda case: one(described_request(case)))
    _run(chaos(wire), max(1, requests - drawn), seed_of, one)


def _kept(wire: "Wire", file: Path, requests: int, seed_of: int) -> Path:
    """A file of so many requests, one after the other."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "wb") as out:
        draw(wire, requests, lambda request: pickle.dump(request, out), seed_of=seed_of)
    return file


def _send_all(wire: "Wire", file: Path) -> Found:
    found = Found()
    with open(file, "rb") as kept:
        while kept.peek(1):
            wire.send(pickle.load(kept), found)
    gc.collect()
    return found


def _run(strategy: SearchStrategy[Any], most: int, seed_of: int | None, act: Callable[[Any], None]) -> None:
    def each(value: Any) -> None:
        act(value)

    run = given(strategy)(each)
    if seed_of is not None:
        run = seed(seed_of)(run)
    settings(
        max_examples=most,
        database=None,
        derandomize=seed_of is None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(run)()


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    is_known: bool


class Wire:
    """Sends what was generated, as somebody who may do everything, or as nobody."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.nobody = world.person("stranger")
        matters = [world.matter(kind, ROADS) for kind in ("case", "application", "call")]
        boss = world.person("administrator")
        self.boss = Visitor({**boss.cookies, "erisim": world.keys_of(ROADS)}, boss.token)
        call = matters[2]
        self.values: dict[str, list[str]] = {
            "ref": [each.case.reference for each in matters],
            "reference": [each.case.reference for each in matters],
            "name": [matters[0].photo, matters[0].letter, f"{matters[0].letter}.pdf", matters[0].enclosure],
            "call": [call.call, "9" * 30, "0"],
            "act": ["uzatma", "karar", "ucret", "gelis", "yok"],
            "path": ["css/base.css"],
        }
        self.routes = sorted(
            (method, route.path)
            for route in world.probe.app.routes
            if isinstance(route, HTTPRoute)
            for method in route.methods
            if method != "OPTIONS"
        )
        self.fields = self._forms()

    def operations(self) -> list[Any]:
        """Our addresses, described as OpenAPI only here: the portal itself publishes no such thing."""
        paths: dict[str, dict[str, Any]] = {}
        for method, path in self.routes:
            paths.setdefault(re.sub(r":\w+}", "}", path), {})[method.lower()] = self._operation(method, path)
        document = {"openapi": "3.1.0", "info": {"title": "Çözüm Merkezi", "version": "1"}, "paths": paths}
        return [each.ok() for each in openapi.from_dict(document).get_all_operations()]

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        text = {"type": "string"}
        parameters = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"anyOf": [{"enum": self.values.get(name, ["1"])}, {"type": "string", "minLength": 1}]},
            }
            for name in re.findall(r"{(\w+):", path)
        ]
        parameters += [{"name": name, "in": "query", "schema": text} for name in _asked_of(method, path)]
        parameters += [
            {"name": name, "in": "header", "schema": text}
            for name in ("hx-request", "hx-request-type", "hx-ptag", "if-none-match", "accept-language", "range")
        ]
        said: dict[str, Any] = {"parameters": parameters, "responses": {"200": {"description": "a page"}}}
        if method == "POST":
            properties = {name: {"type": "string"} for name in self.fields.get(path, ("words", "version", "reason"))}
            properties["version"] = {"type": "integer"}
            body = {"schema": {"type": "object", "properties": properties}}
            said["requestBody"] = {"content": {FORM: body}}
        return said

    def _forms(self) -> dict[str, tuple[str, ...]]:
        """The fields of the forms that stand on the pages, by the address they are sent to."""
        found: dict[str, set[str]] = {}
        for method, path in self.routes:
            if method != "GET":
                continue
            for reference in self.values["ref"] if "{ref" in path else ["0"]:
                there = re.sub(r"{ref\w*:str}", reference, path).replace("{act:str}", "uzatma")
                answer = self._world.probe.get(there, self.boss)
                if answer.status != 200 or answer.kind != "text/html":
                    continue
                page = Page(200, f"http://{HOST}{there}", answer.text, {})
                for element in page._tree.iter("form"):
                    form = Form(element, page.url)
                    target = re.sub(
                        r"[0-9]{12}", "{ref:str}" if "/masa/" in form.action else "{reference:str}", form.action
                    )
                    found.setdefault(target.removeprefix(f"http://{HOST}"), set()).update(form.names)
        return {path: tuple(sorted(names - {TOKEN})) for path, names in found.items()}

    def send(self, request: Request, found: Found) -> None:
        # Whoever signed out would see only the door from then on.
        is_door = request.path.startswith(("/cikis", "/giris"))
        visitor = self.boss if request.is_known and not is_door else self.nobody
        own = [(b"host", HOST.encode())]
        named = {name.lower() for name, _value in request.headers}
        if request.method == "POST":
            own += [
                (b"origin", f"http://{HOST}".encode()),
                (b"sec-fetch-site", b"same-origin"),
                (b"x-csrf-token", visitor.token.encode()),
            ]
            if b"content-type" not in named:
                own.append((b"content-type", FORM.encode()))
        own = [each for each in own if each[0] not in named]
        target = quote(request.path, safe="/%~:@!$&'()*+,;=").encode() + (
            b"?" + request.query if request.query else b""
        )
        what = f"{request.method} {target[:200].decode('latin-1')} {request.body[:300]!r} {request.headers!r}"
        try:
            answer = self._world.probe.ask(request.method, target, visitor, request.body, [*own, *request.headers])
        except Exception as fault:  # noqa: BLE001 (whatever gets out of the application is what is looked for)
            found.tried += 1
            found.broken.append(f"{type(fault).__name__}: {fault} {what}")
            return
        if answer.seconds > SLOW:
            # A machine with others on it stops everybody once; what hangs, hangs again.
            answer = self._world.probe.ask(request.method, target, visitor, request.body, [*own, *request.headers])
        found.take(what, answer)


def described_request(case: Any) -> Request:
    """What schemathesis made of one operation, as it goes over the wire."""
    query = urlencode(_plain(case.query), doseq=True).encode("utf-8", "surrogatepass")
    body = case.body if isinstance(case.body, Mapping) else {}
    headers = tuple((header_line(name), header_line(value)) for name, value in dict(case.headers or {}).items())
    return Request(case.method, case.formatted_path, query, headers, _form(_plain(body)), True)


def _asked_of(method: str, path: str) -> tuple[str, ...]:
    """A few names for each address: describing all of them everywhere costs more than sending the request."""
    if method != "GET" or path.startswith("/static"):
        return ()
    start = sum(map(ord, path)) % len(QUERY)
    few = tuple((QUERY * 2)[start : start + 3])
    return (*QUERY[:12], "sonra") if path.endswith("/kuyruk") else (*few, "dil")


VALUES = st.one_of(
    st.sampled_from(INJECTIONS),
    st.text(max_size=60),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(
        (
            "2026-02-30",
            "0000-00-00",
            "9999-12-31",
            "2026-11-16T25:61",
            "99999-01-01",
            "38.3686",
            "38,3686",
            "1e400",
            "-91",
            "ayse@ornek.com.tr",
            "ayse@xn--.tr",
            "a@b@c",
            '"a b"@c.tr',
            "0532 123 45 67",
            "+90" + "5" * 40,
            "10000000146",
            "eyJ0IjoxfQ==",
            "1763276400.000000_1",
            "2026-11-16T07:00:00+00:00_99999999999999999999",
            "0001-01-01T00:00:00+00:00.1",
            "9999-12-31T23:59:59.999999-23:59_1",
            "YOL-01",
            "FEN",
            "tumu",
            "sure",
        )
    ),
)
_OCTETS = st.one_of(VALUES.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60))
_HEADERS = (
    b"accept", b"accept-language", b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"referer",
    b"user-agent", b"hx-request", b"hx-request-type", b"hx-ptag", b"hx-target", b"hx-source", b"hx-current-url",
    b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"content-type", b"content-length", b"cookie",
    b"authorization", b"expect", b"x-csrf-token", b"origin", b"sec-fetch-site", b"content-encoding",
    b"transfer-encoding", b"host",
)  # fmt: skip
_KINDS = (
    FORM.encode(),
    b"application/x-www-form-urlencoded; charset=utf-16",
    b"application/x-www-form-urlencoded; charset=yok",
    b"multipart/form-data; boundary=x",
    b"multipart/form-data; boundary=",
    b"multipart/form-data; boundary=" + b"y" * 300,
    b"multipart/form-data",
    b"multipart/mixed; boundary=x",
    b"application/json",
    b"application/msgpack",
    b"text/plain",
    b"text/html; charset=\xff",
    b";;;",
    b"",
)


def chaos(wire: Wire) -> SearchStrategy[Request]:
    """Requests nobody described."""

    @st.composite
    def made(draw: st.DrawFn) -> Request:
        method, path = draw(st.sampled_from(wire.routes))
        names = wire.fields.get(path, ("words", "version", "reason"))
        there = re.sub(r"{(\w+):\w+}", lambda found: draw(_value(found[1])), path)
        if draw(st.integers(0, 19)) == 0:
            there += draw(st.sampled_from(("/", "//", "/..", "/%2e%2e", "%00", "%", "%zz", ";x", "/%ff", "\u0131")))
        query = draw(_pairs(st.sampled_from(QUERY), 5))
        pairs = draw(_pairs(st.sampled_from(names or ("words",)), 12)) if method == "POST" else []
        kind = draw(st.one_of(st.just(_KINDS[0]), st.sampled_from(_KINDS)))
        body = draw(_body(pairs, kind)) if method == "POST" else b""
        headers = draw(st.lists(st.tuples(st.sampled_from(_HEADERS), _OCTETS.map(_line)), max_size=3))
        if method == "POST":
            headers.append((b"content-type", kind))
        is_known = draw(st.integers(0, 4)) > 0
        return Request(method, there, _joined(query), tuple(headers), body, is_known)

    def _value(name: str) -> SearchStrategy[str]:
        garbage = VALUES.map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="") or "x")
        return st.one_of(st.sampled_from(wire.values.get(name, ["1"])), garbage)

    return made()


def _pairs(names: SearchStrategy[str], most: int) -> SearchStrategy[list[tuple[str, bytes]]]:
    return st.lists(st.tuples(names, _OCTETS), max_size=most)


@st.composite
def _body(draw: st.DrawFn, pairs: list[tuple[str, bytes]], kind: bytes) -> bytes:
    if kind.startswith(b"multipart"):
        whole = b"".join(_part(draw, name, value) for name, value in pairs) + b"--x--\r\n"
    else:
        whole = _joined(pairs)
    how = draw(st.integers(0, 9))
    if how == 0:
        return whole[: draw(st.integers(0, max(0, len(whole))))]
    if how == 1:
        return whole + draw(st.binary(max_size=40))
    return whole * 400 if how == 2 and len(whole) < 1000 else whole


def _part(draw: st.DrawFn, name: str, value: bytes) -> bytes:
    file = draw(
        st.sampled_from(
            (b"", b'; filename="a.jpg"', b'; filename="../../x\\y.php"', b"; filename*=utf-8''%ff%00", b'; filename="')
        )
    )
    more = draw(
        st.sampled_from(
            (
                b"",
                b"\r\nContent-Type: image/jpeg",
                b"\r\nContent-Type: ;",
                b"\r\nContent-Transfer-Encoding: base64",
                b"\r\nX",
            )
        )
    )
    return (
        b'--x\r\nContent-Disposition: form-data; name="'
        + name.encode()
        + b'"'
        + file
        + more
        + b"\r\n\r\n"
        + value
        + b"\r\n"
    )


def _joined(pairs: list[tuple[str, bytes]]) -> bytes:
    return b"&".join(quote(name).encode() + b"=" + quote(value, safe="").encode() for name, value in pairs)


def _form(fields: Mapping[str, Any]) -> bytes:
    return urlencode(fields, doseq=True, errors="surrogatepass").encode()


def _plain(fields: Any) -> dict[str, Any]:
    """Every value as text or a list of texts, as a form has them."""
    if not isinstance(fields, Mapping):
        return {}
    return {
        str(name): [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in fields.items()
    }


def header_line(text: object) -> bytes:
    """A text as a server lets it through in a header."""
    return _line(str(text).encode("utf-8", "surrogatepass"))


def _line(octets: bytes) -> bytes:
    """A server refuses a header with these before it reaches us."""
    return octets.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"").strip()[:4000]


def resident() -> float:
    """Megabytes this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _few(found: list[str]) -> str:
    return "; ".join(each[:300] for each in found[:3])


if __name__ == "__main__":
    sys.exit(main())

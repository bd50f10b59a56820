"""The surface (A4, A10, A11): what every answer carries, where it leads, and what a stranger finds.

.venv/bin/python -m tests.drills.surface --folder /tmp/surface

Headers, cookies, redirects, forged hosts and the crawl ask the application; requests that a server and a proxy could
read differently go through a raw socket to the real one.
"""

import re
import socket
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.drills import score, stage
from tests.drills.score import Line
from tests.probe import FORM, HOST, Answer, Visitor
from tests.routes import test_who_may_what as room
from tests.routes.test_who_may_what import TABLE, Cell
from tests.world import PEOPLE, World, of_engine

HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "geolocation=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "",
}
HSTS = "strict-transport-security"
EVIL = "kotu.example"
EVERYBODY = ("stranger", "administrator", "foreign clerk")
# Behind https nobody signs in over this wire: the doors alone are looked at.
DOORS = ("stranger",)
# Ways out that look like ways in.
AWAY = (
    "//{e}",
    "///{e}",
    "////{e}",
    "/\\{e}",
    "\\\\{e}",
    "\\/{e}",
    "/%2f{e}",
    "/%5c{e}",
    "https://{e}",
    "http:{e}",
    "https:/{e}",
    "http:///{e}",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/{e}",
    "/\n/{e}",
    "/ /{e}",
    "\t//{e}",
    " //{e}",
    "/.//{e}",
    "/..//{e}",
    "/;//{e}",
    "/x:y@{e}",
    "@{e}",
    "{e}",
    "%2f%2f{e}",
    "/%09/{e}",
    "/\u2044{e}",
    "/／{e}",
    "／／{e}",
    "/\u3002{e}",
    "//{e}/..;/masa",
    "/masa@{e}",
    "//google.com%40{e}",
    "/\r\nLocation: //{e}",
    "/%0d%0aLocation:%20//{e}",
    "/\u2028/{e}",
    "/\u00a0/{e}",
    "//{e}#/masa",
    "//{e}?/masa",
    "/\x00/{e}",
    "/\\/{e}",
    "/.\\{e}",
    "///\\;@{e}",
    "https:{e}",
    "ftp://{e}",
    "//[::1]",
    "/giris?sonra=//{e}",
    "/cikis",
)
_WORDS = (Path(__file__).parent / "usual-addresses.txt").read_text("utf-8").split()
_DRESSES = (
    "{}",
    "{}/",
    "{}~",
    "{}.bak",
    "{}.old",
    "{}.txt",
    "{}.zip",
    ".{}",
    "masa/{}",
    "yonetim/{}",
    "static/{}",
    "bildir/{}",
    "takip/{}",
    "foto/{}",
    "api/{}",
    "{}?debug=1",
    "%2e%2e/{}",
    "..;/{}",
    "{}%00",
    "{}.json",
    "_{}",
    "v1/{}",
    "static/..%2f{}",
    "//{}",
    "{}.php",
    "{}.tar.gz",
    "{}.swp",
    "{}.sql",
)
# What anybody may open, under any query.
KNOWN = {
    "/",
    "/aydinlatma",
    "/erisilebilirlik",
    "/bildir",
    "/bildir/foto",
    "/takip",
    "/giris",
    "/dilekce",
    "/bilgi-edinme",
    "/kisisel-veri",
    "/saglik",
    "/saglik/hazir",
}
_SENSITIVE = re.compile(r"ayse@ornek|Ayşe Yılmaz|5321234567|10000000146|Okulun önündeki")


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        where = f" on {engine}"
        with of_engine(engine, asked.folder) as world:
            lines += [
                headers(world, where),
                methods(world, where),
                redirects(world, where),
                hosts(world, where),
                crawl(world, where),
            ]
            lines += [canaries(world, where), caches(world, where)]
        with of_engine(engine, asked.folder / "https", base_url=f"https://{HOST}") as world:
            lines += [headers(world, f"{where} behind https", secure=True, people=DOORS), cookies(world, where)]
    lines.append(smuggling(asked.folder / "raw"))
    return score.finish(lines, asked)


def headers(world: World, where: str = "", *, secure: bool = False, people: tuple[str, ...] = EVERYBODY) -> Line:
    """All eight on every address, whoever asks and whatever comes of it; and the ninth behind https."""
    tried = held = 0
    wrong: list[str] = []
    wanted = {**HEADERS, **({HSTS: "max-age=31536000"} if secure else {})}
    for person in people:
        for address in TABLE:
            for thing in room.things(address):
                answer = room.ask(world, Cell(person, address, thing))
                missing = [
                    name
                    for name, value in wanted.items()
                    if not answer.header(name) or value not in answer.header(name)
                ]
                tried += 1
                held += not missing
                wrong += [f"{person} {address} {thing} {answer.status}: {missing}"] if missing else []
    for target in ("/yok", "/masa/yok", "/static/yok.css", "/%00", "/static/..%2f", "/foto/x/y/z"):
        answer = world.probe.get(target)
        missing = [
            name for name, value in wanted.items() if value not in answer.header(name) or not answer.header(name)
        ]
        tried += 1
        held += not missing
        wrong += [f"{target} {answer.status}: {missing}"] if missing else []
    return Line("A10", f"answers with every header{where}", tried, held, "; ".join(wrong[:4]))


def methods(world: World, where: str = "") -> Line:
    """TRACE echoes nothing, OPTIONS opens nothing, no other site is told it may read."""
    tried = held = 0
    for address in sorted({each.partition(" ")[2] for each in TABLE}):
        there = room.filled(world, Cell("stranger", f"GET {address}", "own"))
        for method in ("TRACE", "TRACK", "OPTIONS", "CONNECT", "PROPFIND", "DEBUG", "PUT", "DELETE", "PATCH"):
            sent = {"x-canary": "kanarya-7431", "origin": f"https://{EVIL}", "access-control-request-method": "POST"}
            answer = world.probe.ask(method, there, headers=sent)
            tried += 1
            is_open = "kanarya-7431" in answer.text or any(
                name.startswith("access-control") for name, _ in answer.headers
            )
            held += not is_open and (method == "OPTIONS" or answer.status in (400, 401, 403, 404, 405, 501))
    return Line("A10", f"other methods echo and open nothing{where}", tried, held)


def cookies(world: World, where: str = "") -> Line:
    """Every cookie: ours alone, unread by scripts, over https only, named so that no neighbour can plant it."""
    seen: list[str] = []
    visitor = Visitor()
    for target in (
        "/bildir",
        "/bilgi-edinme",
        "/dilekce",
        "/kisisel-veri",
        "/giris",
        "/takip?dil=en",
        "/bildir?dil=tr",
    ):
        seen += world.probe.get(target, visitor).every("set-cookie")
    good = [line for line in seen if _is_kept_close(line)]
    return Line(
        "A10",
        f"cookies behind https: __Host-, Secure, HttpOnly, SameSite{where}",
        len(seen),
        len(good),
        "; ".join(set(seen) - set(good))[:300],
    )


def _is_kept_close(line: str) -> bool:
    name, words = line.partition("=")[0], line.lower()
    parts = {each.strip() for each in words.split(";")}
    # The language holds nothing worth planting; its name is part of addresses.
    is_named = name.startswith("__Host-") or name == "dil"
    return is_named and {"secure", "httponly"} <= parts and "samesite=lax" in parts and "domain" not in words


def redirects(world: World, where: str = "", one_in: int = 1) -> Line:
    """However it is dressed, no answer leads to another site."""
    tried = held = 0
    wrong: list[str] = []
    stranger, clerk = world.person("stranger"), world.person("clerk")
    targets = [each.format(e=EVIL) for each in AWAY]
    for each in [*targets, *map(quote, targets)][::one_in]:
        dressed = quote(each, safe="")
        for target, who in (
            (f"/giris?sonra={dressed}", clerk),
            (f"/giris?sonra={dressed}", stranger),
            (f"/takip/{dressed}", stranger),
            (f"/takip?no={dressed}", stranger),
            (f"/alindi/{dressed}", stranger),
            (f"/takip/{dressed}/sure", stranger),
            (f"/{each}", stranger),
            (f"/masa/{dressed}", stranger),
            (f"/bildir?yeniden={dressed}", stranger),
        ):
            answer = world.probe.get(quote(target, safe="/%?=&"), who)
            tried += 1
            is_safe = answer.status < 500 and leads_home(answer) and not _links_away(answer)
            held += is_safe
            wrong += [] if is_safe else [f"{target!r}: {answer.status} {answer.location!r}"]
    return Line("A4", f"no answer leads to another site{where}", tried, held, "; ".join(wrong[:4]))


def leads_home(answer: Answer) -> bool:
    """Whether a browser that follows stays with us."""
    for to in (answer.location, answer.header("hx-redirect"), answer.header("hx-push-url"), answer.header("refresh")):
        if to and (not to.startswith("/") or to[1:2] in ("/", "\\") or "\\" in to or urlsplit(to).netloc):
            return False
    return True


def _links_away(answer: Answer) -> bool:
    return bool(
        re.search(
            rf"""(?:href|action|src)=["'](?:https?:|//|/\\|\\)[^"']*{re.escape(EVIL)}""", answer.text, re.IGNORECASE
        )
    )


def hosts(world: World, where: str = "") -> Line:
    """A forged host or forwarding header is repeated nowhere and changes no answer."""
    tried = held = 0
    wrong: list[str] = []
    for target in (*sorted(KNOWN), "/masa/kuyruk", "/yok"):
        plain = world.probe.get(target)
        for name in (
            "host",
            "x-forwarded-host",
            "x-host",
            "x-original-url",
            "x-rewrite-url",
            "forwarded",
            "x-forwarded-proto",
            "x-forwarded-for",
            "x-forwarded-prefix",
            "x-http-host-override",
            "x-forwarded-port",
            "true-client-ip",
            "x-real-ip",
            "referer",
            "accept-language",
            "x-original-host",
        ):
            value = f"for=1.2.3.4;host={EVIL}" if name == "forwarded" else f"/{EVIL}" if name.endswith("url") else EVIL
            answer = world.probe.ask("GET", target, headers={name: value})
            tried += 1
            is_same = EVIL not in answer.text and not any(EVIL in each for _name, each in answer.headers)
            is_same = is_same and (answer.status, answer.location) == (plain.status, plain.location)
            held += is_same
            wrong += [] if is_same else [f"{target} {name}: {answer.status} {answer.location}"]
    return Line("A4", f"forged hosts and forwarding headers change nothing{where}", tried, held, "; ".join(wrong[:4]))


def crawl(world: World, where: str = "") -> Line:
    """Five thousand usual addresses: none of them is there."""
    stranger = world.person("stranger")
    tried = held = 0
    wrong: list[str] = []
    for dress in _DRESSES:
        for word in _WORDS:
            target = "/" + quote(dress.format(word), safe="/%?=;~.")
            answer = world.probe.get(target, stranger)
            path = urlsplit(target).path
            is_known = path in KNOWN or "/takip/" in path or path.startswith("/alindi/")
            tried += 1
            held += (answer.status != 200 and answer.status < 500) or is_known
            wrong += [f"{target}: {answer.status}"] if answer.status == 200 and not is_known else []
    return Line("A10", f"usual addresses where nothing is{where}", tried, held, "; ".join(wrong[:4]))


def canaries(world: World, where: str = "") -> Line:
    """Who has no key meets nothing of the person: not on a page, in an error, in an address or a header."""
    tried = held = 0
    wrong: list[str] = []
    for person in ("stranger", "other citizen", "foreign clerk", "foreign manager"):
        for address in TABLE:
            for thing in room.things(address):
                cell = Cell(person, address, thing)
                if thing in ("foreign",) or (
                    thing == "own" and room.expected(cell) == "200" and person.startswith("foreign")
                ):
                    continue
                answer = room.ask(world, cell)
                tried += 1
                said = answer.text + " ".join(value for _name, value in answer.headers)
                is_clean = not _SENSITIVE.search(said)
                held += is_clean
                wrong += [] if is_clean else [f"{person} {address} {thing}: {answer.status}"]
    for person in PEOPLE:
        for address in TABLE:
            answer = room.ask(world, Cell(person, address, "own"))
            tried += 1
            is_clean = not _SENSITIVE.search(answer.location + answer.header("hx-push-url"))
            held += is_clean
            wrong += [] if is_clean else [f"{person} {address}: {answer.location}"]
    return Line(
        "A11", f"nothing of a person without the key, nor in an address{where}", tried, held, "; ".join(wrong[:4])
    )


def caches(world: World, where: str = "") -> Line:
    """What shows a person is kept by no cache: no-store, or private for a photo whose name is a secret."""
    tried = held = 0
    wrong: list[str] = []
    for person in ("citizen", "clerk", "coordinator", "administrator"):
        for address in TABLE:
            answer = room.ask(world, Cell(person, address, "own"))
            if address.startswith("GET /static") or answer.status == 303:
                continue
            kept = answer.header("cache-control")
            tried += 1
            is_private = "no-store" in kept or ("/foto/" in address and "private" in kept)
            held += is_private
            wrong += [] if is_private else [f"{address}: {kept!r}"]
    return Line("A11", f"no cache keeps what it is shown{where}", tried, held, "; ".join(wrong[:4]))


def smuggling(folder: Path) -> Line:
    """Requests whose end a proxy could see elsewhere: refused, or their rest never read as a request of its own."""
    hidden = b"GET /kacak HTTP/1.1\r\nHost: x\r\n\r\n"
    with stage.installation(folder, "sqlite") as place:
        place.web.start()
        place.wait_until_serving()
        tried = held = 0
        wrong: list[str] = []
        for name, octets in _smuggled(hidden).items():
            said = _raw(place.port, octets)
            answers = len(re.findall(rb"HTTP/1\.1 \d\d\d", said))
            tried += 1
            is_safe = b" 400" in said[:20] or said == b"" or answers <= 1
            held += is_safe
            wrong += [] if is_safe else [f"{name}: {answers} answers, {said[:40]!r}"]
    return Line("A4", "requests with two ends, over a raw socket to the real server", tried, held, "; ".join(wrong[:5]))


def _smuggled(hidden: bytes) -> dict[str, bytes]:
    start = b"POST /bildir HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + FORM.encode() + b"\r\n"
    n = str(len(hidden) + 5).encode()
    chunked = b"Transfer-Encoding: chunked\r\n"
    return {
        "CL and TE": start + b"Content-Length: " + n + b"\r\n" + chunked + b"\r\n0\r\n\r\n" + hidden,
        "TE and CL": start + chunked + b"Content-Length: " + n + b"\r\n\r\n0\r\n\r\n" + hidden,
        "two lengths": start + b"Content-Length: 0\r\nContent-Length: " + n + b"\r\n\r\n" + hidden,
        "lengths in a list": start + b"Content-Length: 0, " + n + b"\r\n\r\n" + hidden,
        "a negative length": start + b"Content-Length: -1\r\n\r\n" + hidden,
        "a length with a sign": start + b"Content-Length: +0\r\n\r\n" + hidden,
        "a length in hex": start + b"Content-Length: 0x0\r\n\r\n" + hidden,
        "a length with letters": start + b"Content-Length: 0a\r\n\r\n" + hidden,
        "a space before the colon": start + b"Content-Length : 0\r\n" + chunked + b"\r\n0\r\n\r\n" + hidden,
        "chunked spelt wrong": start
        + b"Content-Length: "
        + n
        + b"\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
        + hidden,
        "chunked twice": start + chunked + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
        "chunked in a folded line": start
        + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: "
        + n
        + b"\r\n\r\n0\r\n\r\n"
        + hidden,
        "a bad chunk size": start + chunked + b"\r\nzz\r\n" + hidden,
        "a chunk size too large": start + chunked + b"\r\nfffffffffffffffff\r\n" + hidden,
        "a chunk that ends early": start + chunked + b"\r\n5\r\nabc\r\n0\r\n\r\n" + hidden,
        "a line that ends with LF": start.replace(b"\r\n", b"\n")
        + b"Content-Length: 0\n"
        + chunked.replace(b"\r\n", b"\n")
        + b"\n"
        + hidden,
        "a NUL in a name": start + b"Content-Len\0gth: 0\r\n\r\n" + hidden,
        "a bare CR": start + b"X: a\rContent-Length: 0\r\n" + chunked + b"\r\nzz",
        "HTTP/0.9": b"GET /\r\n",
    }


def _raw(port: int, octets: bytes) -> bytes:
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as wire:
        wire.sendall(octets)
        try:
            while piece := wire.recv(65536):
                said += piece
        except OSError:
            pass
    return said


if __name__ == "__main__":
    sys.exit(main())

"""Forged forms (A1): every address that changes something × every way another site could send its form.

.venv/bin/python -m tests.drills.forged --folder /tmp/forged

The visitor is signed in and holds every key, as the victim of such an attack is. A row holds when the answer leads
nowhere and no statement wrote anything; at the end every table is compared with what it held before. The form as our
own page sends it is tried too, and must not be refused for forgery: otherwise the rest would prove nothing.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.drills import score
from tests.drills.score import Line
from tests.drills.who_may_what import wrote
from tests.probe import FORM, HOST, TOKEN, Answer, Visitor
from tests.routes import test_who_may_what as room
from tests.routes.test_who_may_what import FORMS, TABLE, Cell
from tests.world import ROADS, World, of_engine

OURS = f"http://{HOST}"
EVIL = "https://kotu.example"
VICTIMS = ("administrator", "clerk", "citizen", "stranger")
UNSAFE = tuple(address for address in TABLE if not address.startswith("GET "))


@dataclass(frozen=True)
class Forgery:
    """One way to send a form that nobody meant to send."""

    name: str
    method: str
    query: str
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str]


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            lines += attack(world, VICTIMS, f" on {engine}")
    return score.finish(lines, asked)


def attack(world: World, victims: tuple[str, ...], where: str = "", one_in: int = 1) -> list[Line]:
    """Every forgery (or one in so many) at every unsafe address for every victim, and the forms that are none."""
    stranger = world.probe.visitor()
    cells = [Cell(person, address, "own") for person in victims for address in UNSAFE]
    for cell in cells:
        prepared(world, cell)
    before = world.rows()
    tried = held = 0
    accepted: list[str] = []
    for number, cell in enumerate(cells):
        there, visitor = prepared(world, cell)
        # Another choice at each address.
        for each in list(forgeries(stranger, visitor, _typed(world, cell)))[number % one_in :: one_in]:
            answer = sent(world, there, visitor, each)
            tried += 1
            if is_refused(each, answer):
                held += 1
            else:
                accepted.append(f"{cell.person} {cell.address}: {each.name}: {answer.status}")
    unchanged = world.rows()
    same = [name for name in before if before[name] == unchanged[name]]
    genuine = [room.told(room.ask(world, cell)) for cell in cells]
    return [
        Line("A1", f"forged forms refused{where}", tried, held, "; ".join(accepted[:5])),
        Line("A1", f"tables as they were before{where}", len(before), len(same)),
        Line(
            "A1",
            f"the page's own form is not taken for a forgery{where}",
            len(genuine),
            sum(g != "403" for g in genuine),
        ),
    ]


def is_refused(forgery: Forgery, answer: Answer) -> bool:
    """Nothing written; and where a form was sent, the sender is told no."""
    return not wrote(answer) and (forgery.method in ("GET", "HEAD", "OPTIONS") or 400 <= answer.status < 500)


def prepared(world: World, cell: Cell) -> tuple[str, Visitor]:
    """The address with a matter in it, and its visitor with the keys to it."""
    visitor = world.person(cell.person)
    there = room.filled(world, cell)
    if cell.person == "citizen":
        visitor.cookies["erisim"] = world.keys_of(ROADS)
    return there, visitor


def sent(world: World, there: str, visitor: Visitor, forgery: Forgery) -> Answer:
    victim = Visitor({**visitor.cookies, **forgery.cookies}, visitor.token)
    if forgery.cookies.get("form") == "":
        del victim.cookies["form"]
    return world.probe.ask(forgery.method, there + forgery.query, victim, forgery.body, forgery.headers)


def forgeries(stranger: Visitor, victim: Visitor, typed: dict[str, str]) -> Iterator[Forgery]:
    """Every way; the form is always filled in as its page would send it."""
    own = {"origin": OURS, "sec-fetch-site": "same-origin", "content-type": FORM}
    form = _encoded(typed, victim.token)
    no_token = urlencode(typed).encode() or b"a=b"

    def a(
        name: str,
        method: str = "POST",
        query: str = "",
        body: bytes = form,
        cookie: str | None = None,
        **headers: str | None,
    ) -> Forgery:
        said = {**own, **{key.replace("_", "-"): value for key, value in headers.items()}}
        kept = {key: value for key, value in said.items() if value is not None}
        return Forgery(name, method, query, kept, body, {} if cookie is None else {"form": cookie})

    yield a("no token", body=no_token)
    yield a("an empty token", body=_encoded(typed, ""))
    yield a("half a token", body=_encoded(typed, victim.token[:64]))
    yield a(
        "a token with one letter changed",
        body=_encoded(typed, victim.token[:-1] + ("0" if victim.token[-1] != "0" else "1")),
    )
    yield a("another session's token", body=_encoded(typed, stranger.token))
    yield a("another session's token in the header", body=no_token, x_csrf_token=stranger.token)
    yield a("an old token", body=_encoded(typed, "0" * 128), cookie="0" * 128)
    yield a("a planted pair", body=_encoded(typed, "a" * 64), cookie="a" * 64)
    yield a("no cookie", cookie="")
    yield a("the token in the address only", query=f"?{TOKEN}={victim.token}", body=no_token)
    yield a("a foreign origin", origin=EVIL, sec_fetch_site="cross-site")
    yield a("a foreign origin, no Sec-Fetch-Site", origin=EVIL, sec_fetch_site=None)
    yield a("a foreign origin that says same-origin", origin=EVIL)
    yield a("no origin, cross-site", origin=None, sec_fetch_site="cross-site")
    yield a("no origin, same-site", origin=None, sec_fetch_site="same-site")
    yield a("an unknown Sec-Fetch-Site", sec_fetch_site="cross-origin")
    yield a("origin null", origin="null")
    yield a("an empty origin", origin="")
    yield a("an origin that begins like ours", origin=f"{OURS}.kotu.example")
    yield a("an origin that ends like ours", origin=f"http://kotu-{HOST}")
    yield a("our name before an at sign", origin=f"http://{HOST}@kotu.example")
    yield a("another port", origin=f"{OURS}:8443")
    yield a("text/plain", content_type="text/plain")
    yield a("text/plain with an origin", content_type="text/plain", origin=EVIL)
    yield a("JSON", content_type="application/json", body=b'{"_csrf_token": "%b"}' % victim.token.encode())
    yield a("no content type", content_type=None)
    yield a("multipart without its boundary", content_type="multipart/form-data")
    yield a("an htmx request without a token", body=no_token, hx_request="true", hx_request_type="partial")
    yield a(
        "an htmx request from elsewhere",
        origin=EVIL,
        sec_fetch_site="cross-site",
        hx_request="true",
        hx_request_type="partial",
    )
    yield a("htmx headers of ours", body=no_token, hx_request="true", hx_current_url=f"{OURS}/masa", hx_target="icerik")
    yield a("GET with _method", "GET", f"?_method=POST&{form.decode()}", b"")
    yield a(
        "GET with an override header",
        "GET",
        f"?{form.decode()}",
        b"",
        x_http_method_override="POST",
        x_method_override="POST",
    )
    yield a("GET with the form in its body", "GET")
    yield a("HEAD", "HEAD", f"?{form.decode()}", b"")
    yield a("OPTIONS", "OPTIONS", "", b"")
    yield a("PUT", "PUT")
    yield a("PATCH without a token", "PATCH", body=no_token)
    yield a("DELETE from elsewhere", "DELETE", origin=EVIL)
    yield a("POST that says GET", body=no_token, x_http_method_override="GET")


def _typed(world: World, cell: Cell) -> dict[str, str]:
    version = world.matter(cell.kind, ROADS).case.version if "{" in cell.path else 0
    return {"version": str(version), **FORMS.get(cell.address, {})}


def _encoded(typed: dict[str, str], token: str) -> bytes:
    return urlencode({TOKEN: token, **typed}).encode()


if __name__ == "__main__":
    sys.exit(main())

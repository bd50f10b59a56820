"""Behind a proxy (A4): whose word about a visitor's address is taken, and whose is not.

.venv/bin/python -m tests.drills.forwarded --folder /tmp/forwarded

The portal trusts one address and two networks. Each row says where a request comes from, what it claims and who is
counted for it: the tries at telephone ends are looked up in the database. Then the limits are used up: behind the
proxy a visitor who claims a new address each time is stopped, and nobody else; from anywhere else a claim neither
frees who makes it nor harms whom it names. Last, a claimed host, scheme, address or number changes no page, no cookie,
no link and no line of the log.
"""

import io
import re
import sys
from contextlib import redirect_stderr

from sqlmodel import col, select

from db.models import Attempt
from portal.rules import references
from portal.services.tracking import TRIES_PER_ADDRESS
from tests.drills import score
from tests.drills.score import Line
from tests.probe import FORM, HOST, TOKEN, Answer, Visitor
from tests.world import World, of_engine

PROXIES = ("10.0.0.5", "10.1.0.0/16", "2001:db8:1::/48")
PROXY, INNER, SIX, STRANGER = "10.0.0.5", "10.1.7.9", "2001:db8:1::5", "198.51.100.66"
EVIL, REAL, REAL_SIX = "6.6.6.6", "203.0.113.9", "2001:db8:9::77"
FOR, PROTO, CLAIMED_HOST = b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"

# Where it comes from, what the lines of X-Forwarded-For say, who is counted.
CHAINS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (PROXY, (REAL,), REAL),
    (PROXY, (f"{EVIL}, {REAL}",), REAL),
    (PROXY, (EVIL, REAL), REAL),
    (PROXY, (f"{EVIL},{EVIL},{REAL}",), REAL),
    (PROXY, (f"{EVIL}, {REAL}, {INNER}",), REAL),
    (PROXY, (f"{EVIL}, {REAL}", INNER), REAL),
    (INNER, (f"{EVIL}, {REAL}, {PROXY}, {INNER}",), REAL),
    (PROXY, (f"{PROXY}, {REAL}",), REAL),
    (PROXY, (f"127.0.0.1, {REAL}",), REAL),
    (PROXY, (f"  {EVIL} ,  {REAL}  ",), REAL),
    (PROXY, (f"{EVIL}, {REAL}:50443",), REAL),
    (SIX, (f"{EVIL}, {REAL_SIX}",), REAL_SIX),
    (SIX, (f"{EVIL}, [{REAL_SIX}]:443",), REAL_SIX),
    (PROXY, (f"'; DROP TABLE attempt; --, {REAL}",), REAL),
    (PROXY, (f"{'9' * 3000}, {REAL}",), REAL),
    (PROXY, (), PROXY),
    (PROXY, ("",), PROXY),
    (PROXY, (f"{PROXY}, {INNER}",), PROXY),
    (STRANGER, (REAL,), STRANGER),
    (STRANGER, (f"{EVIL}, {REAL}",), STRANGER),
    (STRANGER, (PROXY,), STRANGER),
    (STRANGER, (f"{REAL}, {PROXY}",), STRANGER),
    (STRANGER, ("127.0.0.1",), STRANGER),
    ("10.0.0.50", (REAL,), "10.0.0.50"),
    ("10.2.0.1", (REAL,), "10.2.0.1"),
    ("2001:db8:2::5", (REAL,), "2001:db8:2::5"),
)


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder, trusted_proxies=PROXIES) as world:
            lines += [chains(world, f" on {engine}"), limits(world, f" on {engine}"), claims(world, f" on {engine}")]
    return score.finish(lines, asked)


def chains(world: World, where: str = "") -> Line:
    """Every row: who was counted."""
    wrong: list[str] = []
    for peer, said, wanted in CHAINS:
        reference = references.new_reference()
        _guess(world, peer, *((FOR, each) for each in said), reference=reference)
        counted = _counted(world, reference)
        if counted != wanted:
            wrong.append(f"{peer} {said}: {counted}, not {wanted}")
    what = f"who is counted behind a proxy, and who without one{where}"
    return Line("A4", what, len(CHAINS), len(CHAINS) - len(wrong), "; ".join(wrong[:4]))


def limits(world: World, where: str = "") -> Line:
    """Twenty tries an hour, then a sentence: for who makes them, however they dress, and for nobody they name."""
    held = []

    def is_stopped(peer: str, *said: tuple[bytes, str]) -> bool:
        answer = _guess(world, peer, *said, reference=world.city.report().reference)
        return "Çok sayıda hatalı deneme" in answer.text

    # Behind the proxy: another claim each time, the same visitor.
    for number in range(TRIES_PER_ADDRESS):
        held.append(not is_stopped(PROXY, (FOR, f"6.6.{number}.6, 203.0.113.50")))
    held.append(is_stopped(PROXY, (FOR, "6.6.250.6, 203.0.113.50")))
    held.append(is_stopped(INNER, (FOR, f"6.6.251.6, 203.0.113.50, {PROXY}")))
    # The next visitor behind the same proxy, and the one who was named in front.
    held.append(not is_stopped(PROXY, (FOR, "203.0.113.51")))
    held.append(not is_stopped(PROXY, (FOR, "6.6.1.6")))
    # Without the proxy: a claim frees nobody and harms nobody.
    for number in range(TRIES_PER_ADDRESS):
        held.append(not is_stopped("198.51.100.50", (FOR, f"203.0.113.{100 + number}")))
    held.append(is_stopped("198.51.100.50", (FOR, "203.0.113.200")))
    held.append(is_stopped("198.51.100.50"))
    held.append(not is_stopped(PROXY, (FOR, "203.0.113.100")))
    held.append(not is_stopped("203.0.113.200"))
    # Who claims to be the proxy is not.
    for number in range(TRIES_PER_ADDRESS):
        held.append(not is_stopped("198.51.100.51", (FOR, f"{PROXY}, 203.0.113.{number}"), (b"x-real-ip", PROXY)))
    held.append(is_stopped("198.51.100.51", (FOR, f"203.0.113.77, {PROXY}"), (b"forwarded", f"for={PROXY}")))
    return Line("A4", f"the limit holds who is meant, behind a proxy and without one{where}", len(held), sum(held))


def claims(world: World, where: str = "") -> Line:
    """A claimed host, scheme, address or number: no page, cookie, link or line of the log is another."""
    wrong: list[str] = []
    tried = 0
    said = (
        (FOR, f"{EVIL}, kotu.example"),
        (PROTO, "https"),
        (PROTO, "javascript"),
        (CLAIMED_HOST, "kotu.example"),
        (CLAIMED_HOST, f"{HOST}, kotu.example"),
        (b"x-forwarded-port", "6666"),
        (b"x-forwarded-server", "kotu.example"),
        (b"x-forwarded-prefix", "/kotu.example"),
        (b"forwarded", f"for={EVIL};host=kotu.example;proto=https"),
        (b"x-request-id", "kotu-example-0001"),
    )
    for target in ("/", "/takip", "/giris", "/masa/kuyruk", "/bildir?dil=en", "/yok"):
        for peer in (STRANGER, PROXY):
            plain, plain_log = _get(world, peer, target)
            for name, value in said:
                # What the proxy itself says of scheme and number is taken; it writes neither host nor port for us.
                if peer == PROXY and name in (PROTO, b"x-request-id"):
                    continue
                tried += 1
                answer, log = _get(world, peer, target, (name, value))
                if _seen(answer) != _seen(plain) or log != plain_log:
                    wrong.append(f"{peer} {target} {name.decode()}: {value}")
    what = f"claims of host, scheme, address and number change nothing{where}"
    return Line("A4", what, tried, tried - len(wrong), "; ".join(wrong[:4]))


def _get(world: World, peer: str, target: str, *said: tuple[bytes, str]) -> tuple[Answer, str]:
    with redirect_stderr(io.StringIO()) as log:
        answer = _ask(world, "GET", target, peer, *said)
    return answer, re.sub(r"timestamp=\S+|ms=\S+|request=[0-9a-f]{10}\b", "", log.getvalue())


def _seen(answer: Answer) -> tuple[object, ...]:
    """All of an answer but what is new each time."""
    said = re.sub(r'name="(_csrf_token|form_id)" value="[^"]*"', r"\1", answer.text)
    number = answer.header("x-request-id")
    headers = [(name, re.sub(r"^(\w+=)[^;]*", r"\1", value) if name == "set-cookie" else value)
               for name, value in answer.headers if name not in ("x-request-id", "content-length")]  # fmt: skip
    is_ours = re.fullmatch("[0-9a-f]{10}", number) is not None
    return answer.status, sorted(headers), said.replace(number, "…"), is_ours


def _guess(world: World, peer: str, *said: tuple[bytes, str], reference: str) -> Answer:
    """One try at a telephone's end."""
    return _ask(world, "POST", f"/takip/{reference}/ac", peer, *said)


def _ask(world: World, method: str, target: str, peer: str, *said: tuple[bytes, str]) -> Answer:
    stranger = world.person("stranger")
    visitor = Visitor(stranger.cookies if method == "POST" else {}, stranger.token, peer)
    headers = [(name, value.encode()) for name, value in said]
    if method == "GET":
        return world.probe.ask("GET", target, visitor, headers=headers)
    headers += [(b"origin", f"http://{HOST}".encode()), (b"content-type", FORM.encode())]
    body = f"{TOKEN}={visitor.token}&last4=0000".encode()
    return world.probe.ask("POST", target, visitor, body, headers)


def _counted(world: World, reference: str) -> str:
    """The address that was written down beside the try at this number."""
    with world.city.db.reading() as tx:
        number = tx.exec(select(Attempt.id).where(Attempt.kind == "unlock", Attempt.key == reference)).one()
        after = select(Attempt.key).where(Attempt.kind == "unlock-from", col(Attempt.id) >= (number or 0) - 1)
        return tx.exec(after.order_by(col(Attempt.id).desc())).first() or ""


if __name__ == "__main__":
    sys.exit(main())

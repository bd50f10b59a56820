"""Guessing (A6): a million references with a key or a telephone's end, and the names of files, through the real limits.

.venv/bin/python -m tests.drills.guessing --folder /tmp/guessing --guesses 1000000

A guess is a valid reference (its check digit is right, for an attacker can count too) with a key or four digits. Most
are made in this process through the very services the pages call, each from another address so that only the limit of
the reference stands in the way; some thousands go over HTTP through the whole application, from 250 addresses. Then the
attacker who knows one reference tries all ten thousand ends of its telephone number. A hit is any answer that opens.
"""

import re
import secrets
import sys
from collections import Counter

from portal import clock
from portal.rules import references
from portal.rules.refusal import NotFound, Refused
from portal.services import tracking
from tests.drills import score
from tests.drills.score import Line
from tests.probe import Answer
from tests.world import ROADS, World, of_engine

KNOWN = 200
OVER_HTTP = 4000
ADDRESSES = 250


def main() -> int:
    words = score.parser(__doc__)
    words.add_argument("--guesses", type=int, default=1_000_000, help="how many, on each engine")
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            for number in range(KNOWN):
                world.city.report(phone=f"0532 {number:03} 45 67")
            lines += [
                keys(world, asked.guesses * 98 // 100, f" on {engine}"),
                ends(world, asked.guesses * 2 // 100, f" on {engine}"),
                over_http(world, f" on {engine}"),
                one_telephone(world, f" on {engine}"),
                names(world, f" on {engine}"),
                alike(world, f" on {engine}"),
                nothing_personal(world, f" on {engine}"),
            ]
    return score.finish(lines, asked)


def keys(world: World, guesses: int, where: str = "") -> Line:
    """A guessed reference with a guessed key, as /takip/…?k= asks."""
    opened = 0
    with world.city.db.reading() as tx:
        for number in range(guesses):
            reference = references.new_reference()
            opened += tracking.opens(tx, reference, secrets.token_urlsafe(16))
            if number % 10_000 == 0:
                tx.rollback()
    return Line("A6", f"guessed references with guessed keys opened nothing{where}", guesses, guesses - opened)


def ends(world: World, guesses: int, where: str = "") -> Line:
    """A guessed reference with four digits, from an address of its own each time."""
    opened = 0
    for number in range(guesses):
        try:
            tracking.unlock(
                world.city.db,
                references.new_reference(),
                f"{secrets.randbelow(10_000):04}",
                address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
                secret=world.city.secret,
                now=clock.now(),
            )
            opened += 1
        except (Refused, NotFound):
            pass
    return Line("A6", f"guessed references with four digits opened nothing{where}", guesses, guesses - opened)


def over_http(world: World, where: str = "") -> Line:
    """The same through the pages; who has tried too often is told so, and from then on nothing is compared."""
    visitors = []
    for number in range(ADDRESSES):
        visitor = world.probe.visitor()
        visitor.address = f"192.0.2.{number}"
        visitors.append(visitor)
    opened = 0
    for number in range(OVER_HTTP):
        visitor, reference = visitors[number % ADDRESSES], references.new_reference()
        if number % 2:
            answer = world.probe.get(f"/takip/{reference}?k={secrets.token_urlsafe(16)}", visitor)
        else:
            answer = world.probe.post(f"/takip/{reference}/ac", {"last4": f"{secrets.randbelow(10_000):04}"}, visitor)
        opened += bool(answer.cookies.get("erisim"))
    return Line("A6", f"guesses through the pages opened nothing{where}", OVER_HTTP, OVER_HTTP - opened)


def one_telephone(world: World, where: str = "") -> Line:
    """One known reference, all ten thousand ends: five are compared in an hour, from however many addresses."""
    case = world.matter("case", ROADS).case
    compared = opened = 0
    for number in range(10_000):
        # The right one last but for the limit: 4567 is the end of the number the case was reported from.
        try:
            tracking.unlock(
                world.city.db,
                case.reference,
                f"{(number + 4567 + 6) % 10_000:04}",
                address=f"172.16.{number >> 8}.{number & 255}",
                secret=world.city.secret,
                now=clock.now(),
            )
            opened += 1
        except Refused as no:
            compared += "rakamlarla" in no.message
    held = 10_000 if opened == 0 and compared <= tracking.TRIES_PER_REFERENCE else 10_000 - opened - compared
    return Line("A6", f"ends tried on one known reference, none opened{where}", 10_000, held, f"{compared} compared")


def names(world: World, where: str = "") -> Line:
    """Photos, letters and files have 128 random bits for a name, and the name alone opens nothing."""
    tried = held = 0
    matter = world.matter("case", ROADS)
    stranger, other = world.person("stranger"), world.person("foreign clerk")
    for _ in range(1000):
        name = secrets.token_hex(16)
        for there in (
            f"/foto/{name}",
            f"/takip/{matter.case.reference}/ek/{name}",
            f"/takip/{matter.case.reference}/yazi/{name}",
        ):
            tried += 1
            held += world.probe.get(there, stranger).status == 404
    for there in (
        f"/foto/{matter.photo}",
        f"/takip/{matter.case.reference}/ek/{matter.enclosure}",
        f"/takip/{matter.case.reference}/yazi/{matter.letter}",
        f"/takip/{matter.case.reference}/alindi.pdf",
    ):
        for visitor in (stranger, other):
            tried += 1
            held += world.probe.get(there, visitor).status == 404
    for name in (matter.photo, matter.letter, matter.enclosure):
        tried += 1
        held += len(name) == 32 and len(Counter(name)) > 4
    return Line("A6", f"names of files cannot be guessed and open nothing alone{where}", tried, held)


def alike(world: World, where: str = "") -> Line:
    """A wrong key, a wrong end and no key show the same page of a number that is there; and of one that is not."""
    case = world.matter("case", ROADS).case
    absent = references.new_reference()
    tried = held = 0
    for reference in (case.reference, absent):
        plain = _plain(world.probe.get(f"/takip/{reference}", world.probe.visitor()), reference)
        for key in ("x", "A" * 22, "'" * 22, "\u0131" * 22, "A" * 5000):
            visitor = world.probe.visitor()
            answer = world.probe.get(f"/takip/{reference}?k={key}", visitor)
            if answer.status == 303:
                answer = world.probe.get(answer.location, visitor)
            tried += 1
            held += _plain(answer, reference) == plain
    answers = {_plain(_unlock(world, reference), reference) for reference in (absent, references.new_reference())}
    return Line("A6", f"wrong keys look like no key{where}", tried + 1, held + (len(answers) == 1))


def nothing_personal(world: World, where: str = "") -> Line:
    """The number alone shows status, unit and dates: no name, no way to reach anybody, none of the words."""
    matter = world.matter("case", ROADS)
    stranger = world.person("stranger")
    tried = held = 0
    for there in (
        f"/takip/{matter.case.reference}",
        f"/takip/{matter.case.reference}/sure",
        f"/takip?no={matter.case.reference}",
    ):
        answer = world.probe.get(there, stranger)
        for word in ("Ayşe", "Yılmaz", "ayse@", "0532", "123 45 67", "4567", "Okulun önündeki", "4516. Sokak", "Kemal"):
            tried += 1
            held += word not in answer.text
    return Line("A6", f"the number alone shows nothing of a person{where}", tried, held)


def _unlock(world: World, reference: str) -> Answer:
    return world.probe.post(f"/takip/{reference}/ac", {"last4": "0000"}, world.probe.visitor())


def _plain(answer: Answer, reference: str) -> tuple[int, str]:
    """What a person sees, without the number and the form's token."""
    text = answer.text
    for each in (reference, references.grouped(reference), *answer.cookies.values()):
        text = text.replace(each, "…") if each else text
    return answer.status, re.sub(r'name="(_csrf_token|form_id)" value="[^"]*"', r"\1", text)


if __name__ == "__main__":
    sys.exit(main())

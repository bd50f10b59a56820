"""Guessing (A6): a million references with a key or a telephone's end, and the names of files, through the real limits.

.venv/bin/python -m tests.drills.guessing --folder /tmp/guessing --guesses 1000000

A guess is a valid reference (its check digit is right, for an attacker can count too) with a key or four digits. One
in a hundred goes through the whole application, from five thousand addresses; one is a telephone's end, whose limit is
in force, each from an address of its own; the others are keys, for which there is no limit but their 128 bits, made by
the very service that the page calls. A hit is any answer that opens. Then the attacker who knows one reference tries
all ten thousand ends of its telephone number. Last, what a wrong key costs where there is such a number and where
there is none: in processor time, by a two-sample test (Mann-Whitney, p > 0.01); a second sample decides where chance
may have spoken.
"""

import random
import re
import secrets
import sys
from collections import Counter
from collections.abc import Sequence
from math import erfc, sqrt

from portal import clock
from portal.rules import references
from portal.rules.refusal import NotFound, Refused
from portal.services import tracking
from tests.drills import score
from tests.drills.score import Line
from tests.probe import Answer, Visitor
from tests.world import ROADS, World, of_engine

KNOWN = 200
ADDRESSES = 5000
# Of a hundred guesses.
ENDS, PAGES = 1, 1
SAMPLE = 400
LEAST_P = 0.01


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
                guesses(world, asked.guesses, f" on {engine}"),
                one_telephone(world, f" on {engine}"),
                names(world, f" on {engine}"),
                alike(world, f" on {engine}"),
                alike_in_time(world, f" on {engine}"),
                nothing_personal(world, f" on {engine}"),
            ]
    return score.finish(lines, asked)


def guesses(world: World, guesses: int, where: str = "") -> Line:
    """Everything an outsider can guess of a report, so often."""
    ends, pages = guesses * ENDS // 100, guesses * PAGES // 100
    keys = guesses - ends - pages
    opened = _by_key(world, keys) + _by_end(world, ends) + _over_pages(world, pages)
    note = f"{keys:,} keys, {ends:,} telephone ends, {pages:,} through the pages"
    return Line("A6", f"guesses of a report opened nothing{where}", guesses, guesses - opened, note)


def _by_key(world: World, guesses: int) -> int:
    """A guessed reference with a guessed key, as /takip/…?k= asks."""
    opened = 0
    with world.city.db.reading() as tx:
        for number in range(guesses):
            opened += tracking.opens(tx, references.new_reference(), secrets.token_urlsafe(16))
            if number % 10_000 == 0:
                tx.rollback()
    return opened


def _by_end(world: World, guesses: int) -> int:
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
    return opened


def _over_pages(world: World, guesses: int) -> int:
    """Both through the pages; who has tried too often is told so, and from then on nothing is compared."""
    visitor = world.probe.visitor()
    opened = 0
    for number in range(guesses):
        visitor.address = f"192.{number % ADDRESSES >> 8}.2.{number % ADDRESSES & 255}"
        reference = references.new_reference()
        if number % 2:
            answer = world.probe.get(f"/takip/{reference}?k={secrets.token_urlsafe(16)}", visitor)
        else:
            answer = world.probe.post(f"/takip/{reference}/ac", {"last4": f"{secrets.randbelow(10_000):04}"}, visitor)
        opened += bool(answer.cookies.get("erisim"))
    return opened


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


def alike_in_time(world: World, where: str = "") -> Line:
    """What is there and what is not, asked by somebody who may see neither: two samples of one source."""
    matter, stranger, nothing = world.matter("case", ROADS), world.person("stranger"), "0" * 32
    reference, absent, key = matter.case.reference, references.new_reference(), "A" * 22
    pairs = {
        "key": (f"/takip/{reference}?k={key}", f"/takip/{absent}?k={key}"),
        "photo": (f"/foto/{matter.photo}", f"/foto/{nothing}"),
        "letter": (f"/takip/{reference}/yazi/{matter.letter}", f"/takip/{absent}/yazi/{nothing}"),
        "file": (f"/takip/{reference}/ek/{matter.enclosure}", f"/takip/{absent}/ek/{nothing}"),
    }
    held, notes = 0, []
    for name, pair in pairs.items():
        p = _same_source(world, stranger, *pair)
        if p <= LEAST_P:
            p = _same_source(world, stranger, *pair)
        held += p > LEAST_P
        notes.append(f"{name} p={p:.2f}")
    return Line(
        "A6", f"guessing takes as long with a hit as without, p > 0.01{where}", len(pairs), held, ", ".join(notes)
    )


def _same_source(world: World, visitor: Visitor, *pair: str) -> float:
    """The chance that what two addresses take differs by nothing but luck; they take turns, in an order drawn anew."""
    taken: dict[str, list[float]] = {each: [] for each in pair}
    for number in range(SAMPLE + 20):
        for each in random.sample(pair, 2):
            worked = world.probe.get(each, visitor).processor
            if number >= 20:
                taken[each].append(worked)
    return mann_whitney(*taken.values())


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance that two samples of one source differ so much (normal approximation, two-sided)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_value, which) in enumerate(ranked, start=1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = abs(u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(z / sqrt(2))


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
            held += word not in _plain(answer, matter.case.reference)[1]
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

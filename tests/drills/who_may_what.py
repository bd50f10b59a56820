"""Who may what: every address, for every kind of person, with every kind of thing; and what is not theirs unseen.

.venv/bin/python -m tests.drills.who_may_what --folder /tmp/who

What is expected is the table in tests/routes/test_who_may_what.py. A cell is one person at one address with things of
the own side, of the other side, of nobody, malformed, or the other side's under an own case. What was refused must have
written nothing. What is not theirs is compared with what is not there: octet by octet, and in time by a two-sample test
(Mann-Whitney, p > 0.01, or medians within 5 %).
"""

import statistics
import sys
from collections.abc import Sequence
from math import erfc, sqrt

from tests.drills import score
from tests.drills.score import Line
from tests.probe import Answer
from tests.routes import test_who_may_what as room
from tests.routes.test_who_may_what import TABLE, Cell
from tests.world import PEOPLE, World, of_engine

WRITES = ("INSERT", "UPDATE", "DELETE")
MALFORMED = ("12x4", "0", "1" * 300, "%27%20OR%201%3D1--", "..%5c..%5cetc", "%F0%9F%92%A9", "%ff%fe", "-1")
ROUNDS = 300
LEAST_P = 0.01
# Where time is compared: addresses that read a case, a letter, a photo or a file, and one that would change a case.
TIMED = (
    ("clerk", "GET /masa/basvuru/{ref:str}"),
    ("clerk", "POST /masa/basvuru/{ref:str}/not"),
    ("clerk", "GET /masa/basvuru/{ref:str}/ek/{name:str}"),
    ("clerk", "GET /masa/basvuru/{ref:str}/islem"),
    ("stranger", "GET /foto/{name:str}"),
    ("citizen", "GET /foto/{name:str}"),
    ("clerk", "GET /foto/{name:str}"),
    ("citizen", "GET /takip/{reference:str}/yazi/{name:str}"),
)


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            lines += [cells(world, engine), unseen(world, engine), timing(world, engine)]
    return score.finish(lines, asked)


def cells(world: World, engine: str) -> Line:
    """Every cell of the table."""
    tried = held = 0
    wrong: list[str] = []
    for person in PEOPLE:
        for cell, malformed in _cells(person):
            room.MALFORMED = malformed
            answer, wanted = room.ask(world, cell), room.expected(cell)
            tried += 1
            # What is no number is refused before or after the question who asks; a wrong end of a telephone is noted.
            fits = wanted == room.told(answer) or (
                cell.thing == "malformed" and room.told(answer) in ("401", "404", "in")
            )
            is_kept = cell.path.endswith("/ac") or wanted not in ("401", "404", "in") or not wrote(answer)
            if fits and is_kept:
                held += 1
            else:
                wrong.append(
                    f"{person}: {cell.address} {cell.thing} {malformed[:20]}: {room.told(answer)}, not {wanted}"
                )
    return Line("A5", f"every cell of who may what on {engine}", tried, held, "; ".join(wrong[:5]))


def _cells(person: str) -> list[tuple[Cell, str]]:
    found = []
    for address in TABLE:
        for thing in room.things(address):
            forms = MALFORMED if thing == "malformed" else ("",)
            found += [(Cell(person, address, thing), form) for form in forms]
    return found


def wrote(answer: Answer) -> bool:
    """Whether anything was written for this answer; that a colleague was seen is no act of theirs."""
    kept = (each for each in answer.statements if each.lstrip().upper().startswith(WRITES))
    return any("staff_session" not in each for each in kept)


def unseen(world: World, engine: str) -> Line:
    """Foreign and absent, octet by octet, headers included."""
    tried = held = 0
    for person in PEOPLE:
        for address in TABLE:
            if room.is_hidden(person, address):
                tried += 1
                held += room.seen_by(world, person, address, "foreign") == room.seen_by(
                    world, person, address, "absent"
                )
    return Line("A5", f"foreign answers like absent, octet by octet, on {engine}", tried, held)


def timing(world: World, engine: str) -> Line:
    """Foreign and absent in time, turn by turn, so that a busy machine is busy for both."""
    held, notes = 0, []
    for person, address in TIMED:
        taken: dict[str, list[float]] = {"foreign": [], "absent": []}
        for number in range(ROUNDS + 20):
            order = ("foreign", "absent") if number % 2 else ("absent", "foreign")
            for thing in order:
                seconds = room.ask(world, Cell(person, address, thing)).seconds
                if number >= 20:
                    taken[thing].append(seconds)
        p = mann_whitney(taken["foreign"], taken["absent"])
        ratio = statistics.median(taken["foreign"]) / statistics.median(taken["absent"])
        is_alike = p > LEAST_P or abs(ratio - 1) < 0.05
        held += is_alike
        notes.append(f"{address.split('/')[-1] or address} p={p:.2f} ×{ratio:.2f}")
    return Line("A5", f"foreign takes as long as absent on {engine}", len(TIMED), held, ", ".join(notes))


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance that two samples of one source differ so much (normal approximation, two-sided)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_value, which) in enumerate(ranked, start=1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = abs(u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(z / sqrt(2))


if __name__ == "__main__":
    sys.exit(main())

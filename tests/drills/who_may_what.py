"""Who may what: every address, for every kind of person, with every kind of thing; and what is not theirs unseen.

.venv/bin/python -m tests.drills.who_may_what --folder /tmp/who

What is expected is the table in tests/routes/test_who_may_what.py. A cell is one person at one address with things of
the own side, of the other side, of nobody, malformed, or the other side's under an own case. What was refused must have
written nothing. What is not theirs is compared with what is not there: octet by octet, by what the database was asked,
and in processor time, where the medians must lie within 5 %; two things that are not there stand beside them, to show
what the machine itself differs by.
"""

import random
import statistics
import sys
from collections.abc import Mapping, Sequence

from portal.rules import references
from tests.drills import score
from tests.drills.score import Line
from tests.probe import Answer
from tests.routes import test_who_may_what as room
from tests.routes.test_who_may_what import TABLE, Cell
from tests.world import ABSENT, PEOPLE, World, of_engine

WRITES = ("INSERT", "UPDATE", "DELETE")
MALFORMED = ("12x4", "0", "1" * 300, "%27%20OR%201%3D1--", "..%5c..%5cetc", "%F0%9F%92%A9", "%ff%fe", "-1")
# Whose things are compared in time: theirs is every address that hides something from them.
TIMED = ("stranger", "citizen", "clerk")
WARM, ROUNDS, MOST_ROUNDS = 10, 150, 600
ALIKE, QUIET = 0.05, 0.02
OTHER_ABSENT = references.new_reference()


def main() -> int:
    asked = score.parser(__doc__).parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        with of_engine(engine, asked.folder) as world:
            lines += [cells(world, engine), unseen(world, engine), statements(world, engine), timing(world, engine)]
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


def statements(world: World, engine: str) -> Line:
    """Foreign and absent by what the database is asked: the same words in the same order."""
    tried, differing = 0, []
    for person in PEOPLE:
        for address in TABLE:
            if room.is_foreign(person, address):
                tried += 1
                if not room.asks_alike(world, person, address):
                    differing.append(f"{person}: {address}")
    what = f"foreign asks the database what absent asks, on {engine}"
    return Line("A5", what, tried, tried - len(differing), "; ".join(differing[:5]))


def timing(world: World, engine: str) -> Line:
    """Foreign and absent in time; how much two absent ones differ says what the machine is good for."""
    wrong, notes, worst, noise = [], [], 0.0, 0.0
    timed = [(person, address) for person in TIMED for address in TABLE if room.is_foreign(person, address)]
    for person, address in timed:
        foreign, control = compared(world, person, address)
        worst, noise = max(worst, abs(foreign - 1)), max(noise, abs(control - 1))
        if abs(foreign - 1) >= ALIKE:
            wrong.append(f"{person}: {address} ×{foreign:.2f}, control ×{control:.2f}")
    notes = [f"at most {worst:.1%} apart, two absent ones {noise:.1%}", *wrong[:5]]
    what = f"foreign takes as long as absent, medians within 5 %, on {engine}"
    return Line("A5", what, len(timed), len(timed) - len(wrong), "; ".join(notes))


def compared(world: World, person: str, address: str) -> tuple[float, float]:
    """How long foreign takes in absents, and how long another absent one takes.

    Processor time, threads included: what an attacker could measure at best. All three take turns in an order drawn
    anew, so that a busy machine is busy for each of them. Where two absent ones still differ, the sample is too small
    for the machine as it is: it grows, whatever the foreign one took.
    """
    taken: dict[str, list[float]] = {"foreign": [], "absent": [], "other absent": []}
    for number in range(WARM + MOST_ROUNDS):
        for thing in random.sample(sorted(taken), len(taken)):
            room.ABSENT = OTHER_ABSENT if thing == "other absent" else ABSENT
            answer = room.ask(world, Cell(person, address, thing.removeprefix("other ")))
            if number >= WARM:
                taken[thing].append(answer.processor)
        if number >= WARM and (number - WARM + 1) % ROUNDS == 0 and abs(_in_absents(taken, "other absent") - 1) < QUIET:
            break
    room.ABSENT = ABSENT
    return _in_absents(taken, "foreign"), _in_absents(taken, "other absent")


def _in_absents(taken: Mapping[str, Sequence[float]], thing: str) -> float:
    return statistics.median(taken[thing]) / statistics.median(taken["absent"])


if __name__ == "__main__":
    sys.exit(main())

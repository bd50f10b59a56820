"""Sixteen people at work without a pause: queue 50 %, search 15, look-up 20, submit 8, status 5, report 2.

The databases stay in the folder and are filled once (`tests.drills.filling`), a quarter of an hour for each engine at a
million cases.

.venv/bin/python -m tests.drills.load --folder /tmp/load-drill --minutes 10 --cases 75000 1000000
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from tests.drills import machine
from tests.drills.filling import fill
from tests.drills.people import colleague
from tests.drills.score import Line, finish, parser
from tests.drills.stage import Installation, installation
from tests.drills.tasks import TASKS, Sample, hired, p95, samples

PEOPLE = 16
LOOKS_EVERY = 2
MOST_MEMORY = 200
MOST_GROWTH = 1.05
MOST_SLOWER = 3


def main() -> int:
    words = parser(__doc__)
    words.add_argument("--minutes", type=float, default=10)
    words.add_argument("--cases", type=int, nargs="+", default=[75_000, 1_000_000])
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        for cases in asked.cases:
            with installation(asked.folder / f"{engine}-{cases}", engine) as place:
                fill(place, cases)
                lines += drill(place, cases, asked)
    return finish(lines, asked)


def drill(place: Installation, cases: int, asked: argparse.Namespace) -> Iterator[Line]:
    """Everybody works, somebody looks at the memory, and the first minute is compared with the last."""
    place.web.start()
    place.worker.start()
    place.wait_until_serving()
    signs = [colleague(place, number, "clerk", "FEN") for number in range(PEOPLE // 2)]
    signs += [colleague(place, number) for number in range(PEOPLE // 2)]
    seconds, out = asked.minutes * 60, place.folder / "samples.json"
    taken: list[float] = []
    with hired(place.url, signs, seconds, out):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            taken.append(machine.memory(place.web.pid) + machine.memory(place.worker.pid))
            time.sleep(LOOKS_EVERY)
    place.worker.stop()
    place.web.stop()
    seen = samples(out)
    where = f"{cases:,} cases on {place.engine}"
    _print(seen, where, seconds)
    yield from _lines(seen, taken, where)


def _lines(seen: Sequence[Sample], taken: Sequence[float], where: str) -> Iterator[Line]:
    bad = Counter(each.status for each in seen if each.status >= 500)
    yield Line("R1", f"answers without a fault, {where}", len(seen), len(seen) - sum(bad.values()), _said(bad))
    begun, ended = min(each.at for each in seen), max(each.at for each in seen)
    first = [each for each in seen if each.at < begun + 60]
    last = [each for each in seen if each.at > ended - 60]
    ratios = {task: _of(last, task) / _of(first, task) for task in TASKS if _of(first, task) and _of(last, task)}
    held = sum(ratio <= MOST_SLOWER for ratio in ratios.values())
    told = ", ".join(f"{task} {ratio:.2f}" for task, ratio in ratios.items())
    yield Line("R1", f"p95 of the last minute within 3 times the first, {where}", len(ratios), held, told)
    # After two of ten minutes everything has been used once.
    settled = taken[len(taken) // 5 :]
    before, after = median(settled[: len(settled) // 8 + 1]), median(settled[-(len(settled) // 8 + 1) :])
    note = f"{before:.0f} to {after:.0f} MB"
    yield Line("R1", f"memory grew less than 5 % after a fifth, {where}", 1, int(after < before * MOST_GROWTH), note)
    # For a moment more: whoever signs in has 64 MB worth of hashing done, two at a time.
    note = f"{after:.0f} MB, at most {max(taken):.0f}"
    yield Line("R1", f"web and worker take 200 MB or less at the end, {where}", 1, int(after <= MOST_MEMORY), note)


def _of(seen: Sequence[Sample], task: str) -> float:
    return p95([each.seconds for each in seen if each.task == task])


def _said(counts: Counter[int]) -> str:
    names = {598: "no answer", 599: "not done"}
    return ", ".join(f"{names.get(status, status)}: {count}" for status, count in counts.items())


def _print(seen: Sequence[Sample], where: str, seconds: float) -> None:
    print(f"\n{where}: {len(seen) / seconds:.1f} tasks a second")
    for task, (name, _) in TASKS.items():
        spent = [each.seconds * 1000 for each in seen if each.task == task]
        if spent:
            print(f"  {task} {name:<28}{len(spent):>7} p50 {median(spent):>7.0f} ms  p95 {p95(spent):>7.0f} ms")


if __name__ == "__main__":
    sys.exit(main())

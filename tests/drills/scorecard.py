"""The whole floor in one command: every drill, one after the other, and one line per promise.

    .venv/bin/python -m tests.drills.scorecard --folder /tmp/floor           # all of it: several hours
    .venv/bin/python -m tests.drills.scorecard --folder /tmp/floor --quick   # the same drills with small counts
    .venv/bin/python -m tests.drills.scorecard --folder /tmp/floor --only crash load
    .venv/bin/python -m tests.drills.scorecard --folder /tmp/floor --print   # what was found so far

What a drill found stays in the folder until it is run again, so the table can be put together in parts; a drill
that was not run counts as missed. `--readme` writes the result into README.md and docs/scorecard.md. Exit code 0 when
every line is kept.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.drills.score import Line, table

HOME = Path(__file__).parents[2]
_IN_README = re.compile(r"(?<=<!-- scorecard -->\n).*?(?=<!-- end of scorecard -->)", re.DOTALL)


@dataclass(frozen=True)
class Drill:
    """A program of the scorecard, the lines it answers for, and the words of its whole and of its quick form.

    It works in a folder of its own, or in one that it shares with others because a million cases lie there.
    """

    module: str
    lines: str
    whole: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    shared: str = ""

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]


PROMISES = {
    "R1": "sixteen people at work for ten minutes: no error, no slower at the end, memory flat",
    "R2": "web and worker killed: nothing shown is lost, nothing twice, serving again in three seconds",
    "R3": "PostgreSQL killed and restarted: the same, and a page that keeps what was typed",
    "R4": "disk full and freed: the same, reads go on",
    "R5": "one form sent many times at once is one case",
    "R6": "many clerks on one case: no lost update, each loser told, history without a gap",
    "R7": "malformed requests: no error of ours, none over two seconds, no traceback",
    "R8": "backup under load, restored on either engine: the same rows and files",
    "R9": "tables one version down and up under load: no failed read",
    "R10": "odd days: numbers in order, months add up",
    "R11": "a thousand idle and slow connections: others under twice as slow",
    "A1": "forged forms refused",
    "A2": "no script that somebody typed runs, and none is needed for our own pages",
    "A3": "texts that would be a statement, pattern, header, line of the log, template or formula: no effect",
    "A4": "no leading away, no believing of forged hosts and addresses, no request with two ends",
    "A5": "who may what, in every cell; foreign looks like absent, also in time",
    "A6": "guessing references, keys and names of files",
    "A7": "guessing passwords and codes, flooding with letters, shutting somebody out",
    "A8": "uploads: nothing runs, nothing is shown as it came, memory and time bounded",
    "A9": "exports hold no formula and nothing of others",
    "A10": "every header on every address, cookies, nothing open that nobody named",
    "A11": "nobody's data in addresses, caches, errors and the log",
    "A12": "packages pinned and without a known weakness, no secret in the repository, SBOM",
    "O1": "a stop finishes what has begun in ten seconds",
    "O2": "a start takes less than three seconds",
    "S1": "queue page at least 15 % of the server's hellos",
    "S2": "unchanged refresh at least 60 % of them",
    "S3": "case page at most twice a queue page",
    "S4": "statements: 3 for a queue, 6 for a case",
    "S5": "processor time of each task",
    "S6": "bytes: first view 35 KB, refresh 4 KB",
    "S7": "a million cases at most 1.2 times as slow as 75,000",
    "S9": "the sums of the report are exact at any moment",
    "W1": "processor time of a submit",
    "W2": "processor time of a change of status",
    "W3": "durable submit at most twice the same rows without the web",
    "W4": "department and month report in 15 ms",
}

DRILLS = (
    Drill(
        "tests.drills.load",
        "R1",
        ("--minutes", "10", "--cases", "75000", "1000000"),
        ("--minutes", "1", "--cases", "2000"),
        "million",
    ),
    Drill("tests.drills.crash", "R2", ("--times", "50"), ("--times", "3")),
    Drill("tests.drills.database_down", "R3", ("--times", "20"), ("--times", "2")),
    Drill("tests.drills.disk_full", "R4"),
    Drill("tests.drills.at_once", "R5 R6", quick=("--rounds", "1")),
    Drill("tests.drills.malformed", "R7", ("--requests", "10000"), ("--requests", "500")),
    Drill("tests.drills.restore", "R8", ("--cases", "0", "1000000"), shared="million"),
    Drill(
        "tests.drills.migrate",
        "R9",
        ("--cases", "1000000", "--revisions", "0005", "0003"),
        ("--cases", "200"),
        "million",
    ),
    Drill("tests.drills.slow", "R11", quick=("--cases", "2000", "--rounds", "1", "--seconds", "5")),
    Drill("tests.drills.forged", "A1"),
    Drill("tests.drills.scripts", "A2"),
    Drill("tests.drills.injection", "A3"),
    Drill("tests.drills.surface", "A4 A10 A11"),
    Drill("tests.drills.forwarded", "A4"),
    Drill("tests.drills.who_may_what", "A5"),
    Drill("tests.drills.guessing", "A6", ("--guesses", "1000000"), ("--guesses", "2000")),
    Drill("tests.drills.uploads", "A8"),
    Drill("tests.drills.told_by_tests", "A7 A9 A11 R10"),
    Drill("tests.drills.supply", "A12"),
    Drill("tests.drills.stop", "O1 O2", ("--times", "20"), ("--times", "2")),
    Drill(
        "tests.bench.throughput",
        "S1 S2 S3 S4 S5 S6 S7",
        ("--cases", "75000", "--repeat", "1000000"),
        ("--cases", "2000", "--seconds", "1", "--rounds", "2"),
        "million/year",
    ),
    Drill("tests.drills.sums", "S9", quick=("--rounds", "10")),
    Drill("tests.bench.writes", "W1 W2 W3 W4", ("--cases", "75000"), ("--cases", "2000", "--rounds", "20")),
)


def main() -> int:
    """Run what was asked for, print the table, answer with the exit code."""
    asked = _asked()
    asked.folder.mkdir(parents=True, exist_ok=True)
    chosen = [drill for drill in DRILLS if not asked.only or drill.name in asked.only]
    if not asked.print:
        for drill in chosen:
            _run(drill, asked.folder, quick=asked.quick)
    lines = [line for drill in chosen for line in _found(drill, asked.folder)]
    print(table(lines))
    kept = sum(line.is_kept for line in lines)
    print(f"{kept} of {len(lines)} lines kept")
    if asked.readme:
        _write_down(lines)
    return 0 if kept == len(lines) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the drills work and leave what they found")
    parser.add_argument("--only", nargs="+", choices=[drill.name for drill in DRILLS], help="these drills alone")
    parser.add_argument("--quick", action="store_true", help="small counts: whether it works, not how well")
    parser.add_argument("--print", action="store_true", help="run nothing, show what was found before")
    parser.add_argument("--readme", action="store_true", help="write the result into README.md and docs/scorecard.md")
    return parser.parse_args()


def _run(drill: Drill, folder: Path, *, quick: bool) -> None:
    found = _file(drill, folder)
    found.unlink(missing_ok=True)
    place = folder / (drill.shared or drill.name)
    words = [sys.executable, "-m", drill.module, "--folder", str(place), "--json", str(found)]
    print(f"\n{drill.name}", flush=True)
    begun = time.monotonic()
    # What the portal logs meanwhile is kept beside, for a look when a line is missed.
    with open(found.with_suffix(".log"), "w", encoding="utf-8") as log:
        done = subprocess.run([*words, *(drill.quick if quick else drill.whole)], cwd=HOME, stderr=log)
    print(f"{drill.name}: {time.monotonic() - begun:.0f} s, exit code {done.returncode}", flush=True)


def _found(drill: Drill, folder: Path) -> Sequence[Line]:
    file = _file(drill, folder)
    if not file.exists():
        return [Line(id, f"{drill.name} was not run to its end", 0, 0) for id in drill.lines.split()]
    return [Line(**line) for line in json.loads(file.read_text("utf-8"))]


def _file(drill: Drill, folder: Path) -> Path:
    return folder / f"{drill.name}.json"


def _write_down(lines: Sequence[Line]) -> None:
    """One row a promise into the README, and every line into docs/scorecard.md."""
    day = f"Measured on {datetime.now(UTC):%Y-%m-%d}"
    short = [
        f"{day}; every line: `docs/scorecard.md`.",
        "",
        "| line | promise | tried | held | |",
        "|---|---|--:|--:|---|",
    ]
    for name, promise in PROMISES.items():
        own = [line for line in lines if line.id == name]
        missed = sum(not line.is_kept for line in own)
        verdict = f"**{missed} of {len(own)} lines missed**" if missed else "kept" if own else "**not run**"
        tried, held = sum(line.tried for line in own), sum(line.held for line in own)
        short.append(f"| {name} | {promise} | {tried:,} | {held:,} | {verdict} |")
    readme = HOME / "README.md"
    text = "\n".join(short) + "\n"
    readme.write_text(_IN_README.sub(lambda _: text, readme.read_text("utf-8")), "utf-8")
    long = ["# The scorecard", "", f"{day} by `python -m tests.drills.scorecard`; what was not run is missed.", ""]
    long += ["| line | what | tried | held | | note |", "|---|---|--:|--:|---|---|"]
    for line in lines:
        verdict = "kept" if line.is_kept else "**missed**"
        what, note = (words.replace("|", "\\|") for words in (line.what, line.note))
        long.append(f"| {line.id} | {what} | {line.tried:,} | {line.held:,} | {verdict} | {note} |")
    (HOME / "docs" / "scorecard.md").write_text("\n".join(long) + "\n", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())

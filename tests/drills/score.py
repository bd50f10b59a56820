"""What every drill prints: one line per promise, how often it was tried and how often it held."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Line:
    """One promise of the scorecard.

    `id` is the scorecard's name of it, such as R2 or A6; `note` holds what was measured, in a few words.
    """

    id: str
    what: str
    tried: int
    held: int
    note: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether it held every time; what was never tried is not kept."""
        return 0 < self.tried == self.held


def parser(description: str | None) -> argparse.ArgumentParser:
    """The words every drill understands: where it may work, on which engines, where to write its lines."""
    words = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--folder", type=Path, required=True, help="a folder to work in; kept for a look afterwards")
    words.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    words.add_argument("--json", type=Path, help="also write the lines into this file")
    return words


def finish(lines: Iterable[Line], asked: argparse.Namespace) -> int:
    """Print the lines, write them where asked, and answer with the exit code: 0 when every line is kept."""
    lines = list(lines)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1), "utf-8")
    print(table(lines))
    return 0 if lines and all(line.is_kept for line in lines) else 1


def table(lines: Iterable[Line]) -> str:
    """The lines for a terminal."""
    rows = [f"{'line':<6}{'tried':>9}{'held':>9}  {'':<7}what"]
    for line in lines:
        note = f" ({line.note})" if line.note else ""
        kept = "kept" if line.is_kept else "MISSED"
        rows.append(f"{line.id:<6}{line.tried:>9,}{line.held:>9,}  {kept:<7}{line.what}{note}")
    return "\n".join(rows)

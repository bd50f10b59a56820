"""The two passes: every row is checked before the first one is written, then whole batches or nothing."""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from db.engine import Database
from db.queries import cases
from portal import clock
from portal.importing import mapping, source
from portal.importing.complaints import BadRow
from portal.importing.mapping import RecordMap
from portal.importing.past import past_case
from portal.importing.record import Reader, Taken
from portal.importing.source import Record, Source
from portal.rules import references
from portal.services import history, townbook
from portal.services.townbook import Town

BATCH = 1000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of the rows."""

    new: int
    already_here: int
    rejected: int
    rejected_file: Path | None = None

    def __str__(self) -> str:
        told = f"{self.new} new, {self.already_here} already here, {self.rejected} rejected"
        return f"{told}; the reasons are in {self.rejected_file}" if self.rejected_file else told


class Stopped(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; what was written so far is whole."""


def run(db: Database, file: Path, map_file: Path, *, progress: Progress, now: datetime | None = None) -> Outcome:
    """Take over a file's good rows; the bad ones are told, and rows that are here already stay as they are."""
    now = now or clock.now()
    record_map = mapping.read(map_file)
    rows = Source.open(file, encoding=record_map.encoding, delimiter=record_map.delimiter)
    if lacking := [name for name in record_map.all_columns if name not in rows.columns]:
        raise source.missing(rows.columns, lacking)
    with db.reading() as tx:
        town = townbook.read(tx)
    mapping.check(record_map, town)
    reader = Reader(record_map, rows.columns, town, now=now)
    rejected_file = file.with_suffix(".rejected.csv")
    bad, good = _check_all(rows, reader, rejected_file, progress)
    new = _write_all(db, _taken(rows, reader, bad), good, record_map, town, progress=progress, now=now)
    return Outcome(new, good - new, len(bad), rejected_file if bad else None)


def _check_all(rows: Source, reader: Reader, rejected_file: Path, progress: Progress) -> tuple[set[int], int]:
    """The lines of the rows that stay outside, and how many may come in."""
    rejected_file.unlink(missing_ok=True)
    bad: set[int] = set()
    good, lines = 0, rows.count_lines()
    with ExitStack() as open_files, closing(_Seen()) as seen:
        rejected = _Rejected(rows, rejected_file, open_files)
        for record in rows.records():
            try:
                seen.check(reader.read(record).external_id, record.line)
                good += 1
            except BadRow as why:
                rejected.write(record, why)
                bad.add(record.line)
            if record.line % BATCH == 0:
                progress(record.line, lines)
    progress(lines, lines)
    return bad, good


def _taken(rows: Source, reader: Reader, bad: set[int]) -> Iterator[Taken]:
    return (reader.read(record) for record in rows.records() if record.line not in bad)


def _write_all(
    db: Database,
    taken: Iterator[Taken],
    total: int,
    record_map: RecordMap,
    town: Town,
    *,
    progress: Progress,
    now: datetime,
) -> int:
    new = done = 0
    try:
        while batch := list(islice(taken, BATCH)):
            new += _write_batch(db, batch, record_map, town, now=now)
            done += len(batch)
            progress(done, total)
    except KeyboardInterrupt as stop:
        raise Stopped(
            f"Durduruldu: {new} yeni kayıt aktarıldı. Aynı komut kaldığı yerden sürdürür.\n"
            f"Stopped: {new} new records were taken over. The same command goes on from here."
        ) from stop
    return new


def _write_batch(db: Database, batch: list[Taken], record_map: RecordMap, town: Town, *, now: datetime) -> int:
    with db.transaction() as tx:
        here = cases.imported(tx, record_map.source, [each.external_id for each in batch])
        missing = [each for each in batch if each.external_id not in here]
        free = _free_references(tx, len(missing))
        history.write(
            tx,
            [
                past_case(each, reference, record_map, town, now=now)
                for each, reference in zip(missing, free, strict=True)
            ],
        )
    return len(missing)


def _free_references(tx: Any, count: int) -> list[str]:
    free: set[str] = set()
    while len(free) < count:
        wanted = {references.new_reference() for _ in range(count - len(free))} - free
        free |= wanted - cases.taken_references(tx, sorted(wanted))
    return list(free)


class _Seen:
    """Which records the file has named already; on disk, because a file may name millions."""

    def __init__(self) -> None:
        self._lines = sqlite3.connect("", isolation_level=None)
        self._lines.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._lines.execute("BEGIN")

    def check(self, external_id: str, line: int) -> None:
        """Complains when the file has named this record before."""
        added = self._lines.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (external_id, line)).rowcount
        if not added:
            first = self._lines.execute("SELECT line FROM seen WHERE id = ?", (external_id,)).fetchone()[0]
            raise BadRow(
                f"aynı kayıt numarası {first}. satırda da var: {external_id}",
                f"the same record number is on line {first}: {external_id}",
            )

    def close(self) -> None:
        self._lines.close()


class _Rejected:
    """The rows that stay outside, with their line and the reason; no file when there are none."""

    def __init__(self, rows: Source, file: Path, open_files: ExitStack) -> None:
        self._rows, self._file, self._open_files = rows, file, open_files
        self._out: Any = None

    def write(self, record: Record, why: BadRow) -> None:
        if self._out is None:
            self._out = self._begin()
        self._out.writerow([record.line, why.turkish, why.english, *record.values])

    def _begin(self) -> Any:
        # In the same letters and with the same columns, so that the mended rows can be imported with the same map.
        lines = self._file.open("w", encoding=self._rows.encoding, errors="replace", newline="")
        out = csv.writer(self._open_files.enter_context(lines), delimiter=self._rows.delimiter)
        out.writerow(["line", "neden", "reason", *self._rows.columns])
        return out

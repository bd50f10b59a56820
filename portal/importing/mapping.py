"""The map: which column of the other system means what here. A TOML file, checked word by word before anything else."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.importing.complaints import CannotImport
from portal.importing.source import DELIMITERS, ENCODINGS
from portal.rules import lifecycle
from portal.rules.lifecycle import Status
from portal.services.townbook import Town

_TOP = {"source", "encoding", "delimiter", "language", "dates", "columns"}
_TABLES = {"status", "category", "department", "channel", "closing"}
_SINGLE = ("external_id", "received", "due", "closed", "neighbourhood", "street", "latitude", "longitude")
_JOINED = ("subject", "words", "place_note", "closing_words")
# What can be told of a record from outside; the others need a date, a question or an objection of their own.
STATUSES = (Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.EXTERNAL, Status.RESOLVED)
_NEEDED = ("external_id", "received", "words")


@dataclass(frozen=True)
class Lookup:
    """A value of ours found by values of theirs: the first column with a known value decides."""

    by: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    default: Any = None

    def find(self, row: Mapping[str, str]) -> Any:
        """Our value for a row, the default, or None when the map does not say."""
        for column, values in self.by:
            if (found := values.get(row[column])) is not None:
                return found
        return self.default

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for column, _ in self.by)

    @property
    def results(self) -> Iterable[Any]:
        """Everything this table can answer."""
        yield from (value for _, values in self.by for value in values.values())
        if self.default is not None:
            yield self.default


@dataclass(frozen=True)
class Closing:
    """How a finished record ended here, and what was answered."""

    status: Status
    reason: str
    words: str


@dataclass(frozen=True)
class RecordMap:
    """One other system's columns in our words."""

    source: str
    formats: tuple[str, ...]
    zone: ZoneInfo
    columns: Mapping[str, tuple[str, ...]]
    status: Lookup
    category: Lookup
    department: Lookup
    channel: Lookup
    closing: Lookup
    encoding: str = ""
    delimiter: str = ""
    language: str = "tr"

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Every column the map names, once."""
        tables = (self.status, self.category, self.department, self.channel, self.closing)
        named = [name for names in self.columns.values() for name in names]
        return tuple(dict.fromkeys([*named, *(name for table in tables for name in table.columns)]))


def read(file: Path) -> RecordMap:
    """The map as it is written, or a refusal that names the faulty word."""
    try:
        words = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise CannotImport(f"Eşleme dosyası okunamadı: {why}", f"The map cannot be read: {why}") from why
    _check_names("", words, _TOP | _TABLES, needed=("source", "dates", "columns", "status", "category"))
    _check_names("dates", words["dates"], {"formats", "zone"}, needed=("formats", "zone"))
    _check_names("columns", words["columns"], {*_SINGLE, *_JOINED}, needed=_NEEDED)
    _check_one_of("encoding", words.get("encoding", ""), ("", *ENCODINGS))
    _check_one_of("delimiter", words.get("delimiter", ""), ("", *DELIMITERS))
    _check_one_of("language", words.get("language", "tr"), ("tr", "en"))
    if not 0 < len(words["source"]) <= 40:
        raise _wrong("source", words["source"])
    return RecordMap(
        source=words["source"],
        formats=_texts("dates.formats", words["dates"]["formats"]),
        zone=_zone(words["dates"]["zone"]),
        columns={name: _texts(f"columns.{name}", value) for name, value in words["columns"].items()},
        **{name: _lookup(name, words.get(name, {})) for name in _TABLES},
        encoding=words.get("encoding", ""),
        delimiter=words.get("delimiter", ""),
        language=words.get("language", "tr"),
    )


def check(record_map: RecordMap, town: Town) -> None:
    """Refuses a map that leads to a status, a category or a department that the town does not have."""
    for status in record_map.status.results:
        _check_one_of("status", status, STATUSES)
    if Status.RESOLVED in record_map.status.results and record_map.closing.default is None:
        raise CannotImport(
            "Eşlemede kapanmış kayıtlar için “closing.default” gerekli.",
            "The map needs a “closing.default” for records that are closed.",
        )
    for code in record_map.category.results:
        if town.category_by_code(code) is None:
            raise _wrong("category", code)
    for code in record_map.department.results:
        if town.department_by_code(code) is None:
            raise _wrong("department", code)
    for code in record_map.channel.results:
        if not isinstance(code, str) or not 0 < len(code) <= 20:
            raise _wrong("channel", code)


def _lookup(name: str, words: Mapping[str, Any]) -> Lookup:
    _check_names(name, words, {"by", "default"})
    by = []
    for each in words.get("by", []):
        _check_names(f"{name}.by", each, {"column", "values"}, needed=("column", "values"))
        by.append((each["column"], {key: _result(name, value) for key, value in each["values"].items()}))
    default = words.get("default")
    return Lookup(tuple(by), None if default is None else _result(name, default))


def _result(name: str, value: Any) -> Any:
    if name != "closing":
        return value
    _check_names(name, value, {"status", "reason", "words"}, needed=("status", "words"))
    _check_one_of("closing.status", value["status"], (Status.RESOLVED, Status.DECLINED, Status.WITHDRAWN))
    if value["status"] == Status.DECLINED:
        _check_one_of("closing.reason", value.get("reason", ""), tuple(lifecycle.DECLINE_REASONS))
    return Closing(Status(value["status"]), value.get("reason", ""), value["words"])


def _check_names(where: str, words: Any, known: Iterable[str], *, needed: Iterable[str] = ()) -> None:
    if not isinstance(words, dict):
        raise _wrong(where, words)
    inside = f"{where}." if where else ""
    for name in words:
        if name not in known:
            raise CannotImport(
                f"Eşlemede tanınmayan bir sözcük var: {inside}{name}", f"The map has an unknown word: {inside}{name}"
            )
    for name in needed:
        if name not in words:
            raise CannotImport(f"Eşlemede eksik: {inside}{name}", f"The map lacks {inside}{name}")


def _check_one_of(where: str, value: Any, known: Iterable[str]) -> None:
    if value not in known:
        raise _wrong(where, value)


def _texts(where: str, value: Any) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise _wrong(where, value)
    if where.removeprefix("columns.") in _SINGLE and len(texts) > 1:
        raise _wrong(where, value)
    return tuple(texts)


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as why:
        raise _wrong("dates.zone", name) from why


def _wrong(where: str, value: Any) -> CannotImport:
    return CannotImport(
        f"Eşlemede “{where}” için geçersiz değer: {value!r}", f"The map has a value that {where} cannot have: {value!r}"
    )

"""One row of another system, read and checked; what it becomes here is decided without a database."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import compress
from zoneinfo import ZoneInfo

from db import search
from db.models import Category
from portal.importing.complaints import BadRow
from portal.importing.dates import Dates
from portal.importing.mapping import Closing, RecordMap
from portal.importing.source import Record
from portal.rules.lifecycle import Status
from portal.services import filing
from portal.services.townbook import Town

MOST_ID, MOST_STREET, MOST_NOTE, MOST_WORDS = 80, 160, 500, 20_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# What no screen can show and PostgreSQL does not store: control codes, and marks that turn the reading direction.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that can become a case."""

    external_id: str
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    status: Status
    closing: Closing | None
    category: Category
    department_id: int
    channel: str
    subject: str
    words: str
    neighbourhood_id: int | None
    street: str
    place_note: str
    latitude: float | None
    longitude: float | None


class Reader:
    """Reads rows by a map, for a town, as of a moment."""

    def __init__(self, record_map: RecordMap, columns: Sequence[str], town: Town, *, now: datetime) -> None:
        self._map = record_map
        wanted = set(record_map.all_columns)
        self._width = len(columns)
        self._wanted = [name in wanted for name in columns]
        self._names = list(compress(columns, self._wanted))
        self._categories = {each.code: each for each in town.categories.values() if each.is_active}
        self._departments = {each.code: key for key, each in town.departments.items() if each.is_active}
        self._quarters = {search.fold(each.name): each for each in town.neighbourhoods.values()}
        self._dates = [Dates(pattern) for pattern in record_map.formats]
        self._now = now

    def read(self, record: Record) -> Taken:
        """The row in our words, or a complaint about the first thing that is wrong with it."""
        if len(record.values) != self._width:
            raise BadRow(
                f"{self._width} sütun olmalı, {len(record.values)} sütun var",
                f"there are {len(record.values)} columns instead of {self._width}",
            )
        row = dict(zip(self._names, map(_clean, compress(record.values, self._wanted)), strict=True))
        category = self._category(row)
        received, closed = self._received(row), self._moment(row, "closed")
        status, closing = self._status(row, received, closed)
        quarter = self._quarters.get(search.fold(self._one(row, "neighbourhood")))
        latitude, longitude = self._place(row)
        words = self._words(row)
        return Taken(
            external_id=self._short(row, "external_id", MOST_ID, needed=True),
            received_at=received,
            due_at=self._moment(row, "due"),
            closed_at=closed,
            status=status,
            closing=closing,
            category=category,
            department_id=self._department(row, category),
            channel=self._map.channel.find(row) or "import",
            subject=filing.subject_of(self._joined(row, "subject") or words),
            words=words,
            neighbourhood_id=quarter.id if quarter else None,
            street=self._short(row, "street", MOST_STREET),
            place_note=self._note(row, is_known=quarter is not None),
            latitude=latitude,
            longitude=longitude,
        )

    def _category(self, row: Mapping[str, str]) -> Category:
        code = self._map.category.find(row)
        if code is None:
            raise _unmapped("konu", "category", row, self._map.category.columns)
        return self._categories[code]

    def _department(self, row: Mapping[str, str], category: Category) -> int:
        return self._departments.get(self._map.department.find(row), category.department_id)

    def _status(
        self, row: Mapping[str, str], received: datetime, closed: datetime | None
    ) -> tuple[Status, Closing | None]:
        found = self._map.status.find(row)
        if found is None:
            raise _unmapped("durum", "status", row, self._map.status.columns)
        if found != Status.RESOLVED:
            if closed is not None:
                raise BadRow("kayıt açık, ama kapanış tarihi var", "the record is open but has a closing date")
            return Status(found), None
        if closed is None:
            raise BadRow("kayıt kapalı, ama kapanış tarihi yok", "the record is closed but has no closing date")
        if closed < received:
            raise BadRow("kapanış tarihi geliş tarihinden önce", "it was closed before it was received")
        closing: Closing = self._map.closing.find(row)
        said = self._joined(row, "closing_words")
        return closing.status, Closing(closing.status, closing.reason, said or closing.words)

    def _received(self, row: Mapping[str, str]) -> datetime:
        received = self._moment(row, "received")
        if received is None:
            raise BadRow("geliş tarihi boş", "the date of receipt is empty")
        if not EARLIEST <= received <= self._now:
            raise BadRow(
                f"geliş tarihi 1990 ile bugün arasında değil: {received.date()}",
                f"the date of receipt is not between 1990 and today: {received.date()}",
            )
        return received

    def _moment(self, row: Mapping[str, str], name: str) -> datetime | None:
        text = self._one(row, name)
        if not text:
            return None
        for dates in self._dates:
            try:
                return _in_zone(dates.read(text), self._map.zone)
            except (ValueError, OverflowError):
                continue
        raise BadRow(f"okunamayan tarih: {text[:60]}", f"this date cannot be read: {text[:60]}")

    def _place(self, row: Mapping[str, str]) -> tuple[float | None, float | None]:
        latitude, longitude = self._degrees(row, "latitude", 90), self._degrees(row, "longitude", 180)
        if (latitude is None) != (longitude is None):
            raise BadRow("enlem ve boylamdan biri eksik", "latitude or longitude is missing")
        return latitude, longitude

    def _degrees(self, row: Mapping[str, str], name: str, most: int) -> float | None:
        text = self._one(row, name)
        if not text:
            return None
        try:
            degrees = float(text.replace(",", "."))
        except ValueError:
            degrees = math.nan
        if not abs(degrees) <= most:
            raise BadRow(f"geçersiz koordinat: {text[:60]}", f"this is not a coordinate: {text[:60]}")
        return degrees

    def _words(self, row: Mapping[str, str]) -> str:
        words = self._joined(row, "words")
        if not words:
            raise BadRow("konu veya açıklama boş", "the subject and the words are empty")
        return _not_longer(words, MOST_WORDS, "words")

    def _note(self, row: Mapping[str, str], *, is_known: bool) -> str:
        """What is said about the place, with the name of a quarter that the town does not have."""
        quarter = "" if is_known else self._one(row, "neighbourhood")
        parts = filter(None, (quarter, self._joined(row, "place_note")))
        return _not_longer(" – ".join(parts), MOST_NOTE, "place_note")

    def _short(self, row: Mapping[str, str], name: str, most: int, *, needed: bool = False) -> str:
        text = self._one(row, name)
        if needed and not text:
            raise BadRow("kayıt numarası boş", "the record has no number")
        return _not_longer(text, most, name)

    def _one(self, row: Mapping[str, str], name: str) -> str:
        columns = self._map.columns.get(name)
        return row[columns[0]] if columns else ""

    def _joined(self, row: Mapping[str, str], name: str) -> str:
        texts = (row[column] for column in self._map.columns.get(name, ()))
        return " – ".join(dict.fromkeys(filter(None, texts)))


def _clean(text: str) -> str:
    return text.strip() if text.isprintable() else _UNSEEN.sub("", text).strip()


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _not_longer(text: str, most: int, name: str) -> str:
    if len(text) > most:
        raise BadRow(f"çok uzun ({name}): en fazla {most} karakter", f"too long ({name}): at most {most} characters")
    return text


def _unmapped(turkish: str, english: str, row: Mapping[str, str], columns: Sequence[str]) -> BadRow:
    said = ", ".join(f"{column} = {row[column][:60]!r}" for column in columns)
    return BadRow(f"eşlemede bu {turkish} yok: {said}", f"the map does not know this {english}: {said}")

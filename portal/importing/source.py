"""The file of another system, read row by row: its letters, its delimiter, its broken quotes."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.importing.complaints import CannotImport

ENCODINGS = ("utf-8", "windows-1254", "iso-8859-9")
DELIMITERS = (",", ";")
_READ_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """A row: the line of the file on which it begins, and its values."""

    line: int
    values: list[str]


@dataclass(frozen=True)
class Source:
    """A file whose letters and columns are known."""

    file: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]

    @classmethod
    def open(cls, file: Path, *, encoding: str = "", delimiter: str = "") -> "Source":
        """Recognises what the map does not say; refuses what contradicts it."""
        encoding = _encoding(file, encoding)
        with file.open(encoding=encoding, newline="") as lines:
            first = lines.readline()
        if not first.strip():
            raise CannotImport(f"Dosya boş: {file}", f"The file is empty: {file}")
        delimiter = delimiter or max(DELIMITERS, key=first.count)
        source = cls(file, encoding, delimiter, ())
        header = next(source._rows())
        return cls(file, encoding, delimiter, tuple(name.strip() for name in header.values))

    def records(self) -> Iterator[Record]:
        """Every row after the header, without the empty ones."""
        rows = self._rows()
        next(rows)
        return (row for row in rows if any(row.values))

    def count_lines(self) -> int:
        """How many lines there are, for the progress bar."""
        with self.file.open("rb") as octets:
            return sum(part.count(b"\n") for part in iter(lambda: octets.read(_READ_AT_ONCE), b""))

    def _rows(self) -> Iterator[Record]:
        with self.file.open(encoding=self.encoding, newline="") as lines:
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            while True:
                line = reader.line_num + 1
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as why:
                    raise _broken_quote(line) from why
                yield Record(line, values)


def _broken_quote(line: int) -> CannotImport:
    return CannotImport(
        f"{line}. satırda başlayan kayıtta tırnak işaretleri bozuk. Satırı düzeltip yeniden deneyin; "
        "hiçbir kayıt aktarılmadı.",
        f"The quotes are broken in the record that begins on line {line}. Mend that line and try again; "
        "nothing was taken over.",
    )


def _encoding(file: Path, said: str) -> str:
    with file.open("rb") as octets:
        start = octets.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise CannotImport(
            "Dosya UTF-16 ile kaydedilmiş. “CSV UTF-8” olarak yeniden kaydedin.",
            "The file is saved as UTF-16. Save it again as “CSV UTF-8”.",
        )
    bad_line, has_letters = _as_utf8(file)
    if said in ("", "utf-8"):
        if not bad_line:
            return "utf-8-sig"
        if said:
            raise _not_utf8(bad_line)
        return _single_byte(file)
    if has_letters and not bad_line:
        raise CannotImport(
            f"Eşlemede dosyanın {said} olduğu yazıyor, ama dosya UTF-8. Eşlemeyi düzeltin.",
            f"The map says that the file is {said}, but it is UTF-8. Correct the map.",
        )
    return said


def _as_utf8(file: Path) -> tuple[int, bool]:
    """The first line that is not UTF-8 (0 when all are), and whether there is any letter beyond ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line, has_letters = 1, False
    with file.open("rb") as octets:
        while True:
            part = octets.read(_READ_AT_ONCE)
            try:
                words = decoder.decode(part, final=not part)
            except UnicodeDecodeError as why:
                return line + why.object[: why.start].count(b"\n"), has_letters
            has_letters = has_letters or not words.isascii()
            line += words.count("\n")
            if not part:
                return 0, has_letters


def _single_byte(file: Path) -> str:
    # Windows-1254 is latin-5 with letters where latin-5 has control codes.
    with file.open(encoding="windows-1254", newline="") as words:
        try:
            while words.read(_READ_AT_ONCE):
                pass
        except UnicodeDecodeError as why:
            raise CannotImport(
                f"Dosyanın karakter kodlaması tanınamadı. Eşlemede “encoding” ile belirtin: {', '.join(ENCODINGS)}.",
                f"The file's encoding was not recognised. Name it in the map with “encoding”: {', '.join(ENCODINGS)}.",
            ) from why
    return "windows-1254"


def _not_utf8(line: int) -> CannotImport:
    return CannotImport(
        f"Eşlemede dosyanın UTF-8 olduğu yazıyor, ama {line}. satır UTF-8 değil. "
        "Dosya büyük olasılıkla windows-1254 ile kaydedilmiş.",
        f"The map says that the file is UTF-8, but line {line} is not. It was probably saved as windows-1254.",
    )


def missing(columns: Sequence[str], wanted: Sequence[str]) -> CannotImport:
    """The map names columns that the file does not have."""
    names = ", ".join(wanted)
    return CannotImport(
        f"Eşlemede adı geçen şu sütunlar dosyada yok: {names}. Dosyadaki sütunlar: {', '.join(columns)}",
        f"The map names columns that the file does not have: {names}. The file has: {', '.join(columns)}",
    )

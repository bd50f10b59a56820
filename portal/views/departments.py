"""What the report on the departments' months may see."""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from portal.languages import Language
from portal.rules import deadlines, permissions
from portal.rules.lifecycle import Status
from portal.rules.refusal import msgid
from portal.services import figures
from portal.services.accounts import SignedIn
from portal.services.figures import Months, Tally
from portal.services.town import alphabetical
from portal.services.townbook import Town
from portal.views import _desk, _forms, _words
from portal.views._forms import Option
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._queue_form import ALL_TAB, ANSWERED, CLOSED_IN_TIME, CLOSED_LATE, OPEN_TAB, QueueForm

ADDRESS = "/masa/rapor/birimler"
_FIRST_YEAR = 2000


class Column(NamedTuple):
    """What is counted, and the list that holds those requests."""

    name: str
    label: str
    tab: str
    closing: str = ""


COLUMNS = (
    Column("received", msgid("Alınan"), ALL_TAB),
    Column("open", msgid("Açık"), OPEN_TAB),
    Column(Status.OBJECTED, msgid("İtirazda"), Status.OBJECTED),
    Column(Status.RESOLVED, msgid("Çözülen"), Status.RESOLVED),
    Column(Status.DECLINED, msgid("Olumsuz"), Status.DECLINED),
    Column(Status.WITHDRAWN, msgid("Vazgeçilen"), Status.WITHDRAWN),
    Column(Status.MERGED, msgid("Birleştirilen"), Status.MERGED),
    Column("in_time", msgid("Süresinde"), ALL_TAB, CLOSED_IN_TIME),
    Column("late", msgid("Geç"), ALL_TAB, CLOSED_LATE),
    Column("answered", msgid("Yanıtı ulaşan"), ALL_TAB, ANSWERED),
)


@dataclass(frozen=True, kw_only=True)
class MonthsForm:
    """Which year is wanted, and of one department or of all. Values nobody could have chosen are as if not there."""

    year: int
    department: str = ""
    department_id: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, object], clerk: SignedIn, town: Town, *, now: datetime) -> "MonthsForm":
        """The form as the address says it."""
        year, this_year = _forms.word(query, "yil", 4), deadlines.local_day(now).year
        is_year = year.isascii() and year.isdigit() and _FIRST_YEAR <= int(year) <= this_year
        code = _forms.word(query, "birim", 20)
        found = next((each for each in _seen(clerk, town) if town.departments[each].code == code), None)
        return cls(year=int(year) if is_year else this_year, department=code if found else "", department_id=found)

    def departments(self, clerk: SignedIn) -> frozenset[int] | None:
        """Whose figures are wanted, never more than the colleague may see."""
        seen = permissions.visible_departments(clerk)
        return seen if self.department_id is None else frozenset({self.department_id})

    def address(self, *, department: str = "", sheet: bool = False) -> str:
        said = {"yil": self.year, "birim": department}
        return f"{ADDRESS}{'.csv' if sheet else ''}?{urlencode({name: each for name, each in said.items() if each})}"


class Figure(NamedTuple):
    """A number and the list of what it counts, which says whose it is; nothing has no list."""

    label: str
    count: str
    url: str
    of: str


class Line(NamedTuple):
    """A row of the table: a department, a month, or all of them."""

    label: str
    url: str
    figures: tuple[Figure, ...]
    rate: str
    is_total: bool = False

    template = "staff/_months_line.html"


class Cell(NamedTuple):
    """What one month brought one department."""

    month: str
    count: str
    url: str
    rate: str


class Cells(NamedTuple):
    """What each month brought one department."""

    label: str
    months: tuple[Cell, ...]

    template = "staff/_months_cells.html"


@dataclass(frozen=True, kw_only=True)
class MonthsView:
    """The report of a year."""

    town: TownFrame
    clerk: Signed
    year: int
    years: tuple[Option, ...]
    department: str
    department_name: str
    departments: tuple[Option, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line
    months: tuple[str, ...]
    grid: tuple[Cells, ...]
    sheet_url: str
    plain_url: str
    information_url: str


def months_view(
    months: Months,
    form: MonthsForm,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: TownFrame,
    years: Sequence[int],
) -> MonthsView:
    """The year in words, each figure with the address of its records."""
    writer = _Writer(months, form, town, language)
    return MonthsView(
        town=frame,
        clerk=_desk.signed(clerk),
        year=form.year,
        years=tuple(Option(str(each), str(each)) for each in sorted({*years, form.year}, reverse=True)),
        department=form.department,
        department_name=_desk.department_name(town, form.department_id, language),
        departments=tuple(
            Option(town.departments[each].code, _desk.department_name(town, each, language))
            for each in _seen(clerk, town)
        ),
        columns=tuple(language.gettext(each.label) for each in COLUMNS),
        lines=tuple(writer.months() if form.department else writer.departments()),
        total=writer.line(language.gettext(msgid("Toplam")), "", months.all(), form.department, None, is_total=True),
        months=() if form.department else tuple(_words.month(each, language.code)[:3] for each in range(1, 13)),
        grid=() if form.department else tuple(writer.grid()),
        sheet_url=form.address(department=form.department, sheet=True),
        plain_url=form.address(),
        information_url="/masa/rapor/bilgi-edinme",
    )


def sheet(months: Months, form: MonthsForm, town: Town, language: Language) -> Iterable[Sequence[str | int]]:
    """The same as lines of a table: a head, then one line for every department and month."""
    say = language.gettext
    yield (say(msgid("Birim")), say(msgid("Yıl")), say(msgid("Ay")), *(say(each.label) for each in COLUMNS), say(_RATE))
    for department_id, month in sorted(months.tallies):
        tally = months.tallies[department_id, month]
        share = figures.share_resolved(tally)
        yield (
            _desk.department_name(town, department_id, language),
            form.year,
            month,
            *(tally.get(each.name, 0) for each in COLUMNS),
            "" if share is None else _words.number(share * 100, language.code, 1),
        )


_RATE = msgid("Çözüm oranı, yüzde")


class _Writer:
    """Puts the figures into words. Addresses are put together from parts: a year has hundreds of them."""

    def __init__(self, months: Months, form: MonthsForm, town: Town, language: Language) -> None:
        self._months, self._form, self._town, self._language = months, form, town, language
        self._columns = [
            (each.name, language.gettext(each.label), f"&{said}" if said else "")
            for each in COLUMNS
            for said in [_said(QueueForm(tab=each.tab, closing=each.closing))]
        ]
        self._by_department = months.by_department()
        self._ids = sorted(self._by_department, key=lambda each: alphabetical(self._name(each)))

    def departments(self) -> Iterable[Line]:
        """Every department with its year."""
        for each in self._ids:
            code = self._town.departments[each].code
            address = self._form.address(department=code)
            yield self.line(self._name(each), address, self._by_department[each], code, None)

    def months(self) -> Iterable[Line]:
        """One department's months that brought anything."""
        for month, tally in self._months.by_month().items():
            label = _words.month(month, self._language.code)
            yield self.line(label, "", tally, self._form.department, month)

    def grid(self) -> Iterable[Cells]:
        """Every department beside every month."""
        periods = {month: self._period(month) for month in range(1, 13)}
        labels = {month: _words.month(month, self._language.code) for month in range(1, 13)}
        everything = _said(QueueForm(tab=ALL_TAB))
        for each in self._ids:
            code = _said(QueueForm(department=self._town.departments[each].code))
            yield Cells(
                self._name(each),
                tuple(
                    self._cell(labels[month], tally, f"{code}&{periods[month]}&{everything}")
                    if (tally := self._months.tallies.get((each, month)))
                    else Cell(labels[month], "", "", "")
                    for month in range(1, 13)
                ),
            )

    def line(
        self, label: str, url: str, tally: Tally, department: str, month: int | None, *, is_total: bool = False
    ) -> Line:
        place = "&".join(filter(None, (_said(QueueForm(department=department)), self._period(month))))
        return Line(
            label,
            url,
            tuple(
                Figure(name, self._number(number), f"/masa/kuyruk?{place}{said}", f"{label}, {name}")
                if (number := tally.get(key, 0))
                else Figure(name, "0", "", "")
                for key, name, said in self._columns
            ),
            self._rate(tally, 1),
            is_total,
        )

    def _cell(self, month: str, tally: Tally, said: str) -> Cell:
        return Cell(month, self._number(tally["received"]), f"/masa/kuyruk?{said}", self._rate(tally, 0))

    def _period(self, month: int | None) -> str:
        """The days of receipt, in the words of the queue's address."""
        year, first, last = self._form.year, month or 1, month or 12
        until = date(year, last, calendar.monthrange(year, last)[1])
        return _said(QueueForm(first_day=date(year, first, 1).isoformat(), last_day=until.isoformat()))

    def _number(self, number: int) -> str:
        return _words.number(number, self._language.code)

    def _rate(self, tally: Tally, decimals: int) -> str:
        share = figures.share_resolved(tally)
        return "–" if share is None else _words.percent(share, self._language.code, decimals)

    def _name(self, department_id: int) -> str:
        return _desk.department_name(self._town, department_id, self._language)


@lru_cache(maxsize=1000)
def _said(form: QueueForm) -> str:
    """The words of the queue's address, which are the same for every reader."""
    return form.address().partition("?")[2]


def _seen(clerk: SignedIn, town: Town) -> list[int]:
    seen = permissions.visible_departments(clerk)
    return [each for each in town.departments if seen is None or each in seen]

"""The queue's filters as an address: what is wanted, read from the query string and said back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from db.queries.queue import NOBODY, OBJECTION, Wanted
from portal.clock import ISTANBUL
from portal.rules import laws, permissions, references
from portal.rules.lifecycle import Status
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _desk, _forms, _words

ADDRESS = "/masa/kuyruk"
OPEN_TAB, ALL_TAB = "acik", "tumu"
MINE, NOBODYS = "ben", "kimse"
LATE, TODAY, SOON, UNTOUCHED, ESCALATED = "gecikti", "bugun", "yaklasan", "dokunulmayan", "yukseltilen"
# Of what has ended: whether it ended by its day, and whether the answer has arrived.
CLOSED_IN_TIME, CLOSED_LATE, ANSWERED = "zamaninda", "gec", "yanitli"
CLOSINGS = {CLOSED_IN_TIME: "closed_in_time", CLOSED_LATE: "closed_late", ANSWERED: "answered"}
# What can be owed on a case besides its answer, and an objection that is to be answered.
DUTIES = ("extension_notice", "result_owed", "fee", "missing_item", OBJECTION)
# The word in the address and the order of the query it means.
ORDERS = {"yeni": "newest", "eski": "oldest", "sure": "due", "islem": "untouched"}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(yeni|eski|sure|islem)-(\d{1,18})-(\d{1,18})", re.ASCII)
_SPOKEN_SO = {"açık": OPEN_TAB, "tümü": ALL_TAB, "bugün": TODAY, "süre": "sure"}


@dataclass(frozen=True, kw_only=True)
class QueueForm:
    """What is wanted of the queue. Values nobody could have chosen are as if they were not there."""

    tab: str = OPEN_TAB
    department: str = ""
    category: str = ""
    neighbourhood: str = ""
    channel: str = ""
    assignee: str = ""
    lateness: str = ""
    duty: str = ""
    closing: str = ""
    first_day: str = ""
    last_day: str = ""
    words: str = ""
    order: str = "yeni"
    cursor: str = ""

    @classmethod
    def read(cls, query: Mapping[str, object], town: Town) -> "QueueForm":
        """The form as the address says it."""
        return cls(
            tab=_one_of(query, "durum", (OPEN_TAB, ALL_TAB, *Status)) or OPEN_TAB,
            department=_one_of(query, "birim", (each.code for each in town.departments.values())),
            category=_one_of(query, "konu", (each.code for each in town.categories.values())),
            neighbourhood=_one_of(query, "mahalle", (each.code for each in town.neighbourhoods.values())),
            channel=_one_of(query, "kanal", _desk.CHANNELS),
            assignee=_one_of(query, "sorumlu", (MINE, NOBODYS, *map(str, town.clerk_names))),
            lateness=_one_of(query, "gecikme", (LATE, TODAY, SOON, UNTOUCHED, ESCALATED)),
            duty=_one_of(query, "gorev", DUTIES),
            closing=_one_of(query, "sonuclanma", CLOSINGS),
            first_day=_day(query, "gelis_ilk"),
            last_day=_day(query, "gelis_son"),
            words=_forms.word(query, "ara", 200),
            order=_one_of(query, "sira", ORDERS) or "yeni",
            cursor=_forms.word(query, "sonra", 60),
        )

    def address(self, **changes: str) -> str:
        """Where this list is, or the one that differs in what is given; a changed list begins at its first page."""
        return _address(self, **changes)

    @property
    def is_filtered(self) -> bool:
        """Whether more than the tab and the order narrows the list."""
        plain = QueueForm(tab=self.tab, order=self.order, cursor=self.cursor)
        return self != plain

    @property
    def order_of_query(self) -> str:
        return ORDERS[self.order]

    @property
    def place(self) -> tuple[datetime, int] | None:
        """The place after which the wanted page begins; None at the beginning and for a cursor somebody has edited."""
        found = _CURSOR.fullmatch(self.cursor)
        if found is None or found[1] != self.order:
            return None
        try:
            return _EPOCH + timedelta(microseconds=int(found[2])), int(found[3])
        except OverflowError:
            return None

    @property
    def has_broken_cursor(self) -> bool:
        return bool(self.cursor) and self.place is None

    def wanted(self, clerk: SignedIn, town: Town, *, now: datetime) -> Wanted:
        """The same in the words of the query, never more than the colleague may see."""
        today = _words.local_date(now)
        # A unit that was closed down still has its requests.
        department = next((each for each in town.departments.values() if each.code == self.department), None)
        category = town.category_by_code(self.category)
        quarter = next((each.id for each in town.neighbourhoods.values() if each.code == self.neighbourhood), None)
        return Wanted(
            departments=_departments(clerk, department.id if department else None),
            statuses={OPEN_TAB: None, ALL_TAB: ()}.get(self.tab, (self.tab,)),
            category_id=category.id if category else None,
            neighbourhood_id=quarter,
            channel=self.channel,
            assignee_id=_assignee_id(self.assignee, clerk),
            late_at=now if self.lateness == LATE else None,
            due_from=now if self.lateness in (TODAY, SOON) else None,
            due_before={TODAY: _start_of(today + timedelta(days=1)), SOON: soon_before(town, now)}.get(self.lateness),
            changed_before=untouched_before(town, now) if self.lateness == UNTOUCHED else None,
            is_escalated=self.lateness == ESCALATED,
            duty=self.duty,
            closing=CLOSINGS.get(self.closing, ""),
            received_from=_start_of(date.fromisoformat(self.first_day)) if self.first_day else None,
            received_before=_start_of(date.fromisoformat(self.last_day) + timedelta(days=1)) if self.last_day else None,
            # A number is read to the desk in any spelling; cases are found by its plain digits.
            words=references.find_reference(self.words).reference or self.words,
        )


@lru_cache(maxsize=2_000)
def _address(form: QueueForm, **changes: str) -> str:
    form = replace(form, **{"cursor": "", **changes}) if changes else form
    defaults = QueueForm()
    said = {
        name: value for name, own in _NAMES.items() if (value := getattr(form, own)) and value != getattr(defaults, own)
    }
    return f"{ADDRESS}?{urlencode(said)}" if said else ADDRESS


_NAMES = {
    "durum": "tab",
    "birim": "department",
    "konu": "category",
    "mahalle": "neighbourhood",
    "kanal": "channel",
    "sorumlu": "assignee",
    "gecikme": "lateness",
    "gorev": "duty",
    "sonuclanma": "closing",
    "gelis_ilk": "first_day",
    "gelis_son": "last_day",
    "ara": "words",
    "sira": "order",
    "sonra": "cursor",
}


def cursor(order: str, value: datetime, case_id: int) -> str:
    """A place in a list, as its address carries it."""
    return f"{order}-{(value - _EPOCH) // timedelta(microseconds=1)}-{case_id}"


def soon_before(town: Town, now: datetime) -> datetime:
    """Until when an answer is due that counts as due soon: to the end of so many working days from today."""
    last = town.calendar.working_day_after(_words.local_date(now), laws.term(town.facts, "soon"))
    return _start_of(last + timedelta(days=1))


def untouched_before(town: Town, now: datetime) -> datetime:
    """Since when a case has lain that counts as untouched."""
    return now - timedelta(days=laws.term(town.facts, "untouched"))


def _departments(clerk: SignedIn, chosen: int | None) -> frozenset[int] | None:
    seen = permissions.visible_departments(clerk)
    if chosen is None:
        return seen
    return frozenset({chosen}) if seen is None else seen & {chosen}


def _assignee_id(assignee: str, clerk: SignedIn) -> int | None:
    if not assignee:
        return None
    return {MINE: clerk.id, NOBODYS: NOBODY}.get(assignee) if not assignee.isdigit() else int(assignee)


def _one_of(query: Mapping[str, object], name: str, allowed: Iterable[str]) -> str:
    value = _forms.word(query, name, 60)
    value = _SPOKEN_SO.get(value, value)
    return value if value and value in allowed else ""


def _day(query: Mapping[str, object], name: str) -> str:
    try:
        day = date.fromisoformat(_forms.word(query, name, 10))
    except ValueError:
        return ""
    return day.isoformat() if 2000 <= day.year <= 2100 else ""


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), ISTANBUL)

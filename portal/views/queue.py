"""What the queue may see: a form that is its own address, tabs with counts, rows in words."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from db.queries.queue import NOBODY, Wanted
from portal.clock import ISTANBUL
from portal.languages import Language
from portal.rules import permissions, references
from portal.rules.lifecycle import OPEN, STEPS, Status
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _desk, _forms, _words
from portal.views._forms import Option, OptionGroup
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Pager, Tab

ADDRESS = "/masa/kuyruk"
OPEN_TAB, ALL_TAB = "acik", "tumu"
MINE, NOBODYS = "ben", "kimse"
LATE, TODAY = "gecikti", "bugun"
# The word in the address and the order of the query it means.
ORDERS = {"yeni": "newest", "eski": "oldest", "sure": "due"}
UNREADABLE_CURSOR = msgid("Sayfa adresi okunamadı; liste baştan gösteriliyor.")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(yeni|eski|sure)-(\d{1,18})-(\d{1,18})", re.ASCII)
_TAG = re.compile(r'"([0-9a-f]{20})\.(\d{1,18})"', re.ASCII)
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
            lateness=_one_of(query, "gecikme", (LATE, TODAY)),
            first_day=_day(query, "gelis_ilk"),
            last_day=_day(query, "gelis_son"),
            words=_forms.word(query, "ara", 200),
            order=_one_of(query, "sira", ORDERS) or "yeni",
            cursor=_forms.word(query, "sonra", 60),
        )

    def address(self, **changes: str) -> str:
        """Where this list is, or the one that differs in what is given; a changed list begins at its first page."""
        form = replace(self, **{"cursor": "", **changes}) if changes else self
        defaults = QueueForm()
        said = {
            name: value
            for name, own in _NAMES.items()
            if (value := getattr(form, own)) and value != getattr(defaults, own)
        }
        return f"{ADDRESS}?{urlencode(said)}" if said else ADDRESS

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
        department = town.department_by_code(self.department)
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
            due_from=now if self.lateness == TODAY else None,
            due_before=_start_of(today + timedelta(days=1)) if self.lateness == TODAY else None,
            received_from=_start_of(date.fromisoformat(self.first_day)) if self.first_day else None,
            received_before=_start_of(date.fromisoformat(self.last_day) + timedelta(days=1)) if self.last_day else None,
            # A number is read to the desk in any spelling; cases are found by its plain digits.
            words=references.find_reference(self.words).reference or self.words,
        )


_NAMES = {
    "durum": "tab",
    "birim": "department",
    "konu": "category",
    "mahalle": "neighbourhood",
    "kanal": "channel",
    "sorumlu": "assignee",
    "gecikme": "lateness",
    "gelis_ilk": "first_day",
    "gelis_son": "last_day",
    "ara": "words",
    "sira": "order",
    "sonra": "cursor",
}


@dataclass(frozen=True)
class Tag:
    """What a browser shows: the state of its list, and since when its reader looks at it."""

    state: str
    since: datetime

    @classmethod
    def of(cls, form: QueueForm, clerk: SignedIn, language: Language, *, version: int, now: datetime) -> "Tag":
        """The list as it stands; lateness moves on by itself, so a quarter of an hour is a state of its own."""
        quarter_hour = int(now.timestamp()) // 900
        facts = (form.address(), clerk.id, clerk.role, sorted(clerk.department_ids), language.code, quarter_hour)
        state = hashlib.sha256(repr((version, facts)).encode()).hexdigest()[:20]
        # What was being stored while this list was read is not on it yet: it shall count as seen changing.
        return cls(state, now - timedelta(seconds=1))

    @classmethod
    def read(cls, text: str) -> "Tag | None":
        """The tag a browser sent back, if it is one of ours."""
        found = _TAG.fullmatch(text)
        return cls(found[1], _EPOCH + timedelta(milliseconds=min(int(found[2]), 10**14))) if found else None

    def __str__(self) -> str:
        return f'"{self.state}.{(self.since - _EPOCH) // timedelta(milliseconds=1)}"'


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One case in the list, in words. Equal rows are drawn once."""

    reference: str
    subject: str
    category: str
    place: str
    department: str
    received: str
    received_at: str
    due: str
    due_tone: str
    status: str
    status_tone: str
    assignee: str
    channel: str
    is_urgent: bool
    mark: str

    @property
    def grouped(self) -> str:
        return references.grouped(self.reference)

    @property
    def url(self) -> str:
        return f"/masa/basvuru/{self.reference}"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The form above the list."""

    form: QueueForm
    departments: tuple[Option, ...]
    categories: tuple[OptionGroup, ...]
    neighbourhoods: tuple[Option, ...]
    channels: tuple[Option, ...]
    assignees: tuple[Option, ...]
    lateness: tuple[Option, ...]
    orders: tuple[Option, ...]

    @property
    def has_more_open(self) -> bool:
        """Whether one of the filters that are folded away is in use."""
        form = self.form
        return any((form.department, form.neighbourhood, form.channel, form.first_day, form.last_day))


@dataclass(frozen=True, kw_only=True)
class QueueView:
    """The queue page, and alone its list."""

    town: TownFrame
    clerk: Signed
    form: QueueForm
    filters: Filters
    tabs: tuple[Tab, ...]
    rows: tuple[QueueRow, ...]
    total: str
    filtered_by: tuple[str, ...]
    order: str
    pager: Pager
    tag: str
    mail_folder: str
    changed: int = 0
    problem: str = ""

    @property
    def url(self) -> str:
        return self.form.address()

    @property
    def plain_url(self) -> str:
        """The same tab without any filter."""
        return QueueForm(tab=self.form.tab, order=self.form.order).address()

    @property
    def shows_department(self) -> bool:
        return bool(self.filters.departments)

    @property
    def tab(self) -> str:
        return next(each.label for each in self.tabs if each.is_current)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What was read for one look at the queue."""

    rows: Sequence[Any]
    has_more: bool
    counts: Mapping[str, int] | None
    previous: tuple[datetime, int] | None = None
    since: datetime | None = field(default=None)


def queue_view(
    listed: Listed,
    form: QueueForm,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: TownFrame,
    tag: Tag,
    mail_folder: str,
    now: datetime,
) -> QueueView:
    """The queue in words."""
    filters = _filters(form, clerk, town, language)
    writer = _RowWriter(clerk, town, language, now, with_department=bool(filters.departments), since=listed.since)
    rows = tuple(writer.row(each) for each in listed.rows)
    return QueueView(
        town=frame,
        clerk=_desk.signed(clerk),
        form=form,
        filters=filters,
        tabs=_tabs(form, listed.counts, language),
        rows=rows,
        total=_count_words(form.tab, listed.counts, language),
        filtered_by=tuple(_filter_words(filters, language)),
        order=_label(filters.orders, form.order),
        pager=_pager(form, listed),
        tag=str(tag),
        mail_folder=mail_folder,
        changed=sum(bool(row.mark) for row in rows),
        problem=UNREADABLE_CURSOR if form.has_broken_cursor else "",
    )


def cursor(order: str, value: datetime, case_id: int) -> str:
    """A place in a list, as its address carries it."""
    return f"{order}-{(value - _EPOCH) // timedelta(microseconds=1)}-{case_id}"


@dataclass(frozen=True)
class _RowWriter:
    clerk: SignedIn
    town: Town
    language: Language
    now: datetime
    with_department: bool
    since: datetime | None

    def row(self, case: Any) -> QueueRow:
        code = self.language.code
        category = _desk.category_name(self.town, case.category_id, self.language)
        hidden = case.is_special and not permissions.may(self.clerk, "special.view", case)
        quarter = _desk.neighbourhood_name(self.town, case.neighbourhood_id)
        due, tone = _due_of(case, self.now, self.language)
        return QueueRow(
            reference=case.reference,
            subject=category if hidden else case.subject,
            category="" if hidden else category,
            place=", ".join(filter(None, (quarter, case.street))),
            department=_desk.department_name(self.town, case.department_id, self.language)
            if self.with_department
            else "",
            received=_words.when(case.received_at, self.now, code),
            received_at=_words.machine(case.received_at),
            due=due,
            due_tone=tone,
            status=_desk.status_label(case.status),
            status_tone=STEPS[Status(case.status)].tone,
            assignee=self.town.clerk_names.get(case.assignee_id, ""),
            channel=_desk.channel_label(case.channel),
            is_urgent=case.priority == "urgent",
            mark=self._mark(case),
        )

    def _mark(self, case: Any) -> str:
        if self.since is None or case.changed_at <= self.since:
            return ""
        return msgid("Yeni") if case.version == 1 else msgid("Değişti")


def _due_of(case: Any, now: datetime, language: Language) -> tuple[str, str]:
    if not case.is_open:
        return "", ""
    if case.due_at is None:
        return language.gettext(msgid("süre bekletiliyor")), ""
    return _words.due_words(case.due_at, now, language.code), _words.due_tone(case.due_at, now)


def _tabs(form: QueueForm, counts: Mapping[str, int] | None, language: Language) -> tuple[Tab, ...]:
    labels = {OPEN_TAB: msgid("Açık"), **{each: _desk.status_label(each) for each in Status}, ALL_TAB: msgid("Tümü")}
    return tuple(
        Tab(
            label=language.gettext(label),
            url=form.address(tab=code),
            count=_count_words(code, counts, language),
            is_current=code == form.tab,
        )
        for code, label in labels.items()
    )


def _count_words(tab: str, counts: Mapping[str, int] | None, language: Language) -> str:
    """How many a tab holds; empty where nobody has counted."""
    if counts is None:
        return ""
    members: Iterable[str] = {OPEN_TAB: OPEN, ALL_TAB: tuple(Status)}.get(tab, (tab,))
    return _words.number(sum(counts.get(each, 0) for each in members), language.code)


def _pager(form: QueueForm, listed: Listed) -> Pager:
    earlier = later = ""
    if listed.has_more:
        last = listed.rows[-1]
        later = form.address(cursor=cursor(form.order, _value_of(last, form), last.id))
    if form.place is not None:
        before = listed.previous
        earlier = form.address(cursor=cursor(form.order, *before) if before else "")
    return Pager(earlier=earlier, later=later)


def _value_of(row: Any, form: QueueForm) -> datetime:
    value: datetime = row.due_order if form.order == "sure" else row.received_at
    return value


def first_place(rows: Sequence[Any], form: QueueForm) -> tuple[datetime, int]:
    """Where the page stands in its order."""
    return _value_of(rows[0], form), rows[0].id


def _filters(form: QueueForm, clerk: SignedIn, town: Town, language: Language) -> Filters:
    # The tab and the page are no part of this form.
    return replace(_choices(clerk, town, language), form=replace(form, tab=OPEN_TAB, cursor=""))


@lru_cache(maxsize=64)
def _choices(clerk: SignedIn, town: Town, language: Language) -> Filters:
    """What can be chosen: the same for a colleague until the town is read again."""
    say = language.gettext
    seen = permissions.visible_departments(clerk)
    departments = [each for key, each in town.departments.items() if seen is None or key in seen]
    return Filters(
        form=QueueForm(),
        departments=tuple(
            Option(each.code, _desk.department_name(town, each.id, language)) for each in departments if each.is_active
        )
        if len(departments) > 1
        else (),
        categories=_categories(town, language),
        neighbourhoods=tuple(Option(each.code, each.name) for each in town.neighbourhoods.values()),
        channels=tuple(Option(code, say(label)) for code, label in _desk.CHANNELS.items()),
        assignees=_assignees(clerk, town, language),
        lateness=(Option(LATE, say(msgid("Gecikenler"))), Option(TODAY, say(msgid("Bugün dolanlar")))),
        orders=(
            Option("yeni", say(msgid("En yeni önce"))),
            Option("eski", say(msgid("En eski önce"))),
            Option("sure", say(msgid("Süresi en yakın önce"))),
        ),
    )


def _categories(town: Town, language: Language) -> tuple[OptionGroup, ...]:
    english = language.code == "en"
    return tuple(
        OptionGroup(
            group.name_en if english else group.name_tr,
            tuple(
                Option(each.code, each.name_en if english else each.name_tr)
                for each in town.categories.values()
                if each.group_id == group.id
            ),
        )
        for group in town.groups
    )


def _assignees(clerk: SignedIn, town: Town, language: Language) -> tuple[Option, ...]:
    seen = permissions.visible_departments(clerk)
    members = {one for key, ones in town.colleagues.items() if seen is None or key in seen for one in ones}
    named = sorted((town.clerk_names[one], one) for one in members if one != clerk.id)
    return (
        Option(MINE, language.gettext(msgid("Bana atananlar"))),
        Option(NOBODYS, language.gettext(msgid("Kimseye atanmayanlar"))),
        *(Option(str(one), name) for name, one in named),
    )


def _filter_words(filters: Filters, language: Language) -> Iterable[str]:
    """Each filter in use, in words."""
    form = filters.form
    chosen = (
        (filters.departments, form.department),
        (filters.categories, form.category),
        (filters.neighbourhoods, form.neighbourhood),
        (filters.channels, form.channel),
        (filters.assignees, form.assignee),
        (filters.lateness, form.lateness),
    )
    for options, value in chosen:
        if value:
            yield _label(options, value)
    if form.first_day:
        day = _words.date_short(date.fromisoformat(form.first_day), language.code)
        yield language.gettext(msgid("%(day)s ve sonrası")) % {"day": day}
    if form.last_day:
        day = _words.date_short(date.fromisoformat(form.last_day), language.code)
        yield language.gettext(msgid("%(day)s ve öncesi")) % {"day": day}
    if form.words:
        yield f"“{form.words}”"


def _label(options: Iterable[Option | OptionGroup], value: str) -> str:
    return _forms.labels_of(options).get(value, value)


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
    return value if value in allowed else ""


def _day(query: Mapping[str, object], name: str) -> str:
    try:
        day = date.fromisoformat(_forms.word(query, name, 10))
    except ValueError:
        return ""
    return day.isoformat() if 2000 <= day.year <= 2100 else ""


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), ISTANBUL)

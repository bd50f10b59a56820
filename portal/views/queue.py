"""What the queue may see: tabs with counts, the list and its pages."""

import hashlib
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.queries.owed import Alarms
from portal.languages import Language
from portal.rules.lifecycle import OPEN, Status
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _desk, _queue_filters, _queue_lists, _words
from portal.views._frame import Signed
from portal.views._frame import Town as TownFrame
from portal.views._parts import Pager, Tab
from portal.views._queue_filters import Filters
from portal.views._queue_form import ALL_TAB, OPEN_TAB, QueueForm, cursor
from portal.views._queue_rows import KeptRow, QueueRow, RowWriter

UNREADABLE_CURSOR = msgid("Sayfa adresi okunamadı; liste baştan gösteriliyor.")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(r'"([0-9a-f]{20})\.(\d{1,18})"', re.ASCII)


@dataclass(frozen=True)
class Tag:
    """What a browser shows: the state of its list, and since when its reader looks at it."""

    state: str
    since: datetime

    @classmethod
    def of(cls, form: QueueForm, clerk: SignedIn, language: Language, *, now: datetime) -> "Tag":
        """The list as it stands; lateness moves on by itself, so a quarter of an hour is a state of its own."""
        quarter_hour = int(now.timestamp()) // 900
        facts = (form.address(), clerk.id, clerk.role, sorted(clerk.department_ids), language.code, quarter_hour)
        state = hashlib.sha256(repr((clerk.lists_at, facts)).encode()).hexdigest()[:20]
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
class QueueView:
    """The queue page, and alone its list."""

    town: TownFrame
    clerk: Signed
    form: QueueForm
    filters: Filters
    lists: tuple[Tab, ...]
    tabs: tuple[Tab, ...]
    rows: tuple[QueueRow | KeptRow, ...]
    total: str
    filtered_by: tuple[str, ...]
    order: str
    pager: Pager
    tag: str
    mail_folder: str
    changed: int = 0
    problem: str = ""

    def without(self, shown: Container[object]) -> "QueueView":
        """The same for a browser that shows some of the rows already."""
        return replace(self, rows=tuple(KeptRow(row.reference) if row in shown else row for row in self.rows))

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
    alarms: Alarms
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
    filters = _queue_filters.filters_of(form, clerk, town, language)
    writer = RowWriter(clerk, town, language, now, with_department=bool(filters.departments), since=listed.since)
    rows = tuple(writer.row(each) for each in listed.rows)
    return QueueView(
        town=frame,
        clerk=_desk.signed(clerk),
        form=form,
        filters=filters,
        lists=tuple(_queue_lists.lists(form, listed.alarms, clerk, town, language)),
        tabs=_tabs(form, listed.counts, language),
        rows=rows,
        total=_count_words(form.tab, listed.counts, language),
        filtered_by=tuple(_queue_filters.in_words(filters, language)),
        order=_queue_filters.label(filters.orders, form.order),
        pager=_pager(form, listed),
        tag=str(tag),
        mail_folder=mail_folder,
        changed=sum(bool(row.mark) for row in rows),
        problem=UNREADABLE_CURSOR if form.has_broken_cursor else "",
    )


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


_PLACES = {"sure": "due_order", "islem": "changed_at"}


def _value_of(row: Any, form: QueueForm) -> datetime:
    value: datetime = getattr(row, _PLACES.get(form.order, "received_at"))
    return value


def first_place(rows: Sequence[Any], form: QueueForm) -> tuple[datetime, int]:
    """Where the page stands in its order."""
    return _value_of(rows[0], form), rows[0].id

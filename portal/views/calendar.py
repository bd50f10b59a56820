"""What the pages of the working calendar may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from db.models import TownDay
from portal.languages import Language
from portal.rules import deadlines, references
from portal.rules.deadlines import Calendar
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.calendar_changes import KINDS, MOST_REASON, Change
from portal.services.recount import Moving, Preview, Progress
from portal.services.townbook import Town
from portal.views import _desk, _recounted, _words
from portal.views._calendar_forms import WEEKDAYS, CalendarForm
from portal.views._forms import Option
from portal.views._frame import Signed
from portal.views._frame import Town as Frame
from portal.views._parts import Fact

LAST_YEAR = 2032
_NAMES = (
    *(msgid("Pazartesi"), msgid("Salı"), msgid("Çarşamba"), msgid("Perşembe")),
    *(msgid("Cuma"), msgid("Cumartesi"), msgid("Pazar")),
)


class Published(Protocol):
    """When a calendar was made, by whom, and why."""

    id: int | None
    made_at: datetime
    by_id: int | None
    words: str


@dataclass(frozen=True, kw_only=True)
class ProgressPart:
    """How far the recount has come."""

    words: str
    is_done: bool

    @classmethod
    def of(cls, progress: Progress, language: Language) -> "ProgressPart":
        if progress.is_done:
            return cls(words=language.gettext(msgid("Bütün açık süreler bu takvime göre hesaplandı.")), is_done=True)
        said = language.gettext(msgid("%(done)s / %(total)s sürenin hesabı yenilendi"))
        number = {name: _words.number(getattr(progress, name), language.code) for name in ("done", "total")}
        return cls(words=said % number, is_done=False)

    @property
    def progress(self) -> "ProgressPart":
        """Itself: drawn alone, the part is the whole view."""
        return self


@dataclass(frozen=True, kw_only=True)
class Weekday:
    """One row of the week's hours."""

    name: str
    opens_at: str
    closes_at: str
    opens: str
    closes: str


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """A day that is unlike the others of its weekday."""

    on: str
    machine: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Year:
    """The official holidays of one year."""

    number: int
    days: tuple[DayLine, ...]


@dataclass(frozen=True, kw_only=True)
class EditionLine:
    """A calendar that was published: when, by whom, why."""

    when: str
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CalendarView:
    """The page of the calendar."""

    town: Frame
    clerk: Signed
    form: CalendarForm
    progress: ProgressPart
    week: tuple[Weekday, ...]
    halves: tuple[Option, ...]
    kinds: tuple[Option, ...]
    own: tuple[DayLine, ...]
    years: tuple[Year, ...]
    editions: tuple[EditionLine, ...]

    @property
    def refused(self) -> bool:
        return self.form.is_refused


@dataclass(frozen=True, kw_only=True)
class MovingLine:
    """A date that would move."""

    number: str
    url: str
    kind: str
    frm: str
    to: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """What a change would do to the open dates."""

    town: Frame
    clerk: Signed
    form: CalendarForm
    change: tuple[str, ...]
    counts: tuple[Fact, ...]
    note: str
    is_recounting: bool
    departments: tuple[Fact, ...]
    first: tuple[MovingLine, ...]
    most_reason: int = MOST_REASON

    @property
    def refused(self) -> bool:
        return self.form.is_refused


def calendar_view(
    calendar: Calendar,
    own: Sequence[TownDay],
    editions: Sequence[Published],
    progress: Progress,
    form: CalendarForm | None,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: Frame,
    now: datetime,
) -> CalendarView:
    """The calendar as it stands, and the form that was refused as it was typed."""
    say = language.gettext
    form = form.standing_on(calendar) if form else CalendarForm.of(calendar)
    return CalendarView(
        town=frame,
        clerk=_desk.signed(clerk),
        form=form,
        progress=ProgressPart.of(progress, language),
        week=tuple(_weekday(each, form, language) for each in WEEKDAYS),
        halves=(
            Option("yes", say(msgid("İş günü sayılır"))),
            Option("no", say(msgid("İş günü sayılmaz"))),
        ),
        kinds=tuple(Option(kind, say(label)) for kind, label in KINDS.items()),
        own=tuple(_day_line(each.on, each.kind, each.name, language) for each in own),
        years=tuple(_years({each.on: each for each in own}, language, first=_words.local_date(now).year)),
        editions=tuple(_edition_line(each, town, language) for each in editions),
    )


def _weekday(weekday: int, form: CalendarForm, language: Language) -> Weekday:
    return Weekday(
        name=language.gettext(_NAMES[weekday]),
        opens_at=f"open_{weekday}",
        closes_at=f"close_{weekday}",
        opens=form.opens[weekday],
        closes=form.closes[weekday],
    )


def _day_line(on: date, kind: str, name: str, language: Language) -> DayLine:
    return DayLine(
        on=_words.date_long(on, language.code),
        machine=on.isoformat(),
        name=language.gettext(name),
        kind=language.gettext(KINDS[kind]),
    )


def _years(own: dict[date, TownDay], language: Language, *, first: int) -> Iterable[Year]:
    national = deadlines.national_days()
    for number in range(first, LAST_YEAR + 1):
        days = (
            # What the town has made of a holiday stands beside it.
            _day_line(on, own[on].kind if on in own else day.kind, day.name, language)
            for on, day in sorted(national.items())
            if on.year == number
        )
        yield Year(number=number, days=tuple(days))


def _edition_line(edition: Published, town: Town, language: Language) -> EditionLine:
    return EditionLine(
        when=_words.date_and_time(edition.made_at, language.code),
        by=town.clerk_names.get(edition.by_id or 0, "") or language.gettext(msgid("Sistem")),
        why=language.gettext(edition.words) if edition.words else "",
    )


def preview_view(
    found: Preview,
    change: Change,
    removed: TownDay | None,
    progress: Progress,
    form: CalendarForm,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: Frame,
    now: datetime,
) -> PreviewView:
    """The change in words, what it would move, and the question why."""
    return PreviewView(
        town=frame,
        clerk=_desk.signed(clerk),
        form=form,
        change=tuple(_change_words(change, removed, language)),
        counts=tuple(_counts(found, language)),
        note=_note(found, change, language),
        is_recounting=not progress.is_done,
        departments=tuple(
            Fact(label=_desk.department_name(town, key, language), value=_words.number(number, language.code))
            for key, number in found.by_department.most_common()
        ),
        first=tuple(_moving_line(each, language, now=now) for each in found.first),
    )


def _change_words(change: Change, removed: TownDay | None, language: Language) -> Iterable[str]:
    say = language.gettext
    if change.added:
        line = _day_line(change.added.on, change.added.kind, change.added.name, language)
        yield say(msgid("Eklenecek gün: %(day)s – %(name)s · %(kind)s")) % _told(line)
    if removed:
        line = _day_line(removed.on, removed.kind, removed.name, language)
        yield say(msgid("Kaldırılacak gün: %(day)s – %(name)s · %(kind)s")) % _told(line)
    if change.half_day_counts is not None:
        yield say(
            msgid("Yarım günler iş günü sayılacak.")
            if change.half_day_counts
            else msgid("Yarım günler iş günü sayılmayacak.")
        )
    for weekday in WEEKDAYS if change.week is not None else ():
        window = (change.week or {}).get(weekday)
        hours = "–".join(_words.clock_time(each, language.code) for each in window) if window else ""
        yield f"{say(_NAMES[weekday])}: {hours or say(msgid('kapalı'))}"


def _told(line: DayLine) -> dict[str, str]:
    return {"day": line.on, "name": line.name, "kind": line.kind}


def _counts(found: Preview, language: Language) -> Iterable[Fact]:
    for label, value in (
        (msgid("Hesaplanan açık süre"), found.counted),
        (msgid("Tarihi değişecek"), found.moving),
        (msgid("Hemen gecikmiş duruma düşecek"), found.late_at_once),
    ):
        yield Fact(label=language.gettext(label), value=_words.number(value, language.code))


def _note(found: Preview, change: Change, language: Language) -> str:
    """Whether anything has been counted over the day in question."""
    if not change.days or not found.resting:
        return ""
    said = (
        msgid("Kaldırılacak gün, %(n)s açık sürenin sayımına girmiş durumda; bu süreler yeniden hesaplanacak.")
        if change.removed
        else msgid("Bu gün, %(n)s açık sürenin sayımına giriyor.")
    )
    return language.gettext(said) % {"n": _words.number(found.resting, language.code)}


def _moving_line(moving: Moving, language: Language, *, now: datetime) -> MovingLine:
    return MovingLine(
        number=references.grouped(moving.reference),
        url=f"/masa/basvuru/{moving.reference}",
        kind=_recounted.kind_label(moving.kind, language),
        frm=_words.due_moment(moving.frm, language.code),
        to=_words.due_moment(moving.to, language.code),
        tone=_words.due_tone(moving.to, now),
    )

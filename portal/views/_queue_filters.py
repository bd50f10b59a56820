"""The form above the queue: what can be chosen, and what is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from portal.languages import Language
from portal.rules import laws, permissions
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _clock_words, _desk, _forms, _words
from portal.views._forms import Option, OptionGroup
from portal.views._queue_form import (
    ANSWERED,
    CLOSED_IN_TIME,
    CLOSED_LATE,
    DUTIES,
    ESCALATED,
    LATE,
    MINE,
    NOBODYS,
    OPEN_TAB,
    SOON,
    TODAY,
    UNTOUCHED,
    QueueForm,
)


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
    duties: tuple[Option, ...]
    closings: tuple[Option, ...]
    orders: tuple[Option, ...]

    @property
    def has_more_open(self) -> bool:
        """Whether one of the filters that are folded away is in use."""
        form = self.form
        return any(
            (form.department, form.neighbourhood, form.channel, form.duty, form.closing, form.first_day, form.last_day)
        )


def filters_of(form: QueueForm, clerk: SignedIn, town: Town, language: Language) -> Filters:
    """The form as it stands for this colleague."""
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
        lateness=_lateness(clerk, town, language),
        duties=tuple(Option(kind, say(_clock_words.DUTIES[kind])) for kind in DUTIES),
        closings=tuple(Option(each, say(name)) for each, name in _CLOSINGS.items()),
        orders=(
            Option("yeni", say(msgid("En yeni önce"))),
            Option("eski", say(msgid("En eski önce"))),
            Option("sure", say(msgid("Süresi en yakın önce"))),
            Option("islem", say(msgid("En uzun süredir dokunulmayan önce"))),
        ),
    )


def _lateness(clerk: SignedIn, town: Town, language: Language) -> tuple[Option, ...]:
    options = [
        Option(LATE, list_name(LATE, town, language)),
        Option(TODAY, language.gettext(msgid("Bugün dolanlar"))),
        Option(SOON, list_name(SOON, town, language)),
        Option(UNTOUCHED, list_name(UNTOUCHED, town, language)),
    ]
    if permissions.scope_of(clerk, "escalation.view") != "none":
        options.append(Option(ESCALATED, list_name(ESCALATED, town, language)))
    return tuple(options)


def list_name(lateness: str, town: Town, language: Language) -> str:
    """What a list of endangered cases is called; its number of days is the town's."""
    days = {SOON: laws.term(town.facts, "soon"), UNTOUCHED: laws.term(town.facts, "untouched")}.get(lateness, 0)
    return language.gettext(_LISTS[lateness]) % {"n": days} if days else language.gettext(_LISTS[lateness])


_CLOSINGS = {
    CLOSED_IN_TIME: msgid("Süresinde sonuçlananlar"),
    CLOSED_LATE: msgid("Geç sonuçlananlar"),
    ANSWERED: msgid("Yanıtı ulaşanlar"),
}
_LISTS = {
    LATE: msgid("Gecikenler"),
    SOON: msgid("%(n)s iş günü içinde dolacaklar"),
    UNTOUCHED: msgid("%(n)s gündür dokunulmayanlar"),
    ESCALATED: msgid("Müdüre yükseltilenler"),
}


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


def in_words(filters: Filters, language: Language) -> Iterable[str]:
    """Each filter in use, in words."""
    form = filters.form
    chosen = (
        (filters.departments, form.department),
        (filters.categories, form.category),
        (filters.neighbourhoods, form.neighbourhood),
        (filters.channels, form.channel),
        (filters.assignees, form.assignee),
        (filters.lateness, form.lateness),
        (filters.duties, form.duty),
        (filters.closings, form.closing),
    )
    for options, value in chosen:
        if value:
            yield label(options, value)
    if form.first_day:
        day = _words.date_short(date.fromisoformat(form.first_day), language.code)
        yield language.gettext(msgid("%(day)s ve sonrası")) % {"day": day}
    if form.last_day:
        day = _words.date_short(date.fromisoformat(form.last_day), language.code)
        yield language.gettext(msgid("%(day)s ve öncesi")) % {"day": day}
    if form.words:
        yield f"“{form.words}”"


def label(options: Iterable[Option | OptionGroup], value: str) -> str:
    """What the chosen option is called."""
    return _forms.labels_of(options).get(value, value)

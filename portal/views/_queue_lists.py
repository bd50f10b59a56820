"""The lists of cases that are in danger, each with its exact count and its address."""

from collections.abc import Iterable

from db.queries.owed import Alarms
from portal.languages import Language
from portal.rules import permissions
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _words
from portal.views._parts import Tab
from portal.views._queue_filters import list_name
from portal.views._queue_form import ESCALATED, LATE, SOON, UNTOUCHED, QueueForm

# What has lain longest is found first where nobody has touched it; elsewhere the nearest date.
_ORDERS = {LATE: "sure", SOON: "sure", UNTOUCHED: "islem", ESCALATED: "sure"}


def lists(form: QueueForm, alarms: Alarms, clerk: SignedIn, town: Town, language: Language) -> Iterable[Tab]:
    """One for each danger. They count everything a colleague may see, whatever the list below is narrowed to."""
    counts = {LATE: alarms.late, SOON: alarms.soon, UNTOUCHED: alarms.untouched, ESCALATED: alarms.escalated}
    for lateness, number in counts.items():
        if lateness == ESCALATED and not may_see_escalated(clerk):
            continue
        wanted = QueueForm(lateness=lateness, order=_ORDERS[lateness])
        yield Tab(
            label=list_name(lateness, town, language),
            url=wanted.address(),
            count=_words.number(number, language.code),
            is_current=form.address(cursor="") == wanted.address(),
        )


def may_see_escalated(clerk: SignedIn) -> bool:
    """Whether the list of what was put before the manager is for this colleague."""
    return permissions.scope_of(clerk, "escalation.view") != "none"

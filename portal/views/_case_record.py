"""Everything that is stored about one case, and who reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.models import Attachment, Callback, Case, CaseEvent, Clock, ContactPoint, Letter, Outgoing, Person, Submission
from portal.languages import Language
from portal.services.accounts import SignedIn
from portal.services.applications import Filed
from portal.services.townbook import Town
from portal.views import _words
from portal.views._frame import Town as TownFrame


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything that is stored about one case."""

    case: Case
    submissions: Sequence[Submission]
    persons: Mapping[int, Person]
    points: Sequence[ContactPoint]
    events: Sequence[CaseEvent]
    clocks: Sequence[Clock]
    outgoing: Sequence[Outgoing]
    callbacks: Sequence[Callback]
    attachments: Sequence[Attachment]
    # By how much each clock was extended, by its key.
    extensions: Mapping[int, int]
    papers: Sequence[Letter] = ()
    application: Filed | None = None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads, in which language, at which moment."""

    clerk: SignedIn
    town: Town
    language: Language
    frame: TownFrame
    now: datetime
    mail_folder: str = ""
    known_tag: str = ""

    def say(self, sentence: str) -> str:
        return self.language.gettext(sentence)

    def day(self, moment: datetime) -> str:
        return _words.date_and_time(moment, self.language.code)

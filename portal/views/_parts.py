"""Small things many pages show, one for each macro in templates/components/parts.html."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A row of a summary: what it is, what it says, and where to change it."""

    label: str
    value: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that happened, as a timeline shows it."""

    title: str
    when: str
    moment: str
    by: str = ""
    words: str = ""
    tone: str = ""
    is_internal: bool = False


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of several lists, with how many it holds."""

    label: str
    url: str
    count: str = ""
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Where a list goes on; an empty address means it does not."""

    words: str = ""
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo as a small picture that opens the large one."""

    url: str
    small: str
    words: str

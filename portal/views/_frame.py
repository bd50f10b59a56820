"""What stands around every page: whose town it is, and on the desk, who is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Town:
    """The town as its pages name it."""

    name: str
    phone: str = "153"
    phone_long: str = ""
    email: str = ""
    address: str = ""
    website: str = ""
    desk_hours: str = ""
    emergency: str = "112"

    @classmethod
    def of(cls, facts: Mapping[str, str], language: str = "tr") -> "Town":
        """The stored facts, in the reader's language where the town has them in it."""
        own = {name: words for name, words in facts.items() if name in cls.__dataclass_fields__}
        local = {name: facts[f"{name}_{language}"] for name in own if f"{name}_{language}" in facts}
        return cls(**{**own, **local})

    @property
    def tel(self) -> str:
        return f"tel:{self.phone}"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The colleague at this desk, as the head of the page shows them."""

    name: str
    role: str
    may_manage: bool = False
    may_report: bool = False


class Page(Protocol):
    """The least a citizen page's view answers."""

    @property
    def town(self) -> Town: ...


class DeskPage(Page, Protocol):
    """The least a desk page's view answers."""

    @property
    def clerk(self) -> Signed: ...

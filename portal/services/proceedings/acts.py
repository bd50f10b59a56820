"""Every act there is, by the name it has in addresses, and the order the desk offers them in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from portal.services.proceedings.decision import Appeal, AppealResult, Decision
from portal.services.proceedings.matter import Matter
from portal.services.proceedings.time import Extension, FeeNotice, Lapse, Payment, Progress, Receipt


class Act(Protocol):
    """Something the desk does with an application.

    `check_state` refuses where the matter does not allow it at all, `check` also where the form lacks something;
    `apply` writes it. `letter` is the kind of letter that tells the applicant, empty where none is owed.
    """

    name: ClassVar[str]

    @property
    def letter(self) -> str: ...
    @staticmethod
    def check_state(matter: Matter) -> None: ...
    def check(self, matter: Matter) -> None: ...
    def apply(self, matter: Matter, *, seen: int) -> None: ...


class Told(Act, Protocol):
    """An act that a letter tells the applicant of; `facts` are what `official.compose` needs for it."""

    def facts(self, matter: Matter) -> dict[str, Any]: ...


ACTS: Mapping[str, type[Act]] = MappingProxyType(
    {
        each.name: each
        for each in (Decision, Extension, FeeNotice, Payment, Lapse, Progress, Receipt, Appeal, AppealResult)
    }
)

# What is offered for an application of each kind.
OFFERED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "information": tuple(each.name for each in ACTS.values() if each is not Progress),
        "petition": (Decision.name, Progress.name, Receipt.name),
        "personal_data": (Decision.name, Receipt.name),
    }
)

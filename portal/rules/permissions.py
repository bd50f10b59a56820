"""Who may do what, and whose cases they may do it to. One row is one permission."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Protocol

from portal.rules.refusal import NotFound, Refused

Scope = Literal["none", "own", "all"]

# The fact of the town that says of whom a second factor is asked besides administrators.
SECOND_FACTOR, EVERYBODY = "second_factor", "everybody"

ROLES: tuple[str, ...] = ("operator", "coordinator", "clerk", "manager", "administrator")


class Actor(Protocol):
    """What a rule needs to know of the colleague who acts."""

    @property
    def id(self) -> int | None: ...
    @property
    def role(self) -> str: ...
    @property
    def department_ids(self) -> frozenset[int]: ...
    @property
    def is_active(self) -> bool: ...


class Scoped(Protocol):
    """Anything that belongs to a department, or to none yet."""

    @property
    def department_id(self) -> int | None: ...


# fmt: off
_TABLE: dict[str, tuple[Scope, ...]] = {
    #                          operator  coordinator  clerk    manager  administrator
    "case.view":              ("all",    "all",       "own",   "own",   "all"),
    "case.note":              ("all",    "all",       "own",   "own",   "all"),
    "case.reply":             ("none",   "all",       "own",   "own",   "all"),
    "case.move":              ("none",   "all",       "own",   "own",   "all"),
    "case.bounce_decide":     ("none",   "all",       "none",  "none",  "all"),
    "case.assign_department": ("none",   "all",       "none",  "none",  "all"),
    "case.assign_person":     ("none",   "all",       "own",   "own",   "all"),
    "contact.view":           ("all",    "all",       "own",   "own",   "all"),
    # Health, poverty, disability (KVKK art. 6): who answers the phone needs the status, not the story.
    "special.view":           ("none",   "all",       "own",   "own",   "all"),
    "intake.create":          ("all",    "all",       "all",   "all",   "all"),
    "callback.work":          ("all",    "all",       "own",   "own",   "all"),
    "report.view":            ("none",   "all",       "none",  "own",   "all"),
    "escalation.view":        ("none",   "all",       "none",  "own",   "all"),
    "staff.manage":           ("none",   "none",      "none",  "none",  "all"),
    "town.manage":            ("none",   "none",      "none",  "none",  "all"),
}
# fmt: on

PERMISSIONS: Mapping[str, Mapping[str, Scope]] = MappingProxyType(
    {action: MappingProxyType(dict(zip(ROLES, row, strict=True))) for action, row in _TABLE.items()}
)


def require(clerk: Actor, action: str, case: Scoped | None = None) -> None:
    """Refuses who may not; a case that may not even be seen is not found."""
    if may(clerk, action, case):
        return
    if case is not None and not may(clerk, "case.view", case):
        raise NotFound
    raise Refused("Bu işlem için yetkiniz yok.")


def may(clerk: Actor, action: str, case: Scoped | None = None) -> bool:
    """Whether the clerk may do it to this case or, with no case, to any at all."""
    scope = scope_of(clerk, action)
    if scope != "own":
        return scope == "all"
    return bool(clerk.department_ids) if case is None else case.department_id in clerk.department_ids


def scope_of(clerk: Actor, action: str) -> Scope:
    """How far a clerk's permission reaches; who has left has none."""
    return PERMISSIONS[action].get(clerk.role, "none") if clerk.is_active else "none"


def needs_second_factor(role: str, facts: Mapping[str, str]) -> bool:
    """Whether who has this role may work only after a second step; the town may ask it of everybody."""
    return role == "administrator" or facts.get(SECOND_FACTOR) == EVERYBODY


def visible_departments(clerk: Actor) -> frozenset[int] | None:
    """The departments whose cases the clerk may see; None means every case, also those of no department yet."""
    return departments_for(clerk, "case.view")


def departments_for(clerk: Actor, action: str) -> frozenset[int] | None:
    """The departments to whose cases the clerk may do it; None means every case."""
    scope = scope_of(clerk, action)
    if scope == "all":
        return None
    return clerk.department_ids if scope == "own" else frozenset()

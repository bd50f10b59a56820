"""Who may do what: every row for every role, and the stranger."""

from dataclasses import dataclass, field

import pytest

from portal.rules.permissions import PERMISSIONS, ROLES, may, require, visible_departments
from portal.rules.refusal import NotFound, Refused

ROADS, WATER = 1, 2


@dataclass
class Colleague:
    role: str
    department_ids: frozenset[int] = field(default_factory=frozenset)
    is_active: bool = True
    id: int | None = 7


@dataclass
class Matter:
    department_id: int | None


KEMAL = Colleague("clerk", frozenset({ROADS}))
DENIZ = Colleague("clerk", frozenset({WATER}))
NUR = Colleague("coordinator")

# Said a second time: a = every case, o = those of my own departments, - = not at all.
EXPECTED = """
                        operator coordinator clerk manager administrator
case.view                   a        a         o      o         a
case.note                   a        a         o      o         a
case.reply                  -        a         o      o         a
case.move                   -        a         o      o         a
case.bounce_decide          -        a         -      -         a
case.assign_department      -        a         -      -         a
case.assign_person          -        a         o      o         a
contact.view                a        a         o      o         a
special.view                -        a         o      o         a
intake.create               a        a         a      a         a
callback.work               a        a         o      o         a
report.view                 -        a         -      o         a
escalation.view             -        a         -      o         a
staff.manage                -        -         -      -         a
town.manage                 -        -         -      -         a
"""
ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [(row[0], role, mark) for row in ROWS[1:] for role, mark in zip(ROWS[0], row[1:], strict=True)]


@pytest.mark.parametrize(("action", "role", "mark"), CELLS)
def test_every_role_may_exactly_this(action, role, mark):
    clerk = Colleague(role, frozenset({ROADS}))

    assert may(clerk, action, Matter(ROADS)) == (mark in "ao")
    assert may(clerk, action, Matter(WATER)) == (mark == "a")
    assert may(clerk, action) == (mark in "ao")
    assert not may(Colleague(role, frozenset({ROADS}), is_active=False), action, Matter(ROADS))


def test_every_permission_is_in_the_test_above():
    assert {action for action, _, _ in CELLS} == set(PERMISSIONS)
    assert set(ROWS[0]) == set(ROLES)


def test_a_foreign_case_looks_absent():
    with pytest.raises(NotFound):
        require(DENIZ, "case.move", Matter(ROADS))


def test_who_sees_a_case_but_may_not_move_it_is_told_so():
    with pytest.raises(Refused, match="yetkiniz yok"):
        require(Colleague("operator"), "case.move", Matter(ROADS))


def test_a_refusal_without_a_case_is_a_refusal():
    with pytest.raises(Refused):
        require(KEMAL, "staff.manage")


def test_who_may_passes_silently():
    require(KEMAL, "case.move", Matter(ROADS))
    require(NUR, "case.bounce_decide", Matter(None))


def test_a_case_of_no_department_is_seen_by_the_centre_only():
    assert may(NUR, "case.view", Matter(None))
    assert not may(KEMAL, "case.view", Matter(None))


def test_the_queue_shows_own_departments_or_all():
    assert visible_departments(KEMAL) == {ROADS}
    assert visible_departments(Colleague("clerk")) == frozenset()
    assert visible_departments(NUR) is None
    assert visible_departments(Colleague("coordinator", is_active=False)) == frozenset()


def test_a_clerk_without_a_department_may_nothing_with_cases():
    assert not may(Colleague("clerk"), "case.view")


def test_an_unknown_role_may_nothing_and_an_unknown_action_is_an_error():
    assert not may(Colleague("mayor"), "case.view", Matter(ROADS))
    with pytest.raises(KeyError):
        may(KEMAL, "case.destroy", Matter(ROADS))

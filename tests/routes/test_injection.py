"""Text that would be more than text has no effect; the drill of the same name puts every text everywhere."""

import pytest

from tests.drills import injection
from tests.world import opened


@pytest.fixture(scope="module")
def world(sqlite_store, tmp_path_factory):
    with sqlite_store.fresh() as db, opened(db, tmp_path_factory.mktemp("world")) as world:
        yield world


def test_a_search_takes_no_letter_for_a_pattern(world):
    line = injection.patterns(world)

    assert line.held == line.tried


def test_no_name_makes_a_formula_or_a_cell_more(world):
    line = injection.sheet(world)

    assert line.held == line.tried


def test_no_text_makes_a_header_more_in_a_letter():
    line = injection.letters()

    assert line.held == line.tried


def test_text_in_any_place_is_text(world):
    before = injection.belongings(world)

    line = injection.effects(world, one_in=40)

    assert line.note == ""
    assert injection.standing(world, before).note == ""

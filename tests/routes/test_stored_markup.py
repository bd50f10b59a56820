"""Whatever people write stays text, on every page that shows it and in every form that gives it back."""

import pytest

from tests.drills import scripts
from tests.payloads import grouped, markup
from tests.world import opened


@pytest.fixture(scope="module")
def world(sqlite_store, tmp_path_factory):
    """Pages are drawn the same on both engines; the drill of the same name asks both, and more."""
    with sqlite_store.fresh() as db, opened(db, tmp_path_factory.mktemp("world")) as world:
        yield world


def test_stored_markup_stays_text_wherever_it_is_shown(world):
    texts = list(grouped(markup(), scripts.MOST_LETTERS))[::60]

    assert scripts.shown(world, texts).is_kept


def test_markup_that_is_given_back_stays_text(world):
    assert scripts.given_back(world, most=1).is_kept


def test_a_letter_has_no_part_that_could_hold_markup(tmp_path):
    assert scripts.written_letters(tmp_path).is_kept

"""A town at work with its files, and empty places to restore into."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.rules.references import derive_key
from portal.services import attachments, drafts, enclosures, official
from tests.cast import NOW, SECRET, City
from tests.house import House, house
from tests.pictures import photo


@pytest.fixture
def key(city: City) -> tuple[str, str]:
    """The reference Ayşe was given, and the key in her link."""
    receipt = city.report()
    return receipt.reference, derive_key(
        SECRET, receipt.reference, city.submission(city.look(receipt.reference)).key_nonce
    )


@pytest.fixture
def here(city: City, key: tuple[str, str], tmp_path: Path) -> House:
    """A town with cases, a photo, an enclosure and a letter."""
    place = house(tmp_path / "here", city.db.url)
    case = city.look(key[0])
    city.move(key[0], "assigned")
    picture = attachments.read(photo(), "cukur.jpg")
    attachments.put(attachments.store(place.home), picture)
    scan = b"%PDF-1.7 an authority document"
    file = enclosures.read(scan, "vekalet.pdf", "authority")
    enclosures.put(enclosures.store(place.home), file, scan)
    with city.db.transaction() as tx:
        submission = tx.merge(city.submission(case))
        attachments.add_to_case(tx, case, picture, submission=submission, now=NOW)
        enclosed = enclosures.add_to_draft(tx, drafts.begin(tx, now=NOW)[0], file, now=NOW)
        assert enclosed is not None
        official.receipt(tx, case, submission, store=official.store(place.home), town=city.town, now=NOW)
    city.application()
    return place


@pytest.fixture(params=("sqlite", "postgresql"))
def empty_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty place, on each engine."""
    with ExitStack() as open_databases:
        url = ""
        if request.param == "postgresql":
            url = open_databases.enter_context(request.getfixturevalue("postgresql_store").empty()).url
        yield house(tmp_path / "there", url)

"""What every channel promises, whoever wrote it."""

import pkgutil
from dataclasses import replace
from pathlib import Path

import pytest

from portal import channels
from portal.channels import DeliveryFailed, Letter, Sender
from portal.settings import Settings

NAMES = sorted(each.name for each in pkgutil.iter_modules(channels.__path__) if not each.name.startswith("_"))


@pytest.fixture(params=NAMES)
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Sender:
    settings = Settings.read({"PORTAL_DATA": str(tmp_path)})
    return next(each for each in channels.senders(settings) if each.channel == request.param)


def test_a_letter_that_can_leave_raises_nothing(sender: Sender, letter: Letter):
    sender.send(letter, leaving=lambda: None)


@pytest.mark.parametrize("address", ["", "ayse", "ayse@ornek.com\r\nBcc: herkes@ornek.com", "a@b.com, c@d.com"])
def test_an_address_that_cannot_be_is_given_up_at_once(sender: Sender, letter: Letter, address: str):
    with pytest.raises(DeliveryFailed) as failed:
        sender.send(replace(letter, address=address), leaving=lambda: None)

    assert failed.value.permanent
    assert failed.value.why

"""Ways in and out. One module is one channel: drop a module in here and it is in use."""

import importlib
import pkgutil

from portal.channels._letter import DeliveryFailed, DeliveryUnsure, Letter, Sender
from portal.settings import Settings

__all__ = ["DeliveryFailed", "DeliveryUnsure", "Letter", "Sender", "senders"]


def senders(settings: Settings) -> list[Sender]:
    """A sender for every channel, by the name of its module."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if not each.name.startswith("_"))
    return [importlib.import_module(f"{__name__}.{name}").open_sender(settings) for name in names]

"""Telephone numbers as people write them, kept as +90…"""

from functools import cache
from types import ModuleType

from portal.rules.refusal import Refused


def read_phone(text: str, *, field: str = "phone") -> str:
    """The number in international form (E.164), or a refusal that shows how to write it."""
    try:
        number = _numbers().parse(text.strip(), "TR")
    except _numbers().NumberParseException:
        number = None
    if number is None or not _numbers().is_valid_number(number):
        raise Refused("Telefon numarasını alan koduyla yazın; örneğin 0532 123 45 67.", field=field)
    return _numbers().format_number(number, _numbers().PhoneNumberFormat.E164)


def prepare() -> None:
    """Learn the numbering plans before somebody waits for them."""
    _numbers()


@cache
def _numbers() -> ModuleType:
    # The numbering plans of the whole world take a quarter of a second to read.
    import phonenumbers

    return phonenumbers

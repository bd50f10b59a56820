"""Telephone numbers as people write them, kept as +90…"""

import phonenumbers

from portal.rules.refusal import Refused


def read_phone(text: str, *, field: str = "phone") -> str:
    """The number in international form (E.164), or a refusal that shows how to write it."""
    try:
        number = phonenumbers.parse(text.strip(), "TR")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Refused("Telefon numarasını alan koduyla yazın; örneğin 0532 123 45 67.", field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(number: str) -> str:
    """A stored number as people in the country write it: 0532 123 45 67."""
    try:
        parsed = phonenumbers.parse(number, "TR")
    except phonenumbers.NumberParseException:
        return number
    domestic = parsed.country_code == 90
    style = phonenumbers.PhoneNumberFormat.NATIONAL if domestic else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style).replace("(", "").replace(")", "")

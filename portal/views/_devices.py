"""What a browser is called, from what it says of itself."""

from portal.languages import Language
from portal.rules.refusal import msgid

# The first word found counts: Edge and Opera also call themselves Chrome, and everybody calls themselves Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_UNKNOWN = msgid("Bilinmeyen cihaz")


def name(agent: str, language: Language) -> str:
    """Chrome, Windows; as much of it as can be told."""
    known = (_first(agent, _BROWSERS), _first(agent, _SYSTEMS))
    return ", ".join(filter(None, known)) or language.gettext(_UNKNOWN)


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((called for sign, called in names if sign in agent), "")

"""What the first visitors would wait for, done beside the first requests: templates read, files packed."""

import threading
from functools import cache

from portal import languages, statics
from portal.routes import _page
from portal.services import contact

# Everybody who has waited for the start gets a page before anything else is done.
AFTER_SECONDS = 6.0


@cache
def begin() -> None:
    """Once for a process, in the background. Nothing waits for it, and nothing goes wrong without it."""
    later = threading.Timer(AFTER_SECONDS, _warm)
    later.daemon = True
    later.start()


def _warm() -> None:
    for language in languages.LANGUAGES.values():
        _page.prepare(language.code)
    contact.prepare()
    statics.pack()

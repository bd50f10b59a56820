"""Browsers that a colleague has signed in with before: strangers cannot use up their tries.

A browser carries a signed note for each colleague who has signed in with it, as desks are shared. The note opens
nothing: it only gives its colleague, on this browser, a number of tries of their own.
"""

import re
import secrets
from hmac import compare_digest, digest

MOST_KEPT = 6
_NOTE = re.compile(r"([0-9]{1,18})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


def name_of(notes: str, clerk_id: int | None, *, secret: bytes) -> str:
    """What this browser is called among the colleague's own; nothing when they never signed in with it."""
    for note in _kept(notes):
        if clerk_id is not None and int(note[0]) == clerk_id and _is_ours(note, secret):
            return note[1]
    return ""


def noting(notes: str, clerk_id: int, *, secret: bytes) -> str:
    """The browser's notes with a new one for a colleague who has just signed in."""
    others = [note for note in _kept(notes) if int(note[0]) != clerk_id and _is_ours(note, secret)]
    name = secrets.token_urlsafe(16)
    newest = (str(clerk_id), name, _signature(str(clerk_id), name, secret))
    return "~".join(".".join(note) for note in [newest, *others][:MOST_KEPT])


def _kept(notes: str) -> list[tuple[str, str, str]]:
    found = (_NOTE.fullmatch(each) for each in notes.split("~")[:MOST_KEPT])
    return [(note[1], note[2], note[3]) for note in found if note]


def _is_ours(note: tuple[str, str, str], secret: bytes) -> bool:
    owner, name, signature = note
    return compare_digest(signature, _signature(owner, name, secret))


def _signature(owner: str, name: str, secret: bytes) -> str:
    return digest(secret, f"known-device|{owner}|{name}".encode(), "sha256").hex()

"""What is kept sealed with the installation's secret: national ids, found by a keyed hash and shown masked, and the
secrets of second factors."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from hmac import digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from db.models import Application, Case
from db.queries import cases
from portal.rules import identity, permissions
from portal.rules.permissions import Actor
from portal.rules.refusal import Refused

_NONCE = 12
_LEAST_REASON, _MOST_REASON = 5, 300
_ID = b"national id"


def seal(secret: bytes, words: str, *, what: bytes = _ID) -> str:
    """The words for storage; twice the same words look different each time. Nothing stays nothing.

    `what` they are has a key of its own: nothing that was sealed as one thing is ever opened as another.
    """
    if not words:
        return ""
    nonce = secrets.token_bytes(_NONCE)
    hidden = AESGCM(_key(secret, b"seal", what)).encrypt(nonce, words.encode(), _format(what))
    return urlsafe_b64encode(nonce + hidden).decode()


def unseal(secret: bytes, sealed: str, *, what: bytes = _ID) -> str:
    """The words; nothing where they were sealed with another secret or have been tampered with."""
    try:
        octets = urlsafe_b64decode(sealed)
        return AESGCM(_key(secret, b"seal", what)).decrypt(octets[:_NONCE], octets[_NONCE:], _format(what)).decode()
    except (InvalidTag, ValueError):
        return ""


def fingerprint(secret: bytes, number: str) -> str:
    """What a number is looked up by. Without the secret nobody can try all numbers against it."""
    return digest(_key(secret, b"look-up"), number.encode(), sha256).hex() if number else ""


def masked(secret: bytes, sealed: str) -> str:
    """As much of a sealed number as a screen may show."""
    number = unseal(secret, sealed) if sealed else ""
    return identity.mask(number) if number else ""


def show(
    tx: Session, case: Case, application: Application, *, reason: str, secret: bytes, by: Actor, now: datetime
) -> str:
    """The whole number, for a colleague who says what for; the timeline keeps who looked, when and why."""
    permissions.require(by, "contact.view", case)
    if case.is_special:
        permissions.require(by, "special.view", case)
    if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
        raise Refused("Numarayı neden görmeniz gerektiğini yazın.", field="reason")
    cases.add_event(tx, case, "id_viewed", actor="staff", now=now, by_id=by.id, words=reason)
    return unseal(secret, application.national_id)


def _format(what: bytes) -> bytes:
    return b"cozum " + what + b" 1"


@lru_cache(maxsize=8)
def _key(secret: bytes, purpose: bytes, what: bytes = _ID) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cozum " + what + b" " + purpose).derive(secret)

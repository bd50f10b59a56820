"""National ids as they are kept: sealed with the installation's secret, found by a keyed hash, shown masked."""

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
_FORMAT = b"cozum national id 1"


def seal(secret: bytes, number: str) -> str:
    """The number for storage; twice the same number looks different each time. Nothing stays nothing."""
    if not number:
        return ""
    nonce = secrets.token_bytes(_NONCE)
    return urlsafe_b64encode(nonce + AESGCM(_key(secret, b"seal")).encrypt(nonce, number.encode(), _FORMAT)).decode()


def unseal(secret: bytes, sealed: str) -> str:
    """The number; nothing where it was sealed with another secret or has been tampered with."""
    try:
        octets = urlsafe_b64decode(sealed)
        return AESGCM(_key(secret, b"seal")).decrypt(octets[:_NONCE], octets[_NONCE:], _FORMAT).decode()
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


@lru_cache(maxsize=8)
def _key(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cozum national id " + purpose).derive(secret)

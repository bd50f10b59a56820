"""The second step: a code from a telephone's authenticator app, or one of ten codes on paper when the phone is gone.

A way to prove it is a function in `_WAYS`: it answers whether what was typed is right, and uses it up. Another kind of
proof is another row there.
"""

import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest, digest

import pyotp
from sqlmodel import Session

from db.models import Clerk
from db.queries import access
from portal.rules.refusal import Refused, msgid
from portal.services import sealed

SECONDS = 30
CODES = 10
_WHAT = b"second factor"
_SECRET_BYTES = 20
# Letters and digits that nobody confuses when reading them from paper; sixteen of them are 79 random bits.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4

WRONG_CODE = msgid("Kod yanlış veya süresi dolmuş. Telefonunuzdaki yeni kodu yazın.")


def is_on(clerk: Clerk) -> bool:
    """Whether a colleague has a second factor."""
    return bool(clerk.totp_secret)


def offered(clerk: Clerk, token_hash: str, *, secret: bytes) -> str:
    """The new secret this browser is shown until a code confirms it; nothing of it is stored before.

    Each set-up has one of its own, so that a lost telephone's secret never comes back.
    """
    since = clerk.factor_changed_at.isoformat() if clerk.factor_changed_at else ""
    made = digest(secret, f"second-factor-offer|{clerk.id}|{since}|{token_hash}".encode(), "sha256")
    return b32encode(made[:_SECRET_BYTES]).decode()


def new_secret() -> str:
    """A secret as authenticator apps take it."""
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def app_link(clerk: Clerk, plain: str, *, issuer: str) -> str:
    """What the picture for the authenticator app says."""
    return pyotp.TOTP(plain).provisioning_uri(name=clerk.email, issuer_name=issuer)


def turn_on(tx: Session, clerk: Clerk, plain: str, typed: str, *, secret: bytes, now: datetime) -> list[str]:
    """The colleague's second factor from now on, once a code shows that the telephone has it; answers ten codes."""
    step = _step_of(plain, _digits(typed), now=now)
    if step is None or clerk.id is None:
        raise Refused(WRONG_CODE, field="code")
    hidden = sealed.seal(secret, plain, what=_WHAT)
    access.change_clerk(tx, clerk.id, totp_secret=hidden, totp_step=step, factor_changed_at=now)
    return renew_codes(tx, clerk.id, secret=secret)


def give(tx: Session, clerk_id: int, plain: str, *, secret: bytes, now: datetime) -> list[str]:
    """A second factor whose secret somebody else hands over, such as a demo's; answers recovery codes."""
    hidden = sealed.seal(secret, plain, what=_WHAT)
    access.change_clerk(tx, clerk_id, totp_secret=hidden, factor_changed_at=now)
    return renew_codes(tx, clerk_id, secret=secret)


def turn_off(tx: Session, clerk_id: int, *, now: datetime) -> None:
    """No second factor and no recovery codes any more."""
    access.change_clerk(tx, clerk_id, totp_secret="", factor_changed_at=now)
    access.replace_codes(tx, clerk_id, [])


def renew_codes(tx: Session, clerk_id: int, *, secret: bytes) -> list[str]:
    """Ten new recovery codes in place of all earlier ones. They are shown once: only keyed hashes are kept."""
    codes = [_new_code() for _ in range(CODES)]
    access.replace_codes(tx, clerk_id, [code_hash(clerk_id, each, secret=secret) for each in codes])
    return codes


def prove(tx: Session, clerk: Clerk, typed: str, *, secret: bytes, now: datetime) -> str:
    """Which way what was typed proves the second step, using it up; nothing when it proves nothing."""
    return next((way for way, is_right in _WAYS.items() if is_right(tx, clerk, typed, secret, now)), "")


def code_hash(clerk_id: int, code: str, *, secret: bytes) -> str:
    """What is kept of a recovery code."""
    return digest(secret, f"recovery-code|{clerk_id}|{_letters(code)}".encode(), "sha256").hex()


def _is_app_code(tx: Session, clerk: Clerk, typed: str, secret: bytes, now: datetime) -> bool:
    plain = sealed.unseal(secret, clerk.totp_secret, what=_WHAT) if clerk.totp_secret else ""
    step = _step_of(plain, _digits(typed), now=now) if plain else None
    # Whoever looked over a shoulder has thirty seconds; the code must be used up by the first who sends it.
    return step is not None and access.use_step(tx, clerk.id or 0, step)


def _is_recovery_code(tx: Session, clerk: Clerk, typed: str, secret: bytes, now: datetime) -> bool:
    if len(_letters(typed)) != _GROUPS * _GROUP:
        return False
    return access.use_code(tx, clerk.id or 0, code_hash(clerk.id or 0, typed, secret=secret), now=now)


_Way = Callable[[Session, Clerk, str, bytes, datetime], bool]
_WAYS: dict[str, _Way] = {"app": _is_app_code, "recovery": _is_recovery_code}


def _step_of(plain: str, code: str, *, now: datetime) -> int | None:
    """The thirty seconds a code belongs to: these, or those before or after, for clocks that differ."""
    here = int(now.timestamp()) // SECONDS
    app = pyotp.TOTP(plain, interval=SECONDS)
    found = [step for step in (here - 1, here, here + 1) if compare_digest(app.at(step * SECONDS), code)]
    return found[-1] if found else None


def _digits(typed: str) -> str:
    return "".join(each for each in typed if each in "0123456789")[:20]


def _letters(code: str) -> str:
    return "".join(each for each in code.lower() if each in _LETTERS)[:64]


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))

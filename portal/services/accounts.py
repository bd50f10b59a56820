"""Sign in, stay signed in, sign out; make a colleague."""

import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from passlib.hash import argon2
from sqlmodel import Session

from db.engine import Database
from db.models import Clerk, ClerkDepartment, Department, StaffSession
from db.queries import staff
from db.queries import town as stored_town
from db.queries.staff import Visitor
from portal.rules import permissions
from portal.rules.contact import is_email
from portal.rules.refusal import Refused, msgid

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
TRIES_WITHIN = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 40
LEAST_PASSWORD = 10

WRONG = msgid("E-posta adresi veya parola yanlış.")
TOO_MANY = msgid("Çok sayıda hatalı deneme yapıldı. On beş dakika sonra yeniden deneyin.")

# A hash takes 64 MiB and both cores; two at a time leave the desk usable while somebody guesses.
_hashing = threading.BoundedSemaphore(2)
_nobody = argon2.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class SignedIn:
    """The colleague at the other end of a request; `lists_at` is the version their lists stood at when they asked."""

    id: int
    name: str
    email: str
    role: str
    department_ids: frozenset[int]
    is_active: bool = True
    lists_at: int = field(default=0, compare=False)


def sign_in(db: Database, email: str, password: str, *, address: str, agent: str, now: datetime) -> str:
    """A new session's token for the right password; otherwise refused, the same whatever was wrong."""
    email = email.strip().lower()
    with db.reading() as tx:
        _check_tries(tx, email, address, now=now)
        clerk = staff.by_email(tx, email)
    # Outside any transaction: a tenth of a second here must not hold up those who write.
    is_right = _verify(password, clerk.password_hash if clerk else _nobody)
    with db.transaction() as tx:
        if clerk is not None and clerk.id is not None and is_right and clerk.is_active:
            return _start_session(tx, clerk.id, address=address, agent=agent, now=now)
        staff.note_try(tx, "sign-in", email, now=now)
        staff.note_try(tx, "sign-in-from", address, now=now)
        staff.forget_tries(tx, before=now - timedelta(days=1))
    raise Refused(WRONG, field="password")


def who(db: Database, token: str, *, now: datetime) -> SignedIn | None:
    """The colleague a token belongs to, as long as the session lives."""
    hashed = token_hash(token)
    with db.asking() as connection:
        found = staff.visitor(connection, hashed)
    if found is None or not found.is_active or not _is_alive(found, now=now):
        return None
    if now - found.seen_at > SEEN_EVERY:
        with db.transaction() as tx:
            staff.see(tx, hashed, now=now)
    sees_all = permissions.PERMISSIONS["case.view"].get(found.role) == "all"
    return SignedIn(
        found.clerk_id,
        found.name,
        found.email,
        found.role,
        found.departments,
        lists_at=found.version_of_all if sees_all else found.version,
    )


def _is_alive(found: Visitor, *, now: datetime) -> bool:
    return found.ended_at is None and now - found.seen_at < IDLE and now - found.created_at < ABSOLUTE


def sign_out(tx: Session, token: str, *, now: datetime) -> None:
    """End the session on the server: the cookie is worthless from now on."""
    staff.end_session(tx, token_hash(token), now=now)


def add_clerk(
    tx: Session, *, email: str, name: str, role: str, departments: Sequence[str], password: str, now: datetime
) -> Clerk:
    """A new colleague, or a refusal that says which fact is wrong."""
    email = email.strip().lower()
    if not is_email(email):
        raise Refused("E-posta adresini ad@ornek.com biçiminde yazın.", field="email")
    if role not in permissions.ROLES:
        raise Refused("Görev şunlardan biri olmalı: %(roles)s.", field="role", roles=", ".join(permissions.ROLES))
    if len(password) < LEAST_PASSWORD:
        raise Refused("Parola en az %(least)s karakter olmalı.", field="password", least=LEAST_PASSWORD)
    if staff.by_email(tx, email):
        raise Refused("Bu e-posta adresiyle kayıtlı bir personel var.", field="email")
    members = _departments(tx, departments, role)
    clerk = Clerk(email=email, name=name or email, role=role, password_hash=hash_password(password), created_at=now)
    tx.add(clerk)
    tx.flush()
    for department in members:
        tx.add(ClerkDepartment(clerk_id=clerk.id, department_id=department.id))
    tx.flush()
    return clerk


def hash_password(password: str) -> str:
    """The argon2id hash that is stored instead of a password."""
    with _hashing:
        return str(argon2.hash(password))


def _departments(tx: Session, codes: Sequence[str], role: str) -> list[Department]:
    by_code = {each.code: each for each in stored_town.departments(tx) if each.is_active}
    unknown = [code for code in codes if code not in by_code]
    if unknown:
        raise Refused("Böyle bir birim kodu yok: %(codes)s.", field="department", codes=", ".join(unknown))
    if not codes and permissions.PERMISSIONS["case.view"][role] == "own":
        raise Refused("Bu görev için en az bir birim belirtin.", field="department")
    return [by_code[code] for code in dict.fromkeys(codes)]


def _check_tries(tx: Session, email: str, address: str, *, now: datetime) -> None:
    since = now - TRIES_WITHIN
    if (
        staff.tries(tx, "sign-in", email, since=since) >= TRIES_PER_ACCOUNT
        or staff.tries(tx, "sign-in-from", address, since=since) >= TRIES_PER_ADDRESS
    ):
        raise Refused(TOO_MANY, field="email")


def _verify(password: str, stored: str) -> bool:
    with _hashing:
        return bool(argon2.verify(password[:1000], stored))


def _start_session(tx: Session, clerk_id: int, *, address: str, agent: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    tx.add(
        StaffSession(
            token_hash=token_hash(token),
            clerk_id=clerk_id,
            created_at=now,
            seen_at=now,
            address=address,
            agent=agent[:200],
        )
    )
    return token


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()

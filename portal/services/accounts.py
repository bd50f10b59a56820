"""Sign in, in one step or two; stay signed in, sign out; make a colleague."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from db.engine import Database
from db.models import Clerk, ClerkDepartment, Department, StaffSession
from db.queries import access, staff
from db.queries import town as stored_town
from portal import clock
from portal.rules import permissions
from portal.rules.contact import is_email
from portal.rules.refusal import Refused, msgid
from portal.services import devices, passwords, second_factor, throttle
from portal.services.throttle import Budget

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
HALF = timedelta(minutes=5)
# Whoever has no second factor yet may have to find an app for it first.
HALF_FOR_SET_UP = timedelta(minutes=20)
SEEN_EVERY = timedelta(minutes=1)
TRIES_WITHIN = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 40
# From all addresses together: whoever owns ten thousand machines still tries no more than this.
TRIES_IN_ALL = 300
CODES_A_DAY = 40

WRONG = msgid("E-posta adresi veya parola yanlış.")
TOO_MANY = msgid("Çok sayıda hatalı deneme yapıldı. On beş dakika sonra yeniden deneyin.")
HALF_OVER = msgid("Girişi tamamlamak için ayrılan süre doldu. E-posta adresiniz ve parolanızla yeniden başlayın.")
TOO_MANY_CODES = msgid("Çok sayıda yanlış kod yazıldı. Bir süre sonra yeniden deneyin veya yöneticinize başvurun.")
WRONG_OLD = msgid("Şimdiki parolanız yanlış.")

log = structlog.get_logger()


@dataclass(frozen=True)
class SignedIn:
    """The colleague at the other end of a request.

    `lists_at` is the version their lists stood at when they asked; `is_to_be_seen`, that it is time for `see`; until
    `is_known_until` neither that nor the end of the session comes by time alone.
    """

    id: int
    name: str
    email: str
    role: str
    department_ids: frozenset[int]
    is_active: bool = True
    lists_at: int = field(default=0, compare=False)
    is_to_be_seen: bool = field(default=False, compare=False)
    is_known_until: datetime = field(default=clock.NEVER, compare=False)


@dataclass(frozen=True)
class Entry:
    """What the right password opened: the desk, or the door to the second step, which a half session's token keeps."""

    token: str = field(repr=False)
    clerk_id: int
    then: Literal["desk", "code", "set_up"]


@dataclass(frozen=True)
class Visitor:
    """The browser at the door: where it stands, what it is, and which of our notes it carries."""

    address: str = ""
    agent: str = ""
    devices: str = field(default="", repr=False)


class HalfOver(Refused):
    """There is no half session any more: begin again."""


def sign_in(db: Database, email: str, password: str, *, visitor: Visitor, secret: bytes, now: datetime) -> Entry:
    """The way on for the right password; otherwise refused, the same whatever was wrong."""
    email = email.strip().lower()
    with db.reading() as tx:
        clerk = staff.by_email(tx, email)
    clerk_id = clerk.id if clerk else None
    device = devices.name_of(visitor.devices, clerk_id, secret=secret)
    budgets = _sign_in_budgets(email, device, visitor.address)
    try:
        spent = throttle.spend(db, budgets, now=now, refusal=throttle.TooMany(TOO_MANY, field="email"))
    except throttle.TooMany:
        log.warning("sign-in refused", why="tries", clerk=clerk_id, is_known_device=bool(device))
        raise
    # Outside any transaction: a tenth of a second here must not hold up those who write.
    stored = clerk.password_hash if clerk else passwords.NOBODY
    try:
        is_right = passwords.verify(password, stored)
    except passwords.Busy:
        with db.transaction() as tx:
            access.take_back_tries(tx, spent)
        raise
    if clerk is None or clerk.id is None or not is_right or not clerk.is_active:
        log.warning("sign-in refused", why="password", clerk=clerk_id, is_known_device=bool(device))
        raise Refused(WRONG, field="password")
    fresh = _fresh_hash(password, stored)
    with db.transaction() as tx:
        access.take_back_tries(tx, spent)
        clerk = access.lock_clerk(tx, clerk.id)
        # While we counted, the password may have been changed for a reason.
        if clerk is None or clerk.password_hash != stored or not clerk.is_active:
            raise Refused(WRONG, field="password")
        if fresh:
            clerk.password_hash = fresh
        return _enter(tx, clerk, visitor, now=now)


def half_way(tx: Session, token: str, *, now: datetime, of: Literal["code", "set_up"]) -> Clerk:
    """Who has given the right password in this browser and still owes the second step, or its set-up."""
    lasts = HALF if of == "code" else HALF_FOR_SET_UP
    clerk = access.half(tx, token_hash(token), since=now - lasts) if token else None
    if clerk is None or second_factor.is_on(clerk) != (of == "code"):
        raise HalfOver(HALF_OVER)
    return clerk


def prove(db: Database, token: str, typed: str, *, visitor: Visitor, secret: bytes, now: datetime) -> Entry:
    """The desk, for a half session and the right code. The session's token is a new one."""
    with db.reading() as tx:
        clerk_id = half_way(tx, token, now=now, of="code").id or 0
    spent = _spend_code(db, clerk_id, visitor, secret=secret, now=now)
    with db.transaction() as tx:
        clerk = half_way(tx, token, now=now, of="code")
        if way := second_factor.prove(tx, clerk, typed, secret=secret, now=now):
            access.take_back_tries(tx, spent)
            if way == "recovery":
                access.add_event(tx, clerk_id, "recovery_code_used", now=now, address=visitor.address)
            return _from_half(tx, token, clerk_id, visitor, way=way, now=now)
    log.warning("second step refused", clerk=clerk_id)
    raise Refused(second_factor.WRONG_CODE, field="code")


def set_up(
    db: Database, token: str, typed: str, *, visitor: Visitor, secret: bytes, now: datetime
) -> tuple[Entry, list[str]]:
    """The desk and ten recovery codes, for a half session and the code of the secret it was offered."""
    with db.reading() as tx:
        clerk_id = half_way(tx, token, now=now, of="set_up").id or 0
    spent = _spend_code(db, clerk_id, visitor, secret=secret, now=now)
    with db.transaction() as tx:
        clerk = half_way(tx, token, now=now, of="set_up")
        plain = second_factor.offered(clerk, token_hash(token), secret=secret)
        codes = second_factor.turn_on(tx, clerk, plain, typed, secret=secret, now=now)
        access.take_back_tries(tx, spent)
        access.add_event(tx, clerk_id, "factor_on", now=now, by_id=clerk_id, address=visitor.address)
        return _from_half(tx, token, clerk_id, visitor, way="set_up", now=now), codes


def who(db: Database, token: str, *, now: datetime) -> SignedIn | None:
    """The colleague a token belongs to, as long as the session lives. Only looks: `see` notes that they were here."""
    return who_are(db, [token], now=now).get(token)


def who_are(db: Database, tokens: Collection[str], *, now: datetime) -> Mapping[str, SignedIn]:
    """The colleagues these tokens belong to, as `who` tells of one, by their token."""
    hashes = {token: token_hash(token) for token in tokens}
    found = staff.visitors(db, [*hashes.values()])
    known = {token: _signed_in(found.get(hashed), now=now) for token, hashed in hashes.items()}
    return {token: clerk for token, clerk in known.items() if clerk}


def _signed_in(found: staff.Visitor | None, *, now: datetime) -> SignedIn | None:
    if found is None or not found.is_active or not _is_alive(found, now=now):
        return None
    sees_all = permissions.PERMISSIONS["case.view"].get(found.role) == "all"
    return SignedIn(
        found.clerk_id,
        found.name,
        found.email,
        found.role,
        found.departments,
        lists_at=found.version_of_all if sees_all else found.version,
        is_to_be_seen=now - found.seen_at > SEEN_EVERY,
        is_known_until=min(found.seen_at + SEEN_EVERY, found.created_at + ABSOLUTE),
    )


def see(db: Database, token: str, *, now: datetime) -> None:
    """Note that the session was used, which is what keeps it alive."""
    # On a full disk nothing can be noted, and everything can still be read.
    with suppress(OperationalError), db.transaction() as tx:
        staff.see(tx, token_hash(token), now=now)


def _is_alive(found: staff.Visitor, *, now: datetime) -> bool:
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
    passwords.check(password, about=about(tx, email, name))
    if staff.by_email(tx, email):
        raise Refused("Bu e-posta adresiyle kayıtlı bir personel var.", field="email")
    members = _departments(tx, departments, role)
    clerk = Clerk(
        email=email, name=name or email, role=role, password_hash=passwords.hash_password(password), created_at=now
    )
    tx.add(clerk)
    tx.flush()
    for department in members:
        tx.add(ClerkDepartment(clerk_id=clerk.id, department_id=department.id))
    tx.flush()
    return clerk


def _departments(tx: Session, codes: Sequence[str], role: str) -> list[Department]:
    by_code = {each.code: each for each in stored_town.departments(tx) if each.is_active}
    unknown = [code for code in codes if code not in by_code]
    if unknown:
        raise Refused("Böyle bir birim kodu yok: %(codes)s.", field="department", codes=", ".join(unknown))
    if not codes and permissions.PERMISSIONS["case.view"][role] == "own":
        raise Refused("Bu görev için en az bir birim belirtin.", field="department")
    return [by_code[code] for code in dict.fromkeys(codes)]


def _sign_in_budgets(email: str, device: str, address: str) -> list[Budget]:
    if device:
        # Nobody else can use these up: strangers who guess do not keep the colleague out.
        return [Budget("sign-in-device", device, TRIES_PER_ACCOUNT, TRIES_WITHIN)]
    return [
        Budget("sign-in", throttle.hidden(email), TRIES_PER_ACCOUNT, TRIES_WITHIN),
        Budget("sign-in-from", address, TRIES_PER_ADDRESS, TRIES_WITHIN),
        Budget("sign-in-all", "", TRIES_IN_ALL, TRIES_WITHIN),
    ]


def _spend_code(db: Database, clerk_id: int, visitor: Visitor, *, secret: bytes, now: datetime) -> list[int]:
    device = devices.name_of(visitor.devices, clerk_id, secret=secret)
    key = f"{clerk_id}:{device}"
    budgets = [
        Budget("code", key, TRIES_PER_ACCOUNT, TRIES_WITHIN),
        # Six digits hold a million: at ten a quarter of an hour somebody with months would find one.
        Budget("code", key, CODES_A_DAY, timedelta(days=1)),
    ]
    return throttle.spend(db, budgets, now=now, refusal=throttle.TooMany(TOO_MANY_CODES, field="code"))


def _fresh_hash(password: str, stored: str) -> str:
    """The password hashed with today's parameters where it was not; another day will do when many wait."""
    try:
        return passwords.hash_password(password) if passwords.is_outdated(stored) else ""
    except passwords.Busy:
        return ""


def _enter(tx: Session, clerk: Clerk, visitor: Visitor, *, now: datetime) -> Entry:
    clerk_id = clerk.id or 0
    is_on = second_factor.is_on(clerk)
    facts = {permissions.SECOND_FACTOR: access.fact(tx, permissions.SECOND_FACTOR)}
    if not is_on and not permissions.needs_second_factor(clerk.role, facts):
        return Entry(_start_session(tx, clerk_id, visitor, way="password", now=now), clerk_id, "desk")
    token = secrets.token_urlsafe(32)
    access.start_half(tx, token_hash(token), clerk_id, now=now)
    log.info("password right", clerk=clerk_id, owes="code" if is_on else "set_up")
    return Entry(token, clerk_id, "code" if is_on else "set_up")


def _from_half(tx: Session, token: str, clerk_id: int, visitor: Visitor, *, way: str, now: datetime) -> Entry:
    if not access.end_half(tx, token_hash(token)):
        raise HalfOver(HALF_OVER)
    return Entry(_start_session(tx, clerk_id, visitor, way=way, now=now), clerk_id, "desk")


def _start_session(tx: Session, clerk_id: int, visitor: Visitor, *, way: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    tx.add(
        StaffSession(
            token_hash=token_hash(token),
            clerk_id=clerk_id,
            created_at=now,
            seen_at=now,
            address=visitor.address,
            agent=visitor.agent[:200],
        )
    )
    access.add_event(tx, clerk_id, "signed_in", now=now, address=visitor.address, agent=visitor.agent)
    log.info("signed in", clerk=clerk_id, by=way)
    return token


def about(tx: Session, email: str, name: str) -> list[str]:
    """Words that whoever guesses a colleague's password tries first."""
    return [name, email, access.fact(tx, "name"), access.fact(tx, "place")]


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()

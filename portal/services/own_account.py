"""A colleague's own account: password, second factor, sessions, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from db.engine import Database
from db.models import AccountEvent, Clerk, StaffSession
from db.queries import access
from portal.rules import permissions
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound, Refused
from portal.services import accounts, passwords, second_factor, staff_letters, throttle
from portal.services.throttle import Budget

EVENTS_SHOWN = 12
NAME = 16

log = structlog.get_logger()


@dataclass(frozen=True)
class Account:
    """An account as its owner sees it."""

    clerk: Clerk
    sessions: Sequence[StaffSession]
    events: Sequence[AccountEvent]
    codes_left: int
    needs_factor: bool


def read(tx: Session, clerk_id: int, *, now: datetime) -> Account:
    """The account as it stands now."""
    clerk = tx.get_one(Clerk, clerk_id)
    return Account(
        clerk=clerk,
        sessions=sessions(tx, clerk_id, now=now),
        events=access.events(tx, clerk_id, limit=EVENTS_SHOWN),
        codes_left=access.codes_left(tx, clerk_id),
        needs_factor=_needs_factor(tx, clerk),
    )


def sessions(tx: Session, clerk_id: int, *, now: datetime) -> Sequence[StaffSession]:
    """The sessions that still open the desk."""
    return access.live_sessions(tx, clerk_id, seen_since=now - accounts.IDLE, made_since=now - accounts.ABSOLUTE)


def session_name(session: StaffSession) -> str:
    """What a session is called in an address: enough to find it among its owner's, too little to use it."""
    return session.token_hash[:NAME]


def change_password(
    db: Database, by: Actor, old: str, new: str, again: str, *, token: str, language: str, now: datetime
) -> None:
    """A new password for who knows the old one; every other session ends, and a letter says so."""
    clerk = _confirmed(db, by, old, field="old", now=now)
    if new != again:
        raise Refused("İki parola aynı değil.", field="again")
    if new == old:
        raise Refused("Yeni parola eskisinden farklı olmalı.", field="new")
    with db.reading() as tx:
        about = accounts.about(tx, clerk.email, clerk.name)
    passwords.check(new, about=about, field="new")
    stored = passwords.hash_password(new)
    with db.transaction() as tx:
        put_password(tx, clerk.id or 0, stored, but=accounts.token_hash(token), now=now)
        access.add_event(tx, clerk.id or 0, "password_changed", now=now, by_id=by.id)
        staff_letters.queue(tx, clerk.id, "password_changed", language=language, now=now)
    log.info("password changed", clerk=clerk.id)


def put_password(tx: Session, clerk_id: int, stored: str, *, now: datetime, but: str = "") -> None:
    """The password from now on: sessions and links to a new password that came before open nothing any more."""
    access.change_clerk(tx, clerk_id, password_hash=stored, password_changed_at=now)
    access.end_sessions(tx, clerk_id, now=now, but=but)
    access.use_all_keys(tx, clerk_id, now=now)


def offer(db: Database, by: Actor, *, token: str, secret: bytes) -> tuple[Clerk, str]:
    """The secret this session may set up as a second factor, in place of the one there is."""
    with db.reading() as tx:
        clerk = tx.get_one(Clerk, by.id)
    return clerk, second_factor.offered(clerk, accounts.token_hash(token), secret=secret)


def set_up_factor(
    db: Database,
    by: Actor,
    password: str,
    typed: str,
    *,
    token: str,
    secret: bytes,
    language: str,
    now: datetime,
) -> list[str]:
    """A second factor from now on, in place of an earlier one; answers recovery codes. Every other session ends."""
    clerk = _confirmed(db, by, password, field="password", now=now)
    clerk_id = clerk.id or 0
    with db.transaction() as tx:
        clerk = access.lock_clerk(tx, clerk_id) or clerk
        plain = second_factor.offered(clerk, accounts.token_hash(token), secret=secret)
        codes = second_factor.turn_on(tx, clerk, plain, typed, secret=secret, now=now)
        access.end_sessions(tx, clerk_id, now=now, but=accounts.token_hash(token))
        access.add_event(tx, clerk_id, "factor_on", now=now, by_id=clerk_id)
        staff_letters.queue(tx, clerk_id, "factor_changed", language=language, now=now)
    log.info("second factor on", clerk=clerk_id)
    return codes


def turn_factor_off(db: Database, by: Actor, password: str, *, token: str, language: str, now: datetime) -> None:
    """No second step any more, where none is asked of this colleague. Every other session ends."""
    clerk = _confirmed(db, by, password, field="off_password", now=now)
    clerk_id = clerk.id or 0
    with db.transaction() as tx:
        if _needs_factor(tx, clerk):
            raise Refused("Göreviniz için iki adımlı giriş zorunludur; kapatılamaz.", field="off_password")
        second_factor.turn_off(tx, clerk_id, now=now)
        access.end_sessions(tx, clerk_id, now=now, but=accounts.token_hash(token))
        access.add_event(tx, clerk_id, "factor_off", now=now, by_id=clerk_id)
        staff_letters.queue(tx, clerk_id, "factor_changed", language=language, now=now)
    log.info("second factor off", clerk=clerk_id)


def renew_codes(db: Database, by: Actor, password: str, *, secret: bytes, now: datetime) -> list[str]:
    """Ten new recovery codes; the earlier ones are worthless."""
    clerk = _confirmed(db, by, password, field="codes_password", now=now)
    if not second_factor.is_on(clerk):
        raise Refused("Önce iki adımlı girişi açın.", field="codes_password")
    with db.transaction() as tx:
        codes = second_factor.renew_codes(tx, clerk.id or 0, secret=secret)
        access.add_event(tx, clerk.id or 0, "codes_renewed", now=now, by_id=clerk.id)
    log.info("recovery codes renewed", clerk=clerk.id)
    return codes


def end_session(tx: Session, by: Actor, name: str, *, now: datetime) -> str:
    """Ends one of the colleague's own sessions; answers its hash. Somebody else's is not there."""
    found = [each for each in sessions(tx, by.id or 0, now=now) if session_name(each) == name]
    if not found:
        raise NotFound
    found[0].ended_at = now
    access.add_event(tx, by.id or 0, "session_ended", now=now, by_id=by.id)
    log.info("session ended", clerk=by.id, by=by.id)
    return found[0].token_hash


def end_other_sessions(tx: Session, by: Actor, *, token: str, now: datetime) -> int:
    """Ends every session of the colleague's but the one that asks."""
    ended = access.end_sessions(tx, by.id or 0, now=now, but=accounts.token_hash(token))
    if ended:
        access.add_event(tx, by.id or 0, "sessions_ended", now=now, by_id=by.id)
    log.info("sessions ended", clerk=by.id, by=by.id, ended=ended)
    return ended


def _confirmed(db: Database, by: Actor, password: str, *, field: str, now: datetime) -> Clerk:
    """Who types the password once more: a desk left open must not be enough to take an account over."""
    budget = Budget("own-password", str(by.id), accounts.TRIES_PER_ACCOUNT, accounts.TRIES_WITHIN)
    too_many = throttle.TooMany(accounts.TOO_MANY, field=field)
    spent = throttle.spend(db, [budget], now=now, refusal=too_many)
    with db.reading() as tx:
        clerk = tx.get_one(Clerk, by.id)
    if not passwords.verify(password, clerk.password_hash):
        raise Refused(accounts.WRONG_OLD, field=field)
    with db.transaction() as tx:
        access.take_back_tries(tx, spent)
    return clerk


def _needs_factor(tx: Session, clerk: Clerk) -> bool:
    facts = {permissions.SECOND_FACTOR: access.fact(tx, permissions.SECOND_FACTOR)}
    return permissions.needs_second_factor(clerk.role, facts)

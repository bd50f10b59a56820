"""What an administrator does for a colleague's account: telephone lost, laptop stolen, gone or back again."""

from datetime import datetime

import structlog
from sqlmodel import Session

from db.models import Clerk
from db.queries import access, staff
from db.queries import town as stored_town
from portal.rules import permissions
from portal.rules.permissions import Actor
from portal.rules.refusal import NotFound, Refused, msgid
from portal.services import passwords, second_factor, staff_letters

NOT_YOUR_OWN = msgid("Kendi hesabınızı buradan değiştiremezsiniz; “Hesabım” sayfasını kullanın.")

log = structlog.get_logger()


def find(tx: Session, clerk_id: int, *, by: Actor) -> Clerk:
    """A colleague, for who may manage them."""
    permissions.require(by, "staff.manage")
    clerk = tx.get(Clerk, clerk_id)
    if clerk is None:
        raise NotFound
    return clerk


def reset_factor(tx: Session, clerk_id: int, *, by: Actor, now: datetime) -> None:
    """The lost telephone opens nothing any more; where one is owed, the next sign-in asks for another."""
    clerk = _other(tx, clerk_id, by=by)
    if not second_factor.is_on(clerk):
        raise Refused("Bu hesapta iki adımlı giriş kapalı.")
    second_factor.turn_off(tx, clerk_id, now=now)
    _end(tx, clerk_id, "factor_reset", by_id=by.id, now=now)
    staff_letters.queue(tx, clerk_id, "factor_changed", language="tr", now=now)


def end_sessions(tx: Session, clerk_id: int, *, by: Actor, now: datetime) -> None:
    """Signs a colleague out everywhere."""
    _other(tx, clerk_id, by=by)
    _end(tx, clerk_id, "sessions_ended", by_id=by.id, now=now)


def set_active(tx: Session, clerk_id: int, is_active: bool, *, by: Actor, now: datetime) -> None:
    """Lets a colleague in again, or keeps them out from this moment on."""
    clerk = _other(tx, clerk_id, by=by)
    if clerk.is_active == is_active:
        return
    access.change_clerk(tx, clerk_id, is_active=is_active)
    access.use_all_keys(tx, clerk_id, now=now)
    _end(tx, clerk_id, "activated" if is_active else "deactivated", by_id=by.id, now=now)


def ask_factor_of(tx: Session, everybody: bool, *, by: Actor, now: datetime) -> None:
    """Of whom a second factor is asked. Who now owes one is signed out, and led to it at the door."""
    permissions.require(by, "staff.manage")
    if everybody == (access.fact(tx, permissions.SECOND_FACTOR) == permissions.EVERYBODY):
        return
    if everybody:
        stored_town.put_fact(tx, permissions.SECOND_FACTOR, permissions.EVERYBODY)
        for clerk_id in access.without_factor(tx):
            access.end_sessions(tx, clerk_id, now=now)
    else:
        stored_town.forget_fact(tx, permissions.SECOND_FACTOR)
    log.info("setting changed", name=permissions.SECOND_FACTOR, after=everybody, by=by.id)


def reset_password_by_hand(tx: Session, email: str, password: str, *, now: datetime) -> None:
    """At the terminal of the server: a new password for who can read no mail."""
    clerk = _by_email(tx, email)
    stored = passwords.hash_password(password)
    access.change_clerk(tx, clerk.id or 0, password_hash=stored, password_changed_at=now)
    access.use_all_keys(tx, clerk.id or 0, now=now)
    _end(tx, clerk.id or 0, "password_reset", by_id=None, now=now)


def reset_factor_by_hand(tx: Session, email: str, *, now: datetime) -> None:
    """At the terminal of the server: no second step any more for who has lost telephone and codes."""
    clerk = _by_email(tx, email)
    second_factor.turn_off(tx, clerk.id or 0, now=now)
    _end(tx, clerk.id or 0, "factor_reset", by_id=None, now=now)


def _by_email(tx: Session, email: str) -> Clerk:
    clerk = staff.by_email(tx, email.strip().lower())
    if clerk is None:
        raise Refused("Bu e-posta adresiyle kayıtlı bir personel yok.", field="email")
    return clerk


def _other(tx: Session, clerk_id: int, *, by: Actor) -> Clerk:
    clerk = find(tx, clerk_id, by=by)
    if clerk.id == by.id:
        raise Refused(NOT_YOUR_OWN)
    return clerk


def _end(tx: Session, clerk_id: int, kind: str, *, by_id: int | None, now: datetime) -> None:
    ended = access.end_sessions(tx, clerk_id, now=now)
    access.add_event(tx, clerk_id, kind, now=now, by_id=by_id)
    log.info("account changed", clerk=clerk_id, what=kind, by=by_id, ended=ended)

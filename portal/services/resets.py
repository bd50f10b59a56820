"""A forgotten password: a link by mail, once and for an hour. Whether an account exists is told to nobody."""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from db.engine import Database
from db.models import Clerk
from db.queries import access, staff
from portal.rules import references
from portal.rules.refusal import Refused, msgid
from portal.services import accounts, own_account, passwords, staff_letters, throttle
from portal.services.accounts import Visitor
from portal.services.throttle import Budget

WITHIN = timedelta(hours=1)
LETTERS_PER_ACCOUNT = 5
LETTERS_PER_ADDRESS = 20
LETTERS_IN_ALL = 100

TOO_MANY = msgid("Bu adresten çok sayıda parola isteği geldi. Bir saat sonra yeniden deneyin.")
LINK_OVER = msgid("Bu bağlantı geçersiz: süresi dolmuş veya daha önce kullanılmış. Yeni bir bağlantı isteyin.")

log = structlog.get_logger()


class LinkOver(Refused):
    """The link opens nothing, or nothing any more."""


def ask(db: Database, email: str, *, visitor: Visitor, secret: bytes, language: str, now: datetime) -> None:
    """Queues a letter with a link where there is such a colleague, and does as much where there is none."""
    email = email.strip().lower()
    everywhere = [
        Budget("reset-from", visitor.address, LETTERS_PER_ADDRESS, WITHIN),
        Budget("reset-all", "", LETTERS_IN_ALL, WITHIN),
    ]
    throttle.spend(db, everywhere, now=now, refusal=throttle.TooMany(TOO_MANY, field="email"))
    own = Budget("reset", throttle.hidden(email), LETTERS_PER_ACCOUNT, WITHIN)
    try:
        throttle.spend(db, [own], now=now, refusal=throttle.TooMany(TOO_MANY, field="email"))
    except throttle.TooMany:
        # Told apart from nothing: the letters already sent still open the way.
        log.warning("reset letter refused", why="tries")
        return
    with db.transaction() as tx:
        clerk = staff.by_email(tx, email)
        clerk_id = clerk.id if clerk and clerk.is_active else None
        staff_letters.queue_link(tx, clerk_id, secret=secret, language=language, now=now)
    log.info("reset letter asked", clerk=clerk_id)


def opened(tx: Session, key: str, *, now: datetime) -> Clerk:
    """Whose password a link's key may set."""
    clerk = access.letter_by_key(tx, references.key_hash(key), since=now - staff_letters.LINK_LASTS) if key else None
    if clerk is None:
        raise LinkOver(LINK_OVER)
    return clerk


def redeem(db: Database, key: str, new: str, again: str, *, visitor: Visitor, language: str, now: datetime) -> int:
    """A new password for who holds the letter; answers whose. All sessions end, and the second step stays."""
    with db.reading() as tx:
        clerk = opened(tx, key, now=now)
        about = accounts.about(tx, clerk.email, clerk.name)
    if new != again:
        raise Refused("İki parola aynı değil.", field="again")
    passwords.check(new, about=about, field="new")
    stored = passwords.hash_password(new)
    with db.transaction() as tx:
        clerk_id = opened(tx, key, now=now).id or 0
        if not access.use_key(tx, references.key_hash(key), now=now):
            raise LinkOver(LINK_OVER)
        own_account.put_password(tx, clerk_id, stored, now=now)
        access.add_event(tx, clerk_id, "password_reset", now=now, address=visitor.address, agent=visitor.agent)
        staff_letters.queue(tx, clerk_id, "password_changed", language=language, now=now)
    log.info("password reset", clerk=clerk_id)
    return clerk_id

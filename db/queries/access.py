"""What sign-in stores beside sessions: tries, half sessions, recovery codes, letters to colleagues, account events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from db.models import (
    AccountEvent,
    Attempt,
    Clerk,
    ClerkDepartment,
    HalfSession,
    RecoveryCode,
    StaffLetter,
    StaffSession,
    TownFact,
)


def note_tries(tx: Session, tries: Iterable[tuple[str, str]], *, now: datetime) -> list[int]:
    """Write down what is about to be tried; answers the rows, so that they can be taken back."""
    rows = [Attempt(kind=kind, key=key, at=now) for kind, key in tries]
    tx.add_all(rows)
    tx.flush()
    return [row.id or 0 for row in rows]


def take_back_tries(tx: Session, ids: Sequence[int]) -> None:
    if ids:
        tx.execute(delete(Attempt).where(col(Attempt.id).in_(ids)))


def start_half(tx: Session, token_hash: str, clerk_id: int, *, now: datetime) -> None:
    tx.add(HalfSession(token_hash=token_hash, clerk_id=clerk_id, created_at=now))


def half(tx: Session, token_hash: str, *, since: datetime) -> Clerk | None:
    """Who stands half way in, as long as that lasts."""
    return tx.exec(
        select(Clerk)
        .join(HalfSession, col(HalfSession.clerk_id) == Clerk.id)
        .where(HalfSession.token_hash == token_hash, HalfSession.created_at > since, col(Clerk.is_active))
    ).one_or_none()


def end_half(tx: Session, token_hash: str) -> bool:
    """Takes a half session away, and says whether it was there."""
    done = tx.execute(delete(HalfSession).where(col(HalfSession.token_hash) == token_hash))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def live_sessions(tx: Session, clerk_id: int, *, seen_since: datetime, made_since: datetime) -> Sequence[StaffSession]:
    """The sessions somebody could still use, the one used last first."""
    return tx.exec(
        select(StaffSession)
        .where(
            StaffSession.clerk_id == clerk_id,
            col(StaffSession.ended_at).is_(None),
            StaffSession.seen_at > seen_since,
            StaffSession.created_at > made_since,
        )
        .order_by(col(StaffSession.seen_at).desc())
    ).all()


def end_sessions(tx: Session, clerk_id: int, *, now: datetime, but: str = "") -> int:
    """Ends a colleague's sessions, whole and half, except the one named; answers how many whole ones ended."""
    tx.execute(delete(HalfSession).where(col(HalfSession.clerk_id) == clerk_id))
    done = tx.execute(
        update(StaffSession)
        .where(
            col(StaffSession.clerk_id) == clerk_id,
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.token_hash) != but,
        )
        .values(ended_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def use_step(tx: Session, clerk_id: int, step: int) -> bool:
    """Marks the thirty seconds of a code as used; false when they or later ones already were."""
    done = tx.execute(
        update(Clerk).where(col(Clerk.id) == clerk_id, col(Clerk.totp_step) < step).values(totp_step=step)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def use_code(tx: Session, clerk_id: int, code_hash: str, *, now: datetime) -> bool:
    """Marks a recovery code as used; false when there is none, or no longer."""
    done = tx.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.clerk_id) == clerk_id,
            col(RecoveryCode.code_hash) == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def replace_codes(tx: Session, clerk_id: int, hashes: Iterable[str]) -> None:
    """These recovery codes in place of all earlier ones."""
    tx.execute(delete(RecoveryCode).where(col(RecoveryCode.clerk_id) == clerk_id))
    if rows := [{"clerk_id": clerk_id, "code_hash": each} for each in hashes]:
        tx.execute(insert(RecoveryCode), rows)


def codes_left(tx: Session, clerk_id: int) -> int:
    return tx.exec(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.clerk_id == clerk_id, col(RecoveryCode.used_at).is_(None))
    ).one()


def change_clerk(tx: Session, clerk_id: int, **values: Any) -> None:
    tx.execute(update(Clerk).where(col(Clerk.id) == clerk_id).values(**values))


def lock_clerk(tx: Session, clerk_id: int) -> Clerk | None:
    """The colleague as stored now, whom nobody else changes until this transaction ends."""
    return tx.exec(
        select(Clerk).where(Clerk.id == clerk_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def add_event(
    tx: Session,
    clerk_id: int,
    kind: str,
    *,
    now: datetime,
    by_id: int | None = None,
    address: str = "",
    agent: str = "",
) -> None:
    tx.add(AccountEvent(clerk_id=clerk_id, kind=kind, at=now, by_id=by_id, address=address[:64], agent=agent[:200]))


def events(tx: Session, clerk_id: int, *, limit: int) -> Sequence[AccountEvent]:
    """What happened to an account, newest first."""
    return tx.exec(
        select(AccountEvent).where(AccountEvent.clerk_id == clerk_id).order_by(col(AccountEvent.id).desc()).limit(limit)
    ).all()


def add_letter(tx: Session, **values: Any) -> None:
    tx.add(StaffLetter(**values))


def claim_letter(tx: Session, *, now: datetime, hold: timedelta) -> tuple[StaffLetter, Clerk] | None:
    """Take the letter that has waited longest; nobody else gets it until the hold ends."""
    row = tx.exec(
        select(StaffLetter, Clerk)
        .join(Clerk, col(Clerk.id) == StaffLetter.clerk_id)
        .where(StaffLetter.state == "waiting", col(StaffLetter.next_try_at) <= now)
        .order_by(col(StaffLetter.next_try_at), col(StaffLetter.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=StaffLetter)
    ).one_or_none()
    if row is None:
        return None
    letter, clerk = row
    letter.next_try_at = now + hold
    letter.attempts += 1
    tx.flush()
    return letter, clerk


def change_letter(tx: Session, letter_id: int, **values: Any) -> None:
    """Change a letter that is still waiting."""
    tx.execute(
        update(StaffLetter)
        .where(col(StaffLetter.id) == letter_id, col(StaffLetter.state) == "waiting")
        .values(**values)
    )


def letter_by_key(tx: Session, key_hash: str, *, since: datetime) -> Clerk | None:
    """Whose unused letter carried this key, as long as that lasts."""
    return tx.exec(
        select(Clerk)
        .join(StaffLetter, col(StaffLetter.clerk_id) == Clerk.id)
        .where(
            StaffLetter.key_hash == key_hash,
            col(StaffLetter.used_at).is_(None),
            StaffLetter.created_at > since,
            col(Clerk.is_active),
        )
    ).one_or_none()


def use_key(tx: Session, key_hash: str, *, now: datetime) -> bool:
    """Marks a key as used; false when it already was."""
    done = tx.execute(
        update(StaffLetter)
        .where(col(StaffLetter.key_hash) == key_hash, col(StaffLetter.used_at).is_(None))
        .values(used_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def use_all_keys(tx: Session, clerk_id: int, *, now: datetime) -> None:
    """No key in any letter to this colleague opens anything any more."""
    tx.execute(
        update(StaffLetter)
        .where(col(StaffLetter.clerk_id) == clerk_id, col(StaffLetter.used_at).is_(None))
        .values(used_at=now)
    )


def everybody(tx: Session) -> Sequence[Clerk]:
    """All colleagues, those who have left last, by name."""
    return tx.exec(select(Clerk).order_by(col(Clerk.is_active).desc(), col(Clerk.name), col(Clerk.id))).all()


def departments_of_all(tx: Session) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = tx.exec(
        select(ClerkDepartment.clerk_id, ClerkDepartment.department_id).order_by(col(ClerkDepartment.department_id))
    )
    for clerk_id, department_id in rows:
        found.setdefault(clerk_id, []).append(department_id)
    return found


def last_seen(tx: Session) -> Mapping[int, datetime]:
    """When each colleague was last there."""
    rows = tx.exec(
        select(StaffSession.clerk_id, func.max(col(StaffSession.seen_at))).group_by(col(StaffSession.clerk_id))
    )
    return {clerk_id: seen for clerk_id, seen in rows if seen is not None}


def fact(tx: Session, name: str) -> str:
    """One fact about the town as it stands now, or nothing."""
    found = tx.get(TownFact, name)
    return found.words if found else ""


def without_factor(tx: Session) -> Sequence[int]:
    """The colleagues who have no second factor."""
    found = tx.exec(select(Clerk.id).where(Clerk.totp_secret == "")).all()
    return [each for each in found if each is not None]


def forget(tx: Session, *, halves: datetime, letters: datetime, events: datetime) -> None:
    """Drop what is older than these moments."""
    tx.execute(delete(HalfSession).where(col(HalfSession.created_at) < halves))
    tx.execute(delete(StaffLetter).where(col(StaffLetter.created_at) < letters))
    tx.execute(delete(AccountEvent).where(col(AccountEvent.at) < events))

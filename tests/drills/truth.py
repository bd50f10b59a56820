"""What people were shown, compared with what is stored and what arrived."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, select

from db.engine import Database
from db.models import Attachment, Callback, Case, CaseEvent, Clock, Outgoing, Submission
from portal import channels
from portal.services import attachments, delivery
from portal.services.townbook import TownBook
from tests.drills.people import Log, Mailbox
from tests.drills.score import Line
from tests.drills.stage import Installation


def send_the_rest(place: Installation, *, now: datetime) -> None:
    """What the worker would do when every hold has run out: at a later moment, in this process."""
    settings = place.settings
    with closing(Database(settings.database_url)) as db:
        town = TownBook(db).town(now=now)
        for sender in channels.senders(settings):
            for round_ in range(20):
                at = now + timedelta(minutes=6 * round_)
                done = delivery.deliver_due(
                    db, sender, secret=settings.secret, base_url=settings.base_url, town=town, now=at, limit=100_000
                )
                if not done and not _waiting(db):
                    break


def _waiting(db: Database) -> int:
    with db.reading() as tx:
        found = select(func.count()).select_from(Outgoing).where(Outgoing.state.in_(("waiting", "leaving")))  # type: ignore[attr-defined]
        return tx.exec(found).one()


def lines(line: str, place: Installation, log: Log, box: Mailbox | None) -> Iterator[Line]:
    """One line for each thing that must be true."""
    settings, where = place.settings, f"on {place.engine}"
    with closing(Database(settings.database_url)) as db, db.reading() as tx:
        submissions = {each.reference: each for each in tx.exec(select(Submission))}
        by_mark = Counter(each.words.rpartition(" ")[2] for each in submissions.values())
        kept = sum(
            reference in submissions and submissions[reference].words.endswith(mark)
            for mark, reference in log.references.items()
        )
        yield Line(line, f"numbers that were shown are there, {where}", len(log.references), kept)
        once = sum(by_mark[mark] <= 1 for mark in log.written)
        yield Line(line, f"forms that became one case at most, {where}", len(log.written), once)
        yield _photos(line, tx, place, log, where)
        changes = {each.words: each.case_id for each in tx.exec(select(CaseEvent).where(CaseEvent.words != ""))}
        there = sum(
            words in changes and changes[words] == submissions[ref].case_id for words, ref in log.changes.items()
        )
        yield Line(line, f"changes that were acknowledged are there, {where}", len(log.changes), there)
        yield from _whole(line, tx, where)
        if box is not None:
            yield from _letters(line, tx, box, where)
    seen = ", ".join(f"{status}: {count}" for status, count in sorted(log.statuses.items()))
    answers = sum(log.statuses.values())
    told = "; ".join(sorted(set(log.strange))[:3])
    yield Line(line, f"answers without a fault, {where}", answers, answers - len(log.strange), f"{seen} {told}".strip())


def _photos(line: str, tx: Session, place: Installation, log: Log, where: str) -> Line:
    store, tried, held = attachments.store(place.settings.data_dir), 0, 0
    owners = {each.id: each.words.rpartition(" ")[2] for each in tx.exec(select(Submission))}
    shots: Counter[str] = Counter()
    for shot in tx.exec(select(Attachment)):
        tried += 1
        content = attachments.fetch(store, shot.name)
        small = attachments.fetch(store, shot.name, small=True)
        held += hashlib.sha256(content).hexdigest() == shot.sha256 and len(small) > 0
        if shot.submission_id:
            shots[owners[shot.submission_id]] += 1
    wanted = {mark: number for mark, number in log.photos.items() if number}
    held += sum(shots[mark] == number for mark, number in wanted.items())
    return Line(line, f"photos are whole and with their case, {where}", tried + len(wanted), held)


def _whole(line: str, tx: Session, where: str) -> Iterator[Line]:
    """No half of an act: what belongs together was committed together."""
    cases = tx.exec(select(Case)).all()
    opened = Counter(tx.exec(select(CaseEvent.case_id).where(CaseEvent.kind == "opened")))
    clocks = set(tx.exec(select(Clock.case_id)))
    told = set(tx.exec(select(Outgoing.case_id).where(Outgoing.kind == "received")))
    asked = Counter(tx.exec(select(Submission.case_id)))
    whole = sum(
        opened[each.id] == 1 and each.id in clocks and each.id in told and asked[each.id] == 1 for each in cases
    )
    yield Line(line, f"cases with their event, clock, letter and words, {where}", len(cases), whole)
    events = Counter(tx.exec(select(CaseEvent.case_id)))
    # The case begins at version 1 with its first event; each change is one version and one event.
    gapless = sum(each.version == events[each.id] for each in cases)
    yield Line(line, f"cases whose versions and events agree, {where}", len(cases), gapless)
    answers = Counter(tx.exec(select(CaseEvent.case_id).where(CaseEvent.kind == "status", CaseEvent.words != "")))
    letters = Counter(tx.exec(select(Outgoing.case_id).where(Outgoing.kind.in_(("reply", "closing")))))  # type: ignore[attr-defined]
    yield Line(
        line,
        f"answers that came with their letter, {where}",
        sum(answers.values()),
        sum((answers & letters).values()),
    )


def _letters(line: str, tx: Session, box: Mailbox, where: str) -> Iterator[Line]:
    arrived = box.letters
    yield Line(line, f"letters that arrived once, {where}", len(arrived), sum(n == 1 for n in arrived.values()))
    # In a folder that was used before, the letters of that time are in nobody's mailbox any more.
    written = select(Outgoing).where(Outgoing.channel == "email", Outgoing.created_at >= box.opened_at)
    rows = tx.exec(written).all()
    called = set(tx.exec(select(Callback.outgoing_id)))
    fine = sum(
        (each.state == "sent" and arrived[each.message_id] == 1) or (each.state == "unsure" and each.id in called)
        for each in rows
    )
    unsure = sum(each.state == "unsure" for each in rows)
    yield Line(
        line,
        f"letters that arrived, or a call is owed, {where}",
        len(rows),
        fine,
        f"{unsure} calls" if unsure else "",
    )

from datetime import UTC, datetime

from sqlmodel import select

from db.models import Case, Outgoing, Submission
from db.queries import cases as stored
from portal import opening
from portal.rules.lifecycle import STEPS, Status
from portal.seeding import demo
from portal.services import accounts

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_the_demo_shows_every_status_late_and_due_today_and_writes_to_nobody(db):
    with db.transaction() as tx:
        for each in opening.DEMO_STAFF:
            facts = {"email": each.email, "name": each.name, "role": each.role, "departments": each.departments}
            accounts.add_clerk(tx, **facts, password="kirmizi-balik-72", now=NOW)

    demo.write(db, secret=b"s" * 32, now=NOW)

    with db.reading() as tx:
        cases = tx.exec(select(Case)).all()
        letters = tx.exec(select(Outgoing)).all()
        submissions = tx.exec(select(Submission)).all()
        replied = {case.id for case in cases if any(event.words for event in stored.events(tx, case))}
    assert {case.status for case in cases} == set(Status) - {Status.MERGED}
    assert len(submissions) == len(cases) >= 50
    due = [case.due_at for case in cases if case.due_at]
    assert any(at < NOW for at in due)
    assert any(at.date() == NOW.date() and at > NOW for at in due)
    assert not [letter for letter in letters if letter.state == "waiting"]
    assert all(case.changed_at <= NOW for case in cases)
    owing = {case.id for case in cases if STEPS[Status(case.status)].owes_reply}
    assert owing <= replied

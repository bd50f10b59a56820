"""A few dozen recent cases for a first look, written through the same services as real ones."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import update
from sqlmodel import Session, col

from db.engine import Database
from db.models import Outgoing
from db.queries import cases, staff
from portal.clock import ISTANBUL
from portal.rules.lifecycle import Status
from portal.rules.refusal import NotFound
from portal.rules.reporting import Report
from portal.seeding import story, voices
from portal.seeding.story import Story
from portal.seeding.world import World
from portal.services import casework, inbox, intake, outbox, townbook
from portal.services.accounts import SignedIn
from portal.services.casework import Move
from portal.services.intake import Intake
from portal.services.townbook import Town

SEED = 153
_QUESTION = "Kapı numarasını ve sorunun tam yerini yazar mısınız?"
_DECLINE = (
    "Ekibimiz yerinde inceleme yaptı; belirttiğiniz sorun görülmedi. Yanıtımıza katılmıyorsanız 30 gün içinde "
    "bu sayfadan itiraz edebilirsiniz."
)
_OBJECTION = "Bir gün sonra aynı yerde yeniden oldu, sorun çözülmedi."
_NOTE = "Ekiple görüşüldü, malzeme hazır. Yarın sabah ilk iş olarak gidilecek."
_PATHS: Mapping[str, tuple[Status, ...]] = {
    "new": (),
    "assigned": (Status.ASSIGNED,),
    "in_progress": (Status.ASSIGNED, Status.IN_PROGRESS),
    "planned": (Status.ASSIGNED, Status.IN_PROGRESS, Status.PLANNED),
    "waiting": (Status.ASSIGNED, Status.WAITING),
    "external": (Status.EXTERNAL,),
    "resolved": (Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED),
    "declined": (Status.ASSIGNED, Status.DECLINED),
    "withdrawn": (Status.WITHDRAWN,),
    "objected": (Status.ASSIGNED, Status.RESOLVED, Status.OBJECTED),
}
# What about, how many days ago, how far it has come.
_CASES = (
    ("YOL-01", 0, "new"), ("YOL-01", 1, "new"), ("YOL-02", 0, "new"), ("YOL-04", 1, "assigned"),
    ("YOL-01", 3, "in_progress"), ("YOL-01", 5, "in_progress"), ("YOL-01", 6, "assigned"), ("YOL-01", 7, "in_progress"),
    ("YOL-01", 8, "in_progress"), ("YOL-01", 11, "assigned"), ("YOL-04", 13, "in_progress"), ("YOL-02", 9, "planned"),
    ("YOL-03", 20, "planned"), ("YOL-06", 6, "waiting"), ("YOL-06", 12, "in_progress"), ("YOL-01", 15, "resolved"),
    ("YOL-01", 18, "resolved"), ("YOL-04", 22, "resolved"), ("YOL-02", 25, "declined"), ("YOL-01", 10, "objected"),
    ("YOL-02", 16, "withdrawn"), ("PRK-01", 0, "new"), ("PRK-04", 2, "assigned"), ("PRK-03", 4, "in_progress"),
    ("PRK-01", 12, "planned"), ("PRK-04", 9, "in_progress"), ("PRK-03", 15, "resolved"), ("PRK-05", 20, "assigned"),
    ("SU-02", 0, "in_progress"), ("SU-01", 1, "resolved"), ("SU-05", 2, "assigned"), ("SU-04", 3, "resolved"),
    ("SU-07", 7, "waiting"), ("SU-03", 1, "new"), ("TEM-01", 0, "new"), ("TEM-01", 2, "resolved"),
    ("TEM-03", 1, "in_progress"), ("TEM-02", 6, "assigned"), ("TEM-04", 3, "resolved"), ("ZBT-01", 1, "new"),
    ("ZBT-02", 2, "in_progress"), ("ZBT-05", 5, "assigned"), ("ZBT-02", 9, "declined"), ("HAY-01", 0, "new"),
    ("HAY-01", 1, "in_progress"), ("HAY-03", 2, "resolved"), ("HAY-05", 4, "planned"), ("SOS-01", 3, "assigned"),
    ("SOS-01", 8, "in_progress"), ("SOS-02", 4, "resolved"), ("SOS-03", 12, "resolved"), ("IMR-01", 4, "assigned"),
    ("IMR-02", 5, "in_progress"), ("IMR-05", 7, "resolved"), ("YOL-07", 2, "external"), ("YOL-07", 10, "external"),
    ("ULA-01", 3, "assigned"), ("ULA-04", 1, "resolved"), ("IDR-01", 6, "in_progress"), ("IDR-05", 2, "resolved"),
)  # fmt: skip


def write(db: Database, *, secret: bytes, now: datetime) -> None:
    """Write the demo's cases, as if the last weeks had happened; nobody real is written to."""
    rng = Random(SEED)  # noqa: S311 (invented people, the same every time)
    with db.transaction() as tx:
        town, world = townbook.read(tx), World.read(tx, until=now, secret=secret)
        desk = _Desk(tx, town)
        for code, days_ago, status in _CASES:
            received_at = _received(rng, now, days_ago)
            told = story.tell(world, rng, code, received_at, reference="")
            _live(tx, rng, told, status, desk=desk, secret=secret, now=now)


class _Desk:
    """The demo's colleagues, and whose case is whose."""

    def __init__(self, tx: Session, town: Town) -> None:
        self.town = town
        self.nur = _colleague(tx, "nur@demo.example")
        self.kemal = _colleague(tx, "kemal@demo.example")
        self.deniz = _colleague(tx, "deniz@demo.example")

    def clerk_for(self, department_id: int) -> SignedIn:
        """A clerk of the department, else the coordinator."""
        return next((each for each in (self.kemal, self.deniz) if department_id in each.department_ids), self.nur)


def _colleague(tx: Session, email: str) -> SignedIn:
    clerk = staff.by_email(tx, email)
    if clerk is None or clerk.id is None:
        raise NotFound
    return SignedIn(clerk.id, clerk.name, clerk.email, clerk.role, staff.departments_of(tx, clerk.id))


def _received(rng: Random, now: datetime, days_ago: int) -> datetime:
    """A moment of that day; of today, one that has already passed."""
    if days_ago == 0:
        return now - timedelta(minutes=rng.randint(8, 170))
    at = (now - timedelta(days=days_ago)).astimezone(ISTANBUL)
    return at.replace(hour=rng.randint(9, 16), minute=rng.randint(0, 59)).astimezone(now.tzinfo)


def _live(tx: Session, rng: Random, told: Story, status: str, *, desk: _Desk, secret: bytes, now: datetime) -> None:
    """Let a case happen, from its report to where it stands today."""
    receipt = intake.open_case(
        tx, _report(told), Intake(channel=told.channel), town=desk.town, secret=secret, now=told.received_at
    )
    path = _PATHS[status]
    for to, at in zip(path, _moments(told.received_at, now, len(path)), strict=True):
        _move(tx, rng, receipt.reference, to, desk=desk, at=at, category=told.category.code)
    _let_letters_arrive(tx, receipt.case_id)
    case = cases.by_reference(tx, receipt.reference)
    if case is not None:
        outbox.settle(tx, case, now=case.changed_at)


def _report(told: Story) -> Report:
    return Report(
        words=told.words,
        category_code=told.category.code,
        neighbourhood_code=told.quarter.code if told.quarter else "",
        street=told.street,
        place_note=told.place_note,
        latitude=told.latitude,
        longitude=told.longitude,
        answers={key: tuple(given) for key, given in told.answers.items()},
        is_anonymous=not told.name,
        name=told.name,
        phone=told.phone,
        email=told.email,
        # The demo's photos are in nobody's telephone: a category that insists on one is taken at the counter.
        photos=1,
    )


def _moments(start: datetime, end: datetime, number: int) -> Iterator[datetime]:
    """Moments between two others, the last of them long enough ago to be believed."""
    for place in range(number):
        yield start + (end - start) * 0.85 * (place + 1) / (number + 1)


def _move(tx: Session, rng: Random, reference: str, to: Status, *, desk: _Desk, at: datetime, category: str) -> None:
    case = cases.by_reference(tx, reference)
    if case is None or case.id is None:
        raise NotFound
    clerk, town = desk.clerk_for(case.department_id), desk.town
    if to == Status.OBJECTED:
        submission = cases.submissions(tx, case)[0]
        inbox.add_information(tx, case, submission, _OBJECTION, form_id=f"demo-{reference}", town=town, now=at)
    elif to == Status.ASSIGNED and clerk is not desk.nur:
        assigned = {"department_id": case.department_id, "assignee_id": clerk.id}
        casework.assign(tx, case, **assigned, seen=case.version, by=desk.nur, town=town, now=at)
    else:
        move = Move(to=to, **_owed(rng, to, category, at))  # type: ignore[arg-type]
        casework.change_status(tx, case, move, seen=case.version, by=clerk, town=town, now=at)
    if to == Status.IN_PROGRESS:
        casework.add_note(tx, case, _NOTE, seen=case.version, by=clerk, now=at + timedelta(minutes=1))


def _owed(rng: Random, to: Status, category: str, at: datetime) -> Mapping[str, object]:
    """What a move owes: words for the applicant, a reason, a day."""
    if to == Status.WAITING:
        return {"reply": _QUESTION}
    if to == Status.RESOLVED:
        return {"reply": voices.pick(rng, voices.texts()[category].done)}
    if to == Status.DECLINED:
        return {"reply": _DECLINE, "reason": "not_found_on_site"}
    if to == Status.PLANNED:
        return {"planned_on": (at + timedelta(days=rng.randint(12, 30))).astimezone(ISTANBUL).date()}
    return {}


def _let_letters_arrive(tx: Session, case_id: int) -> None:
    """The demo's people do not exist: their letters count as delivered and none leaves the house."""
    waiting = (col(Outgoing.case_id) == case_id, col(Outgoing.state) == "waiting")
    tx.execute(update(Outgoing).where(*waiting).values(state="sent", sent_at=Outgoing.created_at))

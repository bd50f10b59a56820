"""A first look: some sixty recent matters (scenes.csv), brought to where they stand by the real services."""

import csv
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import structlog
from sqlmodel import Session, select

from db.engine import Database
from db.models import Case, Clerk
from db.queries import cases, staff
from portal.channels import DeliveryFailed, Letter
from portal.clock import ISTANBUL
from portal.rules import deadlines, references
from portal.rules.lifecycle import Status
from portal.rules.reporting import Report
from portal.seeding import filings, plan, story, voices
from portal.seeding.filings import Filing
from portal.seeding.life import Life
from portal.seeding.plan import Step
from portal.seeding.story import AT_THE_DESK, Story
from portal.seeding.world import World
from portal.services import (
    applications,
    casework,
    clocks,
    delivery,
    drafts,
    enclosures,
    history,
    inbox,
    intake,
    official,
)
from portal.services.accounts import SignedIn
from portal.services.casework import Move
from portal.services.intake import Intake
from portal.services.proceedings import performing

_FULL_MAILBOX = "dolu-kutu.example"


@dataclass(frozen=True)
class Scene:
    """A matter, how many days ago it came, and what has been done about it since."""

    code: str
    days: str
    channel: str
    acts: str
    email: str


_NOTE = "Ekiple görüşüldü; yarın sabah yerinde bakılacak."
_REPLY = "Talebiniz elimize ulaştı. Yer incelemesi bu hafta yapılacak, sonucu size ayrıca yazacağız."
_RETURN = "Sokak tabelasını birimimiz takmıyor; yol ekibinin işi."


def write(db: Database, *, secret: bytes, folder: Path, now: datetime) -> None:
    """Fill an empty town with recent matters in every status; does nothing where there is any case."""
    now = now.replace(microsecond=0)
    with db.reading() as tx:
        if tx.exec(select(Case.id).limit(1)).first() is not None:
            return
        stage = Stage(db, World.read(tx, until=now, secret=secret), _colleagues(tx), now=now)
    with _quietly(), (Path(__file__).parent / "scenes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            stage.play(Scene(**row))
        for filing in filings.filings(now):
            stage.file(filing, folder)
    stage.merge("SU-01", now - timedelta(days=1))


@contextmanager
def _quietly() -> Iterator[None]:
    # Letters of the past are no news to whoever starts a demo.
    before = structlog.get_config()
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


class Stage:
    """Plays scenes through the services, each act at its own moment of the past."""

    def __init__(self, db: Database, world: World, colleagues: Sequence[SignedIn], *, now: datetime) -> None:
        self._db, self._world, self._now = db, world, now
        self._colleagues = colleagues
        self._rng = Random("demo")  # noqa: S311
        self._forms = (f"demo-{number}" for number in count(1))

    def play(self, scene: Scene) -> None:
        """Open the case and do to it what the scene says, one act after another up to now."""
        received_at = self._received(scene)
        told = story.tell(self._world, self._rng, scene.code, received_at, reference="", channel=scene.channel)
        told = replace(told, email=scene.email or told.email)
        reference = self._open(told)
        acts = scene.acts.split()
        for number, act in enumerate(acts, start=1):
            at = _moment_of(number, len(acts), received_at, self._now)
            with self._db.transaction() as tx:
                case = cases.by_reference(tx, reference)
                if case is not None:
                    _ACTS[act](self, tx, case, at)
            self._post(at)

    def file(self, filing: Filing, folder: Path) -> None:
        """Take a written application, and do about it what was done, each act with its letter."""
        received_at, acts = filings.moments(filing, self._now)
        town, clerk, store = self._world.town, self._of_role("coordinator"), official.store(folder)
        files = enclosures.store(folder)
        with self._db.transaction() as tx:
            draft, _ = drafts.begin(tx, now=received_at)
            for purpose, title in filing.enclosed:
                page = filings.page(title)
                file = enclosures.read(page, f"{title}.pdf", purpose)
                enclosures.put(files, file, page)
                enclosures.add_to_draft(tx, draft, file, now=received_at)
            door = Intake(channel="web", form_id=next(self._forms), draft_id=draft.id)
            secret = self._world.secret
            receipt = applications.open_application(tx, filing.form, door, town=town, secret=secret, now=received_at)
        self._post(received_at)
        for at, act in acts:
            with self._db.transaction() as tx:
                case = cases.get(tx, receipt.case_id)
                performing.perform(tx, case, act, seen=case.version, by=clerk, town=town, store=store, now=at)
            self._post(at)

    def merge(self, code: str, at: datetime) -> None:
        """A repeat of an earlier matter, joined to it."""
        with self._db.transaction() as tx:
            category = self._world.categories[code]
            master = tx.exec(select(Case.reference).where(Case.category_id == category.id)).first() or ""
            number = references.new_reference()
            told = story.tell(self._world, self._rng, code, at, reference=number, channel="whatsapp")
            words = f"Aynı konudaki {references.grouped(master)} numaralı başvuruyla birleştirilmiştir."
            steps = (
                Step(at + timedelta(minutes=20), Status.ASSIGNED, "assigned"),
                Step(at + timedelta(minutes=50), Status.MERGED, words=words, reason=master),
            )
            history.write(tx, [Life(self._world, self._rng, told).live(iter(steps)).past_case()])

    def _received(self, scene: Scene) -> datetime:
        """Some hours ago, or in the daytime of an earlier day."""
        if scene.days == "due today":
            return self._due_today(scene.code)
        days = float(scene.days)
        if days < 1:
            return self._now - timedelta(days=days)
        today = self._now.astimezone(ISTANBUL).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=days) + timedelta(hours=8, minutes=int(self._rng.random() * 540))

    def _due_today(self, code: str) -> datetime:
        """The latest moment from which the time of such a matter ends today; yesterday where there is none."""
        category, calendar = self._world.categories[code], self._world.town.calendar
        today = self._now.astimezone(ISTANBUL).date()
        for minutes in range(30, 20 * 24 * 60, 10):
            at = self._now - timedelta(minutes=minutes)
            due_at, _ = clocks.first_due(category, at, calendar)
            if deadlines.local_day(due_at) == today and due_at > self._now:
                return at
        return self._now - timedelta(days=1)

    def _open(self, told: Story) -> str:
        report = Report(
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
        )
        door = Intake(channel=told.channel, form_id=next(self._forms))
        by = self._of_role("operator") if told.channel in AT_THE_DESK else None
        with self._db.transaction() as tx:
            receipt = intake.open_case(
                tx, report, door, town=self._world.town, secret=self._world.secret, now=told.received_at, by=by
            )
        self._post(told.received_at)
        return receipt.reference

    def _post(self, at: datetime) -> None:
        delivery.deliver_due(
            self._db, _Postman(), secret=self._world.secret, base_url="", town=self._world.town, now=at
        )

    def _assign(self, tx: Session, case: Case, at: datetime) -> None:
        mine = [each for each in self._colleagues if each.role == "clerk" and case.department_id in each.department_ids]
        casework.assign(
            tx,
            case,
            department_id=case.department_id,
            assignee_id=mine[0].id if mine else None,
            seen=case.version,
            by=self._of_role("coordinator"),
            town=self._world.town,
            now=at,
        )

    def _move(self, tx: Session, case: Case, at: datetime, move: Move) -> None:
        casework.change_status(
            tx, case, move, seen=case.version, by=self._worker_of(case), town=self._world.town, now=at
        )

    def _take(self, tx: Session, case: Case, at: datetime) -> None:
        self._move(tx, case, at, Move(Status.IN_PROGRESS))

    def _plan(self, tx: Session, case: Case, at: datetime) -> None:
        day = self._world.town.calendar.next_working_day((self._now + timedelta(days=3)).astimezone(ISTANBUL).date())
        self._move(tx, case, at, Move(Status.PLANNED, planned_on=day))

    def _ask(self, tx: Session, case: Case, at: datetime) -> None:
        self._move(tx, case, at, Move(Status.WAITING, reply=voices.pick(self._rng, plan.QUESTIONS)))

    def _pass_on(self, tx: Session, case: Case, at: datetime) -> None:
        self._move(tx, case, at, Move(Status.EXTERNAL))

    def _solve(self, tx: Session, case: Case, at: datetime) -> None:
        done = voices.texts()[self._world.town.categories[case.category_id].code].done
        self._move(tx, case, at, Move(Status.RESOLVED, reply=voices.pick(self._rng, done)))

    def _decline(self, tx: Session, case: Case, at: datetime) -> None:
        reason = plan.reason_for(self._world.town.categories[case.category_id].code, self._rng)
        self._move(tx, case, at, Move(Status.DECLINED, reply=plan.DECLINES[reason][0], reason=reason))

    def _withdraw(self, tx: Session, case: Case, at: datetime) -> None:
        self._move(tx, case, at, Move(Status.WITHDRAWN))

    def _return(self, tx: Session, case: Case, at: datetime) -> None:
        roads = self._world.departments["FEN"]
        self._move(tx, case, at, Move(Status.NEW, reason=_RETURN, department_id=roads))

    def _note(self, tx: Session, case: Case, at: datetime) -> None:
        casework.add_note(tx, case, _NOTE, seen=case.version, by=self._worker_of(case), now=at)

    def _reply(self, tx: Session, case: Case, at: datetime) -> None:
        casework.reply(tx, case, _REPLY, seen=case.version, by=self._worker_of(case), town=self._world.town, now=at)

    def _inform(self, tx: Session, case: Case, at: datetime) -> None:
        self._say(tx, case, at, voices.pick(self._rng, plan.INFORMATION))

    def _object(self, tx: Session, case: Case, at: datetime) -> None:
        self._say(tx, case, at, voices.pick(self._rng, plan.OBJECTIONS))

    def _say(self, tx: Session, case: Case, at: datetime, words: str) -> None:
        submission = cases.submissions(tx, case)[0]
        inbox.add_information(tx, case, submission, words, form_id=next(self._forms), town=self._world.town, now=at)

    def _worker_of(self, case: Case) -> SignedIn:
        """The clerk whose department it is; the coordinator where no clerk of the demo works."""
        mine = [each for each in self._colleagues if each.role == "clerk" and case.department_id in each.department_ids]
        return mine[0] if mine else self._of_role("coordinator")

    def _of_role(self, role: str) -> SignedIn:
        return next(each for each in self._colleagues if each.role == role)


def _moment_of(number: int, acts: int, start: datetime, now: datetime) -> datetime:
    """The first act follows within the hour, the last a little before now."""
    first = min((now - start) * 0.4, timedelta(minutes=50))
    share = 0 if acts == 1 else (number - 1) / (acts - 1)
    return (start + first + (now - start - first) * 0.9 * share).replace(microsecond=0)


_ACTS = {
    "assign": Stage._assign,
    "take": Stage._take,
    "plan": Stage._plan,
    "ask": Stage._ask,
    "inform": Stage._inform,
    "external": Stage._pass_on,
    "solve": Stage._solve,
    "decline": Stage._decline,
    "withdraw": Stage._withdraw,
    "object": Stage._object,
    "return": Stage._return,
    "note": Stage._note,
    "reply": Stage._reply,
}


class _Postman:
    """Takes every letter away and brings none: nobody in a demo has a mailbox. One of them is full."""

    channel = "email"

    def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
        if letter.address.endswith(_FULL_MAILBOX):
            raise DeliveryFailed("Alıcının posta kutusu dolu.", permanent=True)


def _colleagues(tx: Session) -> list[SignedIn]:
    clerks = tx.exec(select(Clerk).where(Clerk.is_active).order_by(Clerk.id)).all()
    return [
        SignedIn(each.id, each.name, each.email, each.role, staff.departments_of(tx, each.id))
        for each in clerks
        if each.id is not None
    ]

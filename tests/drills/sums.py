"""A busy life, and then every sum counted by hand: does a single one differ?

    .venv/bin/python -m tests.drills.sums --folder /tmp/sums [--engines sqlite postgresql] [--rounds 40] [--hands 6]

Several hands work at once on the same cases: citizens report, add and object; colleagues give, move, close, reopen and
bounce; the worker escalates; records of another system are taken over in between. Meanwhile somebody keeps checking,
so the sums must be exact at any moment and not only at the end. Lines: S9 sums, S9 marks of lateness, R10 months.
"""

import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import select

from db.engine import Database
from db.models import Case, CaseSum, Clerk
from db.queries import cases
from portal import clock
from portal.rules.lifecycle import STEPS, Status
from portal.rules.refusal import Refused
from portal.rules.reporting import Report
from portal.seeding import year
from portal.services import casework, escalation, inbox, intake, outbox, sums, townbook
from portal.services.accounts import SignedIn
from portal.services.casework import Move
from portal.services.intake import Intake
from portal.services.townbook import Town
from tests.drills import score
from tests.drills.score import Line
from tests.drills.stage import installation

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
CATEGORIES = ("YOL-01", "YOL-06", "PRK-02", "SU-01", "IDR-07")
DEPARTMENTS = ("FEN", "PBK", "TEM")


def main() -> int:
    """Live, count and compare, on every engine."""
    words = score.parser(__doc__)
    words.add_argument("--rounds", type=int, default=40, help="acts of each hand, times ten")
    words.add_argument("--hands", type=int, default=6)
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        lines += _drill(engine, asked)
    return score.finish(lines, asked)


def _drill(engine: str, asked: Namespace) -> list[Line]:
    with installation(asked.folder / engine, engine) as place:
        db = Database(place.settings.database_url)
        try:
            return list(_live_and_count(db, place.settings.secret, NAMES[engine], asked))
        finally:
            db.close()


def _live_and_count(db: Database, secret: bytes, name: str, asked: Namespace) -> Iterator[Line]:
    life = Life(db, secret)
    checks = life.live(hands=asked.hands, rounds=asked.rounds * 10)
    wrong = [each for each in checks if not each.is_exact]
    yield Line("S9", f"the sums are exact while everybody works on {name}", len(checks), len(checks) - len(wrong))
    last = sums.check(db)
    note = f"{life.acts} acts, {life.refused} refused"
    yield Line("S9", f"a recount finds no difference on {name}", last.sums, last.sums - len(last.differences), note)
    with db.reading() as tx:
        all_cases = len(tx.exec(select(Case.id)).all())
        in_months = sum(tx.exec(select(CaseSum.cases)).all())
    yield Line("S9", f"lateness is what the ledgers say on {name}", all_cases, all_cases - len(last.wrongly_late))
    yield Line("R10", f"the months add up to the total on {name}", 1, int(all_cases == in_months), f"{all_cases} cases")


class Life:
    """Everybody's work at once."""

    def __init__(self, db: Database, secret: bytes) -> None:
        self._db, self._secret, self._now = db, secret, clock.now()
        with db.transaction() as tx:
            self._town: Town = townbook.read(tx)
            clerk = Clerk(
                email=f"{self._now.timestamp()}@ornek.com.tr",
                name="Nur",
                role="coordinator",
                password_hash="-",
                created_at=self._now,
            )
            tx.add(clerk)
            tx.flush()
            self._nur = SignedIn(clerk.id or 0, "Nur", clerk.email, "coordinator", frozenset())
        self.acts = self.refused = 0
        self._references: list[str] = []
        self._problems: list[BaseException] = []

    def live(self, *, hands: int, rounds: int) -> list[sums.Checked]:
        """Work, with somebody who keeps checking; what the checks found."""
        workers = [threading.Thread(target=self._work, args=(seed, rounds)) for seed in range(hands)]
        workers.append(threading.Thread(target=self._take_over))
        for each in workers:
            each.start()
        checks = []
        while any(each.is_alive() for each in workers):
            checks.append(sums.check(self._db))
            time.sleep(0.2)
        if self._problems:
            raise self._problems[0]
        return checks

    def _work(self, seed: int, rounds: int) -> None:
        rng = Random(f"{seed}/{self._now}")
        acts: list[Callable[[Random], None]] = [self._report, self._move, self._move, self._move, self._give]
        acts += [self._say, self._answer_arrives]
        try:
            for number in range(rounds):
                try:
                    (acts[0] if number < 5 else rng.choice(acts))(rng)
                    self.acts += 1
                except Refused:
                    self.refused += 1
            escalation.escalate(self._db, town=self._town, now=self._now + timedelta(days=30))
        except BaseException as problem:
            self._problems.append(problem)
            raise

    def _report(self, rng: Random) -> None:
        category = rng.choice(CATEGORIES)
        report = Report(
            words="Okulun önündeki yolda derin bir çukur var.",
            category_code=category,
            neighbourhood_code="tacin",
            street="4516. Sokak",
            name="Ayşe Yılmaz",
            email=rng.choice(["ayse@ornek.com.tr", ""]),
            phone="0532 123 45 67",
            answers=self._answers(category),
        )
        at = self._now - timedelta(days=rng.randrange(400), hours=rng.randrange(24))
        with self._db.transaction() as tx:
            receipt = intake.open_case(
                tx, report, Intake(form_id=f"{rng.random()}"), town=self._town, secret=self._secret, now=at
            )
        self._references.append(receipt.reference)

    def _answers(self, code: str) -> dict[str, tuple[str, ...]]:
        category = self._town.category_by_code(code)
        samples = {"text": "12", "longtext": "Ayrıntı", "int": "2", "decimal": "1,5", "month": "2026-10"}
        samples |= {"date": "2026-11-10", "datetime": "2026-11-10T09:30"}
        return {
            each["key"]: (each["options"][-1]["value"] if "options" in each else samples[each["type"]],)
            for each in (category.questions if category else [])
            if each.get("required")
        }

    def _move(self, rng: Random) -> None:
        with self._db.transaction() as tx:
            case = self._any(tx, rng)
            ways = sorted(STEPS[Status(case.status)].leads_to - {Status.MERGED, Status.OBJECTED}) or [
                Status.IN_PROGRESS
            ]
            to = rng.choice(ways)
            move = Move(
                to,
                reply="" if to == Status.WITHDRAWN else "Yanıtımız budur.",
                reason="not_found_on_site" if to == Status.DECLINED else "Yeniden bakılacak.",
                planned_on=(self._now + timedelta(days=20)).date() if to == Status.PLANNED else None,
                department_id=self._department(rng),
            )
            casework.change_status(
                tx,
                case,
                move,
                seen=case.version,
                by=self._nur,
                town=self._town,
                now=self._moment(rng, case.received_at),
            )

    def _give(self, rng: Random) -> None:
        with self._db.transaction() as tx:
            case, to = self._any(tx, rng), self._department(rng)
            casework.assign(
                tx,
                case,
                department_id=to,
                assignee_id=None,
                seen=case.version,
                by=self._nur,
                town=self._town,
                now=self._now,
            )

    def _say(self, rng: Random) -> None:
        with self._db.transaction() as tx:
            case = self._any(tx, rng)
            asked = cases.submissions(tx, case)[0]
            at = case.closed_at or self._now
            inbox.add_information(
                tx,
                case,
                asked,
                "Çukur duruyor.",
                form_id=f"{rng.random()}",
                town=self._town,
                now=at + timedelta(days=1),
            )

    def _answer_arrives(self, rng: Random) -> None:
        """As the worker notes it when a letter has left."""
        with self._db.transaction() as tx:
            case = cases.get(tx, self._any(tx, rng).id or 0)
            if not case.is_open and case.answered_at is None:
                cases.mark_answered(tx, case, now=self._now)
            else:
                outbox.settle(tx, case, now=self._now)

    def _take_over(self) -> None:
        """Records with a past, written in bulk while everybody works."""
        try:
            for seed in range(10):
                year.write(
                    self._db,
                    cases=100,
                    seed=int(self._now.timestamp()) + seed,
                    end=(self._now - timedelta(days=1)).date(),
                    secret=self._secret,
                    progress=lambda *_: None,
                )
        except BaseException as problem:
            self._problems.append(problem)
            raise

    def _any(self, tx: Any, rng: Random) -> Case:
        # Mostly the last ones, so that several hands meet on one case.
        near = self._references[-30:] if rng.random() < 0.7 else self._references
        case = cases.by_reference(tx, rng.choice(near or [""]))
        if case is None:
            raise Refused("Başvuru yok.")
        return case

    def _department(self, rng: Random) -> int:
        found = self._town.department_by_code(rng.choice(DEPARTMENTS))
        return (found.id or 0) if found else 0

    def _moment(self, rng: Random, since: datetime) -> datetime:
        return min(self._now, since + timedelta(days=rng.randrange(90)))


if __name__ == "__main__":
    sys.exit(main())

"""An application on the desk with its time: read once, before anything is decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlmodel import Session

from db.models import Application, Case, Clock, ClockEntry, Duty, Person, Submission
from db.queries import cases, people, register
from db.queries import clocks as stored
from portal.rules import deadlines, permissions
from portal.rules.ledger import Act
from portal.rules.refusal import Refused
from portal.services import clocks
from portal.services.accounts import SignedIn
from portal.services.casework import Outdated
from portal.services.townbook import Town


@dataclass
class Matter:
    """A case under a law, its ledger and its duties, and the colleague who has it before them."""

    tx: Session
    case: Case
    application: Application
    submission: Submission
    person: Person | None
    clocks: list[Clock]
    entries: dict[int, list[ClockEntry]]
    duties: list[Duty]
    by: SignedIn
    town: Town
    now: datetime

    @classmethod
    def read(
        cls, tx: Session, case: Case, *, by: SignedIn, town: Town, now: datetime, to_change: bool = False
    ) -> "Matter":
        """The matter of a case, or a refusal where the case is no application under a law.

        Read `to_change` it, nobody else changes its clocks before the transaction ends.
        """
        permissions.require(by, "case.move", case)
        application = register.application_of(tx, case.id or 0)
        if application is None:
            raise Refused("Bu işlem yalnızca bir kanuna dayanan yazılı başvurular içindir.")
        submission = tx.get_one(Submission, application.submission_id)
        case_id = case.id or 0
        ledgers = list(stored.held(tx, case_id) if to_change else stored.of_case(tx, case_id))
        return cls(
            tx=tx,
            case=case,
            application=application,
            submission=submission,
            person=people.by_id(tx, [submission.person_id]).get(submission.person_id or 0),
            clocks=ledgers,
            entries=stored.entries(tx, ledgers),
            duties=list(stored.held_duties(tx, case_id) if to_change else stored.duties(tx, case_id)),
            by=by,
            town=town,
            now=now,
        )

    @property
    def today(self) -> date:
        return deadlines.local_day(self.now)

    @property
    def legal(self) -> Clock:
        """The clock of the law the applicant invoked."""
        return next(each for each in self.clocks if each.kind == "legal")

    def targets(self, state: str) -> list[Clock]:
        """The town's own targets that stand in this state."""
        return [each for each in self.clocks if each.kind == "service" and each.state == state]

    def ledger_of(self, clock: Clock) -> list[ClockEntry]:
        return self.entries[clock.id or 0]

    @property
    def extensions(self) -> int:
        """How often the law's limit was extended."""
        return sum(each.act == "extended" for each in self.ledger_of(self.legal))

    def owed(self, kind: str) -> Duty | None:
        """The open duty of a kind, if there is one."""
        return next((each for each in self.duties if each.kind == kind and each.done_at is None), None)

    def write(self, clock: Clock, act: Act, **facts: object) -> ClockEntry:
        """Write a line in a clock's ledger; what follows its date follows."""
        entry = clocks.write(
            self.tx,
            clock,
            act,
            calendar=self.town.calendar,
            now=self.now,
            entries=self.ledger_of(clock),
            by=self.by,
            **facts,  # type: ignore[arg-type]
        )
        self.ledger_of(clock).append(entry)
        for duty in self.duties:
            if duty.clock_id == clock.id and duty.value is None and duty.done_at is None:
                duty.due_at = clock.due_at
        return entry

    def owe(self, kind: str, *, value: int, unit: str, clock: Clock | None = None) -> Duty:
        """Write down what is owed from now on."""
        duty = clocks.owe(
            self.tx,
            self.case,
            kind,
            now=self.now,
            clock=clock,
            value=value,
            unit=unit,
            calendar=self.town.calendar,
        )
        self.duties.append(duty)
        return duty

    def settle(self, kind: str) -> None:
        """Note that what was owed is done."""
        duty = self.owed(kind)
        if duty is not None:
            clocks.settle(duty, now=self.now, by=self.by)

    def keep(
        self,
        kind: str,
        *,
        seen: int,
        words: str = "",
        is_public: bool = True,
        changes: Mapping[str, object] = MappingProxyType({}),
        **facts: object,
    ) -> None:
        """Spend a version of the case, bring its date in line, and write the line of the timeline."""
        self.tx.flush()
        due = clocks.nearest(self.clocks, self.duties, self.case.status, self.case.legal_type)
        if self.case.version != seen or not cases.change(self.tx, self.case, seen=seen, now=self.now, **due, **changes):
            raise Outdated
        cases.add_event(
            self.tx,
            self.case,
            kind,
            actor="staff",
            now=self.now,
            by_id=self.by.id,
            words=words,
            is_public=is_public,
            facts=facts,
        )

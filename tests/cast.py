"""The standing cast: Ayşe reports, Kemal works (roads), Nur coordinates, Deniz (parks) must be refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from passlib.hash import argon2
from sqlmodel import Session, col, select

from db.engine import Database
from db.models import Case, CaseEvent, Clerk, ClerkDepartment, Letter, Outgoing, Submission
from db.queries import cases, staff
from portal.rules.applications import Form
from portal.rules.reporting import Report
from portal.services import applications, casework, intake, passwords, second_factor, townbook
from portal.services.accounts import SignedIn
from portal.services.casework import Move
from portal.services.intake import Intake, Receipt
from portal.services.townbook import Town

# A Monday morning in Istanbul, far from any holiday.
NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
SECRET = b"a secret of the tests, 32 bytes.."
PASSWORD = "kirmizi-balik-72"
# As cheap as argon2 can be: in these tests colleagues sign in a thousand times.
passwords.scheme = argon2.using(type="ID", time_cost=1, memory_cost=8, parallelism=1)
_password_hash = passwords.scheme.hash(PASSWORD)
# What Selin's telephone shows her codes by. In the tests she signs in with recovery codes: nobody waits thirty seconds.
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# A clean database always holds the same town.
_towns: dict[str, Town] = {}


def _town(tx: Session, dialect: str) -> Town:
    if dialect not in _towns:
        _towns[dialect] = townbook.read(tx)
    return _towns[dialect]


class City:
    """A small town at work. Each call is a transaction of its own unless `tx` is used."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.now = NOW
        self.secret = SECRET
        with db.transaction() as tx:
            self.town = _town(tx, db.dialect)
            self.kemal = self._add(tx, "kemal", "Kemal Şahin", "clerk", "FEN")
            self.deniz = self._add(tx, "deniz", "Deniz Çelik", "clerk", "PBK")
            self.zeynep = self._add(tx, "zeynep", "Zeynep Arslan", "manager", "FEN")
            self.nur = self._add(tx, "nur", "Nur Aydın", "coordinator")
            self.hasan = self._add(tx, "hasan", "Hasan Kılıç", "operator")
            self.selin = self._add(tx, "selin", "Selin Yıldız", "administrator")
            self.codes = {self.selin.id: self._give_factor(tx, self.selin)}
        self._forms = count(1)

    @property
    def staff(self) -> tuple[SignedIn, ...]:
        return (self.hasan, self.nur, self.kemal, self.zeynep, self.selin, self.deniz)

    def department(self, code: str) -> int:
        """The key of a department."""
        department = self.town.department_by_code(code)
        assert department is not None
        assert department.id is not None
        return department.id

    def report(self, **facts: Any) -> Receipt:
        """Somebody reports; Ayşe with a pothole unless told otherwise."""
        submitted = {
            "words": "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor.",
            "category_code": "YOL-01",
            "neighbourhood_code": "tacin",
            "street": "4516. Sokak",
            "name": "Ayşe Yılmaz",
            "email": "ayse@ornek.com.tr",
            "phone": "0532 123 45 67",
            **{name: value for name, value in facts.items() if name in Report.__dataclass_fields__},
        }
        category = self.town.category_by_code(submitted["category_code"])
        assert category is not None
        submitted.setdefault("answers", _answers(category.questions))
        door = Intake(form_id=facts.get("form_id", f"form-{next(self._forms)}"), language=facts.get("language", "tr"))
        with self.db.transaction() as tx:
            return intake.open_case(
                tx, Report(**submitted), door, town=self.town, secret=self.secret, now=facts.get("now", self.now)
            )

    def application(self, kind: str = "information", **facts: Any) -> Receipt:
        """Somebody applies under a law; Ayşe, signing by registered e-mail (KEP), unless told otherwise."""
        written = {
            "kind": kind,
            "words": "2026 yılında park yapımına harcanan toplam tutarın bildirilmesini istiyorum.",
            "signature": "kep",
            "kep_address": "ayse.yilmaz@hs01.kep.tr",
            "kep_number": "KEP-2026-4711",
            "name": "Ayşe Yılmaz",
            "address": "Tacin Mah. 4516. Sok. No: 12/3, Merkez/Aksaray",
            "email": "ayse@ornek.com.tr",
            "phone": "0532 123 45 67",
            "national_id": "10000000146",
            **_APPLICATIONS[kind],
            **{name: value for name, value in facts.items() if name in Form.__dataclass_fields__},
        }
        door = Intake(
            form_id=facts.get("form_id", f"form-{next(self._forms)}"),
            language=facts.get("language", "tr"),
            draft_id=facts.get("draft_id"),
        )
        with self.db.transaction() as tx:
            return applications.open_application(
                tx,
                Form(**written),
                door,
                town=self.town,
                secret=self.secret,
                now=facts.get("now", self.now),
                received_at=facts.get("received_at"),
                by=facts.get("by"),
            )

    def case(self, status: str = "new", **facts: Any) -> Case:
        """A case that stands at a status, having gone there along the table."""
        receipt = self.report(**facts)
        for step in _PATHS[status]:
            self.move(receipt.reference, step, by=facts.get("by", self.nur))
        return self.look(receipt.reference)

    def move(self, reference: str, to: str, *, by: SignedIn | None = None, **owed: Any) -> None:
        """A colleague moves a case, giving whatever the move owes."""
        move = Move(**{"to": to, **_OWED.get(to, {}), **owed})  # type: ignore[arg-type]
        with self.db.transaction() as tx:
            case = cases.by_reference(tx, reference)
            assert case is not None
            casework.change_status(tx, case, move, seen=case.version, by=by or self.nur, town=self.town, now=self.now)

    def look(self, reference: str) -> Case:
        """The case as it is stored now."""
        with self.db.reading() as tx:
            case = cases.by_reference(tx, reference)
        assert case is not None
        return case

    def events(self, case: Case) -> list[CaseEvent]:
        with self.db.reading() as tx:
            return list(cases.events(tx, case))

    def submission(self, case: Case) -> Submission:
        with self.db.reading() as tx:
            return cases.submissions(tx, case)[0]

    def letters(self, case: Case) -> list[Outgoing]:
        """Everything written to the applicants of a case, in order."""
        with self.db.reading() as tx:
            return list(tx.exec(select(Outgoing).where(Outgoing.case_id == case.id).order_by(col(Outgoing.id))))

    def papers(self, case: Case) -> list[Letter]:
        """The official letters of a case, in order."""
        with self.db.reading() as tx:
            return list(tx.exec(select(Letter).where(Letter.case_id == case.id).order_by(col(Letter.id))))

    @contextmanager
    def later(self, **by: float) -> Iterator[None]:
        """A while later."""
        before = self.now
        self.now += timedelta(**by)
        try:
            yield
        finally:
            self.now = before

    def give_factor(self, clerk: SignedIn) -> None:
        """A colleague sets up a telephone that shows the codes of APP_SECRET."""
        with self.db.transaction() as tx:
            self.codes[clerk.id] = self._give_factor(tx, clerk)

    def _give_factor(self, tx: Session, clerk: SignedIn) -> list[str]:
        return second_factor.give(tx, clerk.id, APP_SECRET, secret=self.secret, now=self.now)

    def _add(self, tx: Session, login: str, name: str, role: str, *departments: str) -> SignedIn:
        clerk = Clerk(
            email=f"{login}@aksaray.example", name=name, role=role, password_hash=_password_hash, created_at=NOW
        )
        tx.add(clerk)
        tx.flush()
        for code in departments:
            tx.add(ClerkDepartment(clerk_id=clerk.id, department_id=self.department(code)))
        tx.flush()
        return SignedIn(clerk.id or 0, name, clerk.email, role, staff.departments_of(tx, clerk.id or 0))


_PATHS = {
    "new": (),
    "assigned": ("assigned",),
    "in_progress": ("assigned", "in_progress"),
    "planned": ("assigned", "planned"),
    "waiting": ("assigned", "waiting"),
    "external": ("external",),
    "resolved": ("assigned", "in_progress", "resolved"),
    "declined": ("assigned", "declined"),
    "withdrawn": ("withdrawn",),
}
_OWED: dict[str, dict[str, Any]] = {
    "planned": {"planned_on": (NOW + timedelta(days=10)).date()},
    "waiting": {"reply": "Kapı numarasını yazar mısınız?"},
    "resolved": {"reply": "Çukur bugün Fen İşleri ekibince asfaltla kapatıldı."},
    "declined": {"reply": "İnceleme yapıldı; itiraz hakkınız saklıdır.", "reason": "not_found_on_site"},
}


_APPLICATIONS: dict[str, dict[str, Any]] = {
    "information": {"access": "email"},
    "petition": {"subject": "4516. Sokak'taki kaldırımın onarılması"},
    "personal_data": {"rights": ("learn", "erasure"), "relation": "resident", "is_in_turkish": True},
}


def _answers(questions: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The least that answers what a category insists on."""
    samples = {"text": "12", "longtext": "Ayrıntı", "int": "2", "decimal": "1,5", "month": "2026-10"}
    samples |= {"date": "2026-11-10", "datetime": "2026-11-10T09:30"}
    return {
        each["key"]: (each["options"][-1]["value"] if "options" in each else samples[each["type"]],)
        for each in questions
        if each.get("required")
    }

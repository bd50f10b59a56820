import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import select

from db.models import Application, Clock, ContactPoint, Duty, Enclosure, Person
from db.queries import cases
from portal.rules.refusal import NotFound, Refused
from portal.services import casework, drafts, enclosures, inbox, official, sealed, signatures
from portal.services.proceedings import performing
from portal.services.proceedings.decision import Decision
from tests.cast import City

TCKN = "10000000146"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def row(city: City, receipt) -> Application:
    with city.db.reading() as tx:
        return tx.exec(select(Application).where(Application.case_id == receipt.case_id)).one()


def of_case(city: City, table: type, receipt) -> list:
    with city.db.reading() as tx:
        return list(tx.exec(select(table).where(table.case_id == receipt.case_id).order_by(table.id)))


def everything(city: City) -> str:
    """Every value of every table, the index of words included."""
    with city.db.reading() as tx:
        names = [each for each in inspect(tx.get_bind()).get_table_names() if each not in ("alembic_version",)]
        return "\n".join(str(line) for name in names for line in tx.execute(text(f'SELECT * FROM "{name}"')))


@pytest.mark.parametrize(
    ("kind", "code", "law", "unit", "last"),
    [
        ("information", "IDR-01", "4982", "working_days", "2026-12-07"),
        ("petition", "IDR-09", "3071", "calendar_days", "2026-12-16"),
        ("personal_data", "IDR-02", "6698", "calendar_days", "2026-12-16"),
    ],
)
def test_an_application_is_a_case_on_its_laws_clock(city: City, kind, code, law, unit, last):
    receipt = city.application(kind)

    case = city.look(receipt.reference)
    assert (case.status, case.legal_type) == ("new", kind)
    assert city.town.categories[case.category_id].code == code
    legal = next(each for each in of_case(city, Clock, receipt) if each.kind == "legal")
    assert (legal.law, legal.unit, legal.due_at.date().isoformat()) == (law, unit, last)
    assert [each.kind for each in of_case(city, Duty, receipt)] == (["extension_notice"] if law == "4982" else [])
    assert [each.kind for each in city.events(case)] == ["opened"]


def test_the_receipt_names_the_register_the_law_and_its_last_day(city: City):
    case = city.look(city.application().reference)

    [letter] = city.letters(case)
    for said in ("Kayıt no: 2026/1", "4982 sayılı Bilgi Edinme Hakkı Kanunu", "07.12.2026", "Sayın Ayşe Yılmaz"):
        assert said in letter.words
    assert letter.address == "ayse@ornek.com.tr"


def test_an_english_form_is_answered_in_english(city: City):
    case = city.look(city.application(language="en").reference)

    [letter] = city.letters(case)
    assert "Register no: 2026/1" in letter.words
    assert city.submission(case).answers[0]["words_en"] == "Sent by e-mail"


def test_each_register_counts_for_itself_and_anew_each_year(city: City):
    numbers = [row(city, city.application(kind)).number for kind in ("information", "information", "petition")]
    after = city.application(now=datetime(2026, 12, 31, 21, 1, tzinfo=UTC))

    assert numbers == [1, 2, 1]
    # One past midnight in Istanbul, it is the new year's first.
    assert (row(city, after).year, row(city, after).number) == (2027, 1)


def test_numbers_have_neither_gaps_nor_twins_whoever_comes_at_once(city: City):
    barrier = threading.Barrier(4)

    def apply_thrice(lot: int) -> None:
        barrier.wait()
        for each in range(3):
            city.application(form_id=f"{lot}-{each}")

    threads = [threading.Thread(target=apply_thrice, args=(lot,)) for lot in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    with city.db.reading() as tx:
        assert sorted(tx.exec(select(Application.number))) == list(range(1, 13))


def test_a_refused_application_takes_no_number(city: City):
    with pytest.raises(Refused):
        city.application(words="kısa")

    with city.db.reading() as tx:
        assert tx.exec(select(Person)).all() == []
    assert row(city, city.application()).number == 1


def test_the_same_form_twice_is_one_application(city: City):
    first, second = city.application(form_id="same"), city.application(form_id="same")

    assert (second.reference, second.key, second.is_repeat) == (first.reference, first.key, True)
    with city.db.reading() as tx:
        assert len(tx.exec(select(Application)).all()) == 1


def test_a_telephone_number_that_is_none_is_refused_at_its_field(city: City):
    with pytest.raises(Refused) as no:
        city.application(phone="12")

    assert no.value.field == "phone"


def test_the_national_id_stands_nowhere_in_clear(city: City, capfd):
    receipt = city.application()

    assert TCKN not in everything(city)
    assert TCKN not in "".join(capfd.readouterr())
    kept = row(city, receipt)
    assert sealed.unseal(city.secret, kept.national_id) == TCKN
    assert kept.national_id_hash == sealed.fingerprint(city.secret, TCKN)


def test_the_same_number_looks_different_each_time_and_opens_only_with_its_secret(city: City):
    first, second = sealed.seal(city.secret, TCKN), sealed.seal(city.secret, TCKN)

    assert first != second
    assert sealed.unseal(b"another secret of thirty-two byte", first) == ""
    assert sealed.unseal(city.secret, "x" + first[1:]) in ("", TCKN) and sealed.unseal(city.secret, "tampered") == ""
    assert sealed.fingerprint(b"another secret of thirty-two byte", TCKN) != sealed.fingerprint(city.secret, TCKN)
    assert sealed.masked(city.secret, first) == "100******46"


def test_looking_at_the_whole_number_needs_a_reason_and_is_written_down(city: City):
    receipt = city.application()
    case = city.look(receipt.reference)

    with pytest.raises(Refused), city.db.transaction() as tx:
        sealed.show(tx, case, row(city, receipt), reason="", secret=city.secret, by=city.nur, now=city.now)
    with city.db.transaction() as tx:
        number = sealed.show(
            tx, case, row(city, receipt), reason="Kimlik doğrulama", secret=city.secret, by=city.nur, now=city.now
        )

    assert number == TCKN
    looked = city.events(case)[-1]
    assert (looked.kind, looked.by_id, looked.words, looked.is_public) == (
        "id_viewed",
        city.nur.id,
        "Kimlik doğrulama",
        False,
    )


def test_who_may_not_see_the_case_may_not_see_the_number(city: City):
    receipt = city.application("personal_data")

    case = city.look(receipt.reference)
    for stranger in (city.deniz, city.hasan):
        with pytest.raises((Refused, NotFound)), city.db.transaction() as tx:
            sealed.show(
                tx, case, row(city, receipt), reason="merak ettim", secret=city.secret, by=stranger, now=city.now
            )


def test_a_legal_person_is_the_applicant_and_its_representative_is_kept(city: City, tmp_path: Path):
    draft_id = draft_with(city, tmp_path, "authority")
    receipt = city.application(
        is_legal_person=True, title="Hasandağı Gıda Ltd. Şti.", tax_number="123 456 7890", draft_id=draft_id
    )

    kept = row(city, receipt)
    assert (kept.title, kept.name, kept.national_id) == ("Hasandağı Gıda Ltd. Şti.", "Ayşe Yılmaz", "")
    assert kept.details["tax_number"] == "1234567890"
    assert "Sayın Hasandağı Gıda Ltd. Şti.," in city.letters(city.look(receipt.reference))[0].words
    [enclosure] = of_case(city, Enclosure, receipt)
    assert (enclosure.purpose, enclosure.draft_id) == ("authority", None)


def test_who_will_sign_at_the_counter_is_asked_and_waited_for(city: City):
    receipt = city.application("petition", signature="counter")

    case = city.look(receipt.reference)
    assert case.status == "waiting"
    assert [each.kind for each in city.events(case)] == ["opened", "status"]
    [duty] = of_case(city, Duty, receipt)
    assert (duty.kind, duty.value, duty.unit) == ("missing_item", 15, "working_days")
    assert (case.due_kind, case.due_at) == ("missing_item", duty.due_at)
    question = city.letters(case)[-1]
    assert question.kind == "question"
    assert "Son gün: 07.12.2026" in question.words


def test_the_laws_clock_runs_while_the_signature_is_missing(city: City):
    receipt = city.application("petition", signature="counter")

    states = {each.kind: each.state for each in of_case(city, Clock, receipt)}
    assert states == {"service": "paused", "legal": "running"}


def test_the_signature_at_the_counter_sends_the_application_to_work(city: City):
    receipt = city.application("petition", signature="counter")
    with city.later(days=2), city.db.transaction() as tx:
        case = cases.get(tx, receipt.case_id)
        signatures.sign_at_counter(tx, case, seen=case.version, by=city.hasan, town=city.town, now=city.now)

    case = city.look(receipt.reference)
    assert (case.status, case.due_kind) == ("assigned", "service")
    [duty] = of_case(city, Duty, receipt)
    assert duty.done_by_id == city.hasan.id
    assert city.events(case)[-1].kind == "signed"
    with pytest.raises(Refused), city.db.transaction() as tx:
        signatures.sign_at_counter(tx, case, seen=case.version, by=city.hasan, town=city.town, now=city.now)


def test_words_do_not_stand_in_for_a_signature(city: City):
    receipt = city.application("petition", signature="counter")

    with city.db.transaction() as tx:
        case = cases.get(tx, receipt.case_id)
        submission = cases.submissions(tx, case)[0]
        inbox.add_information(tx, case, submission, "Yarın geliyorum.", form_id="1", town=city.town, now=city.now)

    assert city.look(receipt.reference).status == "waiting"


def test_an_unsigned_application_can_still_be_answered_no(city: City, tmp_path: Path):
    receipt = city.application("petition", signature="counter")

    with city.db.transaction() as tx:
        case = casework.visible(tx, receipt.reference, to=city.nur)
        performing.perform(
            tx,
            case,
            Decision(outcome="not_examined", grounds=("6/c",), words="Süresinde imzalanmadı."),
            seen=case.version,
            by=city.nur,
            town=city.town,
            store=official.store(tmp_path),
            now=city.now,
        )

    case = city.look(receipt.reference)
    assert (case.status, case.due_at) == ("declined", None)
    [duty] = of_case(city, Duty, receipt)
    assert duty.done_at == city.now


def test_nobody_signs_off_a_page_that_is_out_of_date(city: City):
    case = city.look(city.application("petition", signature="counter").reference)

    with pytest.raises(casework.Outdated), city.db.transaction() as tx:
        signatures.sign_at_counter(tx, case, seen=case.version - 1, by=city.nur, town=city.town, now=city.now)


def test_paper_counts_from_the_day_it_was_received(city: City):
    receipt = city.application(
        signature="paper", access="copy", email="", phone="", by=city.hasan, received_at=city.now - timedelta(days=3)
    )

    case = city.look(receipt.reference)
    assert (case.received_at, case.entered_at) == (city.now - timedelta(days=3), city.now)
    legal = next(each for each in of_case(city, Clock, receipt) if each.kind == "legal")
    assert legal.started_at == case.received_at


def test_nothing_is_received_in_the_future_and_citizens_name_no_day(city: City):
    with pytest.raises(Refused) as no:
        city.application(signature="paper", by=city.hasan, received_at=city.now + timedelta(hours=1))
    assert no.value.field == "received"

    case = city.look(city.application(received_at=city.now - timedelta(days=9)).reference)
    assert case.received_at == city.now


def test_an_address_we_knew_before_is_marked_for_the_desk(city: City):
    first = city.application("personal_data", signature="registered_email")
    second = city.application("personal_data", signature="registered_email")

    assert row(city, first).details["is_email_known"] is False
    assert row(city, second).details["is_email_known"] is True
    with city.db.reading() as tx:
        assert len(tx.exec(select(ContactPoint).where(ContactPoint.kind == "email")).all()) == 2


def draft_with(city: City, folder: Path, purpose: str, content: bytes = PDF) -> int:
    """A form that was begun, with a file beside it."""
    file = enclosures.read(content, "belge.pdf", purpose)
    enclosures.put(enclosures.store(folder), file, content)
    with city.db.transaction() as tx:
        draft, _token = drafts.begin(tx, now=city.now)
        enclosures.add_to_draft(tx, draft, file, now=city.now)
        return draft.id or 0

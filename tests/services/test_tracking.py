from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from portal.rules.refusal import NotFound, Refused
from portal.services import attachments, drafts, tracking
from portal.services.tracking import TRIES_PER_ADDRESS, TRIES_PER_REFERENCE
from tests import pictures

WRONG = "Bu rakamlarla açılamadı. Başvuruda verdiğiniz telefonun son dört rakamını yazın."


def unlock(city, reference, last4, *, address="10.0.0.1"):
    return tracking.unlock(city.db, reference, last4, address=address, secret=city.secret, now=city.now)


def add(city, receipt, words, *, form_id="form-a", photos=()):
    with city.db.transaction() as tx:
        return tracking.add_information(
            tx,
            receipt.reference,
            words,
            key=receipt.key,
            form_id=form_id,
            pictures=photos,
            town=city.town,
            now=city.now,
        )


def sees_photo(tx, picture, *, keys=(), draft=None, clerk=None):
    own = tracking.opened_by(tx, dict(keys))
    try:
        return tracking.photo(tx, picture.name, draft=draft, own=own, clerk=clerk).name == picture.name
    except NotFound:
        return False


def test_the_number_alone_opens_nothing_and_the_key_opens_it(city):
    receipt, other = city.report(), city.report()

    with city.db.reading() as tx:
        assert not tracking.look(tx, receipt.reference).is_own
        assert not tracking.look(tx, receipt.reference, key=other.key).is_own
        assert tracking.look(tx, receipt.reference, key=receipt.key).is_own


def test_an_unknown_number_is_not_found(city):
    with city.db.reading() as tx, pytest.raises(NotFound):
        tracking.look(tx, "483109752264")


def test_the_end_of_the_telephone_number_gives_the_key(city):
    receipt = city.report()

    assert unlock(city, receipt.reference, "4567") == receipt.key


def test_wrong_digits_no_telephone_and_no_such_number_look_alike(city):
    with_phone, without = city.report(), city.report(phone="")

    said = set()
    for reference in (with_phone.reference, without.reference, "483109752264"):
        for digits in ("0000", "", "+90532"):
            with pytest.raises(Refused) as refused:
                unlock(city, reference, digits, address=f"10.0.0.{len(said)}")
            said.add(str(refused.value))

    assert said == {WRONG}


def test_who_guesses_is_stopped_even_with_the_right_digits(city):
    receipt = city.report()
    for _ in range(TRIES_PER_REFERENCE):
        with pytest.raises(Refused):
            unlock(city, receipt.reference, "0000")

    with pytest.raises(Refused, match="Bir saat sonra"):
        unlock(city, receipt.reference, "4567", address="10.0.0.9")
    with city.later(minutes=61):
        assert unlock(city, receipt.reference, "4567")


def test_who_guesses_many_ends_at_one_moment_has_no_more_tries_than_one_after_the_other(city):
    receipt = city.report()

    def guess(number):
        try:
            unlock(city, receipt.reference, f"{number:04}", address=f"10.1.0.{number}")
        except Refused as no:
            return no.message == WRONG
        return True

    with ThreadPoolExecutor(8) as guessers:
        compared = sum(guessers.map(guess, range(24)))

    assert compared <= TRIES_PER_REFERENCE


def test_a_right_end_leaves_no_try_behind(city):
    receipt = city.report()

    for _ in range(TRIES_PER_ADDRESS + 1):
        assert unlock(city, receipt.reference, "4567") == receipt.key


def test_who_guesses_at_many_numbers_is_stopped_too(city):
    receipt = city.report()
    for number in range(TRIES_PER_ADDRESS):
        with pytest.raises(Refused):
            unlock(city, f"1000000000{number:02}", "0000", address="10.0.0.7")

    with pytest.raises(Refused, match="Bir saat sonra"):
        unlock(city, receipt.reference, "4567", address="10.0.0.7")
    assert unlock(city, receipt.reference, "4567", address="10.0.0.8")


def test_added_information_and_its_photo_arrive_once(city):
    receipt = city.report()
    picture = attachments.read(pictures.photo(), "IMG.jpg")

    assert add(city, receipt, "Çukur büyüdü.", photos=[picture])
    assert not add(city, receipt, "Çukur büyüdü.", photos=[picture])

    with city.db.reading() as tx:
        tracked = tracking.look(tx, receipt.reference, key=receipt.key)
    assert [event.words for event in tracked.events if event.kind == "information"] == ["Çukur büyüdü."]
    assert [photo.name for photo in tracked.photos] == [picture.name]


def test_nobody_adds_to_what_is_not_theirs(city):
    mine, theirs = city.report(), city.report()

    with pytest.raises(NotFound):
        add(city, replace(mine, key=theirs.key), "Bu benim değil.")


def test_one_applicants_form_cannot_silence_anothers(city):
    mine, theirs = city.report(), city.report()

    assert add(city, mine, "Bir.", form_id="the-same")
    assert add(city, theirs, "İki.", form_id="the-same")


def test_a_photo_is_for_its_applicant_and_for_staff_of_the_department(city):
    receipt, other = city.report(), city.report()
    picture = attachments.read(pictures.photo(), "IMG.jpg")
    add(city, receipt, "Fotoğraf ekliyorum.", photos=[picture])

    with city.db.reading() as tx:

        def may(**who):
            return sees_photo(tx, picture, **who)

        assert may(keys=[(receipt.reference, receipt.key)])
        assert not may(keys=[(other.reference, other.key)])
        assert not may(keys=[(receipt.reference, other.key)])
        assert not may()
        assert may(clerk=city.kemal)
        assert may(clerk=city.nur)
        assert not may(clerk=city.deniz)


def test_the_photo_of_a_private_matter_is_not_for_who_answers_the_phone(city):
    receipt = city.report(category_code="SOS-02")
    picture = attachments.read(pictures.photo(), "rapor.jpg")
    add(city, receipt, "Rapor ektedir.", photos=[picture])

    with city.db.reading() as tx:
        assert not sees_photo(tx, picture, clerk=city.hasan)
        assert sees_photo(tx, picture, clerk=city.nur)


def test_a_photo_of_an_unfinished_form_is_for_that_form_alone(city):
    picture = attachments.read(pictures.photo(), "IMG.jpg")
    with city.db.transaction() as tx:
        draft, _token = drafts.begin(tx, now=city.now)
        attachments.add_to_draft(tx, draft, picture, now=city.now)
        other, _token = drafts.begin(tx, now=city.now)

    with city.db.reading() as tx:
        assert sees_photo(tx, picture, draft=draft)
        assert not sees_photo(tx, picture, draft=other)
        assert not sees_photo(tx, picture, clerk=city.nur)
        assert not sees_photo(tx, picture)

"""A forgotten password: the letter, the link, and what neither of them gives away."""

import re

import pytest
from sqlmodel import select

from db.models import Attempt, StaffLetter
from db.queries import access
from portal.channels import DeliveryFailed, Letter
from portal.rules.refusal import Refused
from portal.services import accounts, colleagues, resets, staff_letters
from portal.services.accounts import Visitor
from portal.services.resets import LinkOver
from portal.services.throttle import TooMany
from tests.cast import PASSWORD, SECRET, City
from tests.postman import Postman

NEW = "çorap bulut 7 leylek"


def ask(city: City, email: str = "", *, address: str = "10.0.0.1", language: str = "tr") -> None:
    resets.ask(
        city.db,
        email or city.kemal.email,
        visitor=Visitor(address=address),
        secret=SECRET,
        language=language,
        now=city.now,
    )


def deliver(city: City, postman: Postman) -> list[Letter]:
    while staff_letters.deliver_one(
        city.db, postman, secret=SECRET, base_url="https://cozum.example", town=city.town, now=city.now
    ):
        pass
    return postman.letters


def key_in(letter: Letter) -> str:
    found = re.search(r"https://cozum\.example/giris/parola/yeni\?k=(\S{22})\n", letter.words)
    assert found
    return found[1]


def redeem(city: City, key: str, new: str = NEW) -> int:
    return resets.redeem(city.db, key, new, new, visitor=Visitor(), language="tr", now=city.now)


def enter(city: City, clerk, password: str = PASSWORD) -> accounts.Entry:
    return accounts.sign_in(city.db, clerk.email, password, visitor=Visitor(), secret=SECRET, now=city.now)


def test_the_letters_link_sets_a_new_password_and_ends_every_session(city: City):
    before = enter(city, city.kemal)
    ask(city)
    letter = deliver(city, Postman())[0]

    redeem(city, key_in(letter))

    assert letter.address == city.kemal.email
    assert "Kemal Şahin" in letter.words
    assert accounts.who(city.db, before.token, now=city.now) is None
    assert enter(city, city.kemal, NEW).then == "desk"
    with pytest.raises(Refused):
        enter(city, city.kemal)
    assert [each.subject for each in deliver(city, Postman())] == ["Parolanız değişti"]


def test_a_link_works_once_and_takes_all_earlier_links_with_it(city: City):
    ask(city)
    ask(city)
    first, second = (key_in(letter) for letter in deliver(city, Postman()))

    redeem(city, first)

    for key in (first, second):
        with pytest.raises(LinkOver):
            redeem(city, key, "başka bir uzun cümle")


def test_a_link_lasts_an_hour(city: City):
    ask(city)
    key = key_in(deliver(city, Postman())[0])

    with city.later(minutes=60), pytest.raises(LinkOver):
        redeem(city, key)


@pytest.mark.parametrize("key", ["", "x" * 22, "x" * 100_000, "\0"])
def test_a_made_up_key_opens_nothing(city: City, key: str):
    ask(city)

    with pytest.raises(LinkOver):
        redeem(city, key)


def test_the_second_step_is_still_asked_after_a_reset(city: City):
    ask(city, city.selin.email)

    redeem(city, key_in(deliver(city, Postman())[0]))

    assert enter(city, city.selin, NEW).then == "code"


def test_a_bad_password_leaves_the_link_as_it_was(city: City):
    ask(city)
    key = key_in(deliver(city, Postman())[0])

    with pytest.raises(Refused, match="kolay tahmin"):
        redeem(city, key, "kemal-sahin-1905")

    assert redeem(city, key) == city.kemal.id


def test_the_key_is_stored_nowhere(city: City):
    ask(city)
    key = key_in(deliver(city, Postman())[0])

    with city.db.reading() as tx:
        row = tx.exec(select(StaffLetter)).one()

    assert key not in str(row.model_dump())


def test_nothing_tells_whether_an_account_exists(city: City):
    for email in (city.kemal.email, "kimse@aksaray.example"):
        ask(city, email)

    with city.db.reading() as tx:
        rows = tx.exec(select(StaffLetter).order_by(StaffLetter.id)).all()
        tries = [each.kind for each in tx.exec(select(Attempt).order_by(Attempt.id))]
    assert [(each.clerk_id is None, each.state) for each in rows] == [(False, "waiting"), (True, "void")]
    assert tries[:3] == tries[3:]
    assert [each.address for each in deliver(city, Postman())] == [city.kemal.email]


def test_who_has_left_gets_no_letter(city: City):
    with city.db.transaction() as tx:
        access.change_clerk(tx, city.kemal.id, is_active=False)

    ask(city)

    assert deliver(city, Postman()) == []


def test_who_left_meanwhile_gets_no_letter_and_no_way_in(city: City):
    ask(city)
    key = key_in(deliver(city, Postman())[0])
    ask(city)

    with city.db.transaction() as tx:
        colleagues.set_active(tx, city.kemal.id, False, by=city.selin, now=city.now)

    assert deliver(city, Postman()) == []
    with pytest.raises(LinkOver):
        redeem(city, key)


def test_a_flood_of_requests_sends_five_letters_an_hour(city: City):
    for turn in range(30):
        ask(city, address=f"10.0.0.{turn}")

    assert len(deliver(city, Postman())) == resets.LETTERS_PER_ACCOUNT
    with city.later(minutes=61):
        ask(city)
        assert len(deliver(city, Postman())) == 1


def test_a_flood_from_one_address_over_many_accounts_is_refused(city: City):
    for turn in range(resets.LETTERS_PER_ADDRESS):
        ask(city, f"memur{turn}@aksaray.example")

    with pytest.raises(TooMany):
        ask(city)
    ask(city, address="10.0.0.2")
    assert len(deliver(city, Postman())) == 1


def test_a_flood_from_everywhere_is_refused(city: City):
    with city.db.transaction() as tx:
        access.note_tries(tx, [("reset-all", "")] * resets.LETTERS_IN_ALL, now=city.now)

    with pytest.raises(TooMany):
        ask(city)


def test_english_is_written_to_who_asked_in_english(city: City):
    ask(city, language="en")

    letter = deliver(city, Postman())[0]

    assert letter.subject == "Set a new password"
    assert letter.sender_name.endswith("Solution Centre")


def test_a_letter_is_tried_again_until_its_link_is_over(city: City):
    ask(city)
    postman = Postman(failure=DeliveryFailed("kapalı", permanent=False))
    assert deliver(city, postman) == []

    with city.later(minutes=2):
        postman.failure = None
        assert len(deliver(city, postman)) == 1

    ask(city)
    with city.later(minutes=61):
        assert len(deliver(city, postman)) == 1
    with city.db.reading() as tx:
        assert [each.state for each in tx.exec(select(StaffLetter).order_by(StaffLetter.id))] == ["sent", "failed"]

"""In at the door: one step or two, as often as is allowed, and out again at once."""

from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from db.models import AccountEvent, Attempt, Clerk, HalfSession, RecoveryCode
from db.queries import access
from portal.rules import permissions
from portal.rules.refusal import NotFound, Refused
from portal.services import accounts, colleagues, devices, own_account, passwords, second_factor, throttle
from portal.services.accounts import Entry, HalfOver, Visitor
from portal.services.passwords import Busy
from portal.services.throttle import TooMany
from tests import crowd
from tests.cast import APP_SECRET, PASSWORD, SECRET, City

WRONG = "kırmızı-balina-27"
NEW = "çorap bulut 7 leylek"


def enter(city: City, clerk=None, *, email: str = "", password: str = PASSWORD, **visitor) -> Entry:
    email = email or (clerk or city.kemal).email
    return accounts.sign_in(city.db, email, password, visitor=Visitor(**visitor), secret=SECRET, now=city.now)


def guess(city: City, times: int, *, email: str = "", address: str = "10.0.0.{}", **visitor) -> int:
    """How many wrong passwords reached the hash."""
    reached = 0
    for turn in range(times):
        try:
            enter(city, email=email.format(turn), password=WRONG, address=address.format(turn), **visitor)
        except TooMany:
            continue
        except Refused:
            reached += 1
    return reached


def prove(city: City, entry: Entry, code: str, **visitor) -> Entry:
    return accounts.prove(city.db, entry.token, code, visitor=Visitor(**visitor), secret=SECRET, now=city.now)


def app_code(city: City, steps: int = 0) -> str:
    return pyotp.TOTP(APP_SECRET).at(int(city.now.timestamp()) + 30 * steps)


def is_in(city: City, entry: Entry) -> bool:
    return accounts.who(city.db, entry.token, now=city.now) is not None


def known(city: City, clerk) -> str:
    return devices.noting("", clerk.id, secret=SECRET)


def test_the_right_password_opens_the_desk_where_no_second_step_is_asked(city: City):
    entry = enter(city)

    assert entry.then == "desk"
    assert is_in(city, entry)
    with city.db.reading() as tx:
        assert tx.exec(select(Attempt)).all() == []


def test_an_administrator_gets_only_half_way_by_password(city: City):
    entry = enter(city, city.selin)

    assert entry.then == "code"
    assert not is_in(city, entry)
    assert is_in(city, prove(city, entry, app_code(city)))


def test_the_session_after_the_second_step_is_a_new_one_and_the_half_one_is_gone(city: City):
    half = enter(city, city.selin)

    whole = prove(city, half, app_code(city))

    assert whole.token != half.token
    with pytest.raises(HalfOver):
        prove(city, half, app_code(city, 1))


def test_a_half_session_lasts_five_minutes(city: City):
    entry = enter(city, city.selin)

    with city.later(minutes=5), pytest.raises(HalfOver):
        prove(city, entry, app_code(city))


def test_a_code_works_once(city: City):
    prove(city, enter(city, city.selin), app_code(city))

    with pytest.raises(Refused, match="Kod yanlış"):
        prove(city, enter(city, city.selin), app_code(city))
    with pytest.raises(Refused, match="Kod yanlış"):
        prove(city, enter(city, city.selin), app_code(city, -1))
    assert prove(city, enter(city, city.selin), app_code(city, 1)).then == "desk"


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(city: City, steps: int, is_taken: bool):
    entry = enter(city, city.selin)

    try:
        taken = prove(city, entry, app_code(city, steps)).then == "desk"
    except Refused:
        taken = False

    assert taken is is_taken


def test_a_recovery_code_works_once_however_it_is_typed(city: City):
    code = city.codes[city.selin.id].pop()

    assert prove(city, enter(city, city.selin), f" {code.upper().replace('-', ' ')} ").then == "desk"
    with pytest.raises(Refused, match="Kod yanlış"):
        prove(city, enter(city, city.selin), code)


def test_somebody_elses_recovery_code_is_worthless(city: City):
    city.give_factor(city.nur)

    with pytest.raises(Refused, match="Kod yanlış"):
        prove(city, enter(city, city.nur), city.codes[city.selin.id][0])


def test_what_is_stored_shows_neither_secret_nor_codes(city: City):
    with city.db.reading() as tx:
        selin = tx.get_one(Clerk, city.selin.id)
        kept = [each.code_hash for each in tx.exec(select(RecoveryCode))]

    assert APP_SECRET not in selin.totp_secret
    assert not set(city.codes[city.selin.id]) & set(kept)
    assert len(kept) == second_factor.CODES


def test_guessing_codes_ends_after_ten_tries_even_for_the_right_one(city: City):
    entry = enter(city, city.selin)
    for _ in range(accounts.TRIES_PER_ACCOUNT):
        with pytest.raises(Refused, match="Kod yanlış"):
            prove(city, entry, "000000")

    with pytest.raises(TooMany):
        prove(city, entry, app_code(city))
    with pytest.raises(TooMany):
        prove(city, enter(city, city.selin), app_code(city))


def test_guessing_codes_for_a_whole_day_ends_after_forty(city: City):
    earlier = [("code", f"{city.selin.id}:")] * (accounts.CODES_A_DAY - 2)
    with city.db.transaction() as tx:
        access.note_tries(tx, earlier, now=city.now)

    with city.later(hours=23):
        entry = enter(city, city.selin)
        for _ in range(2):
            with pytest.raises(Refused, match="Kod yanlış"):
                prove(city, entry, "000000")
        with pytest.raises(TooMany):
            prove(city, entry, app_code(city))


def test_who_guesses_codes_does_not_keep_the_colleague_out_of_a_known_browser(city: City):
    entry = enter(city, city.selin)
    for _ in range(accounts.TRIES_PER_ACCOUNT):
        with pytest.raises(Refused):
            prove(city, entry, "000000")

    at_home = known(city, city.selin)

    assert prove(city, enter(city, city.selin, devices=at_home), app_code(city), devices=at_home).then == "desk"


def test_ten_thousand_passwords_on_one_account_are_ten(city: City):
    # Two hundred do: whatever is refused costs no hash, so more would show the same.
    assert guess(city, 200) == accounts.TRIES_PER_ACCOUNT
    with pytest.raises(TooMany):
        enter(city)

    with city.later(minutes=16):
        assert guess(city, 20) == accounts.TRIES_PER_ACCOUNT


def test_an_account_that_is_not_there_is_limited_in_the_same_words(city: City):
    assert guess(city, 30, email="kimse@aksaray.example") == accounts.TRIES_PER_ACCOUNT
    with pytest.raises(TooMany) as absent:
        enter(city, email="kimse@aksaray.example")
    guess(city, 10)
    with pytest.raises(TooMany) as there:
        enter(city)

    assert str(absent.value) == str(there.value)


def test_one_password_on_many_accounts_is_limited_by_address(city: City):
    assert guess(city, 60, email="memur{}@aksaray.example", address="10.0.0.1") == accounts.TRIES_PER_ADDRESS


def test_one_password_on_many_accounts_from_many_addresses_is_limited_too(city: City):
    with city.db.transaction() as tx:
        access.note_tries(tx, [("sign-in-all", "")] * (accounts.TRIES_IN_ALL - 5), now=city.now)

    assert guess(city, 50, email="memur{}@aksaray.example") == 5


def test_strangers_cannot_shut_a_colleague_out_of_a_browser_they_have_used(city: City):
    at_the_desk = known(city, city.kemal)
    guess(city, 30)
    guess(city, 50, email="memur{}@aksaray.example", address="10.0.0.1")

    with pytest.raises(TooMany):
        enter(city)
    assert enter(city, devices=at_the_desk, address="10.0.0.1").then == "desk"


def test_a_known_browser_has_no_more_tries_than_others(city: City):
    assert guess(city, 30, devices=known(city, city.kemal)) == accounts.TRIES_PER_ACCOUNT


def test_a_browsers_note_counts_for_its_own_colleague_only(city: City):
    notes = devices.noting(known(city, city.nur), city.deniz.id, secret=SECRET)
    forged = devices.noting("", city.kemal.id, secret=b"another secret of 32 bytes .....")

    assert devices.name_of(notes, city.nur.id, secret=SECRET)
    assert devices.name_of(notes, city.deniz.id, secret=SECRET)
    assert not devices.name_of(notes, city.kemal.id, secret=SECRET)
    assert not devices.name_of(forged, city.kemal.id, secret=SECRET)
    assert not devices.name_of(notes.replace(f"{city.nur.id}.", f"{city.kemal.id}."), city.kemal.id, secret=SECRET)


def test_tries_at_the_same_moment_are_all_counted(city: City):
    budget = throttle.Budget("test", "one", 3, timedelta(minutes=1))
    refusal = TooMany("yeter")

    throttle.spend(city.db, [budget] * 3, now=city.now, refusal=refusal)
    throttle.spend(city.db, [budget], now=city.now, refusal=refusal)
    throttle.spend(city.db, [budget], now=city.now, refusal=refusal)

    with pytest.raises(TooMany):
        throttle.spend(city.db, [budget], now=city.now, refusal=refusal)


def test_when_too_many_sign_in_the_try_is_not_counted(city: City):
    with crowd.at_the_door(), pytest.raises(Busy):
        enter(city)

    with city.db.reading() as tx:
        assert tx.exec(select(Attempt)).all() == []


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(city: City):
    older = passwords.scheme.using(time_cost=2).hash(PASSWORD)
    with city.db.transaction() as tx:
        access.change_clerk(tx, city.kemal.id, password_hash=older)

    enter(city)

    with city.db.reading() as tx:
        stored = tx.get_one(Clerk, city.kemal.id).password_hash
    assert stored != older
    assert not passwords.is_outdated(stored)
    assert enter(city).then == "desk"


def test_an_administrator_without_a_second_factor_can_only_set_one_up(city: City):
    with city.db.transaction() as tx:
        second_factor.turn_off(tx, city.selin.id, now=city.now)

    entry = enter(city, city.selin)

    assert entry.then == "set_up"
    assert not is_in(city, entry)
    with pytest.raises(HalfOver):
        prove(city, entry, app_code(city))


def test_setting_it_up_opens_the_desk_and_gives_ten_codes(city: City):
    with city.db.transaction() as tx:
        second_factor.turn_off(tx, city.selin.id, now=city.now)
    entry = enter(city, city.selin)
    with city.db.reading() as tx:
        selin = accounts.half_way(tx, entry.token, now=city.now, of="set_up")
    offered = second_factor.offered(selin, accounts.token_hash(entry.token), secret=SECRET)

    with pytest.raises(Refused, match="Kod yanlış"):
        accounts.set_up(city.db, entry.token, "000000", visitor=Visitor(), secret=SECRET, now=city.now)
    code = pyotp.TOTP(offered).at(int(city.now.timestamp()))
    whole, codes = accounts.set_up(city.db, entry.token, code, visitor=Visitor(), secret=SECRET, now=city.now)

    assert is_in(city, whole)
    assert len(set(codes)) == 10
    assert prove(city, enter(city, city.selin), codes[0]).then == "desk"


def test_a_lost_telephones_secret_never_comes_back(city: City):
    with city.db.transaction() as tx:
        kemal = tx.get_one(Clerk, city.kemal.id)
        before = second_factor.offered(kemal, "hash", secret=SECRET)
        second_factor.turn_off(tx, city.kemal.id, now=city.now)
        tx.refresh(kemal)

        assert second_factor.offered(kemal, "hash", secret=SECRET) != before


def test_the_town_may_ask_everybody_for_a_second_step(city: City):
    kemal = enter(city)
    selin = prove(city, enter(city, city.selin), app_code(city))

    with city.db.transaction() as tx:
        colleagues.ask_factor_of(tx, True, by=city.selin, now=city.now)

    assert not is_in(city, kemal)
    assert is_in(city, selin)
    assert enter(city).then == "set_up"
    with city.db.transaction() as tx:
        colleagues.ask_factor_of(tx, False, by=city.selin, now=city.now)
    assert enter(city).then == "desk"


def test_only_an_administrator_touches_other_accounts(city: City):
    acts = (
        lambda tx: colleagues.ask_factor_of(tx, True, by=city.nur, now=city.now),
        lambda tx: colleagues.reset_factor(tx, city.selin.id, by=city.nur, now=city.now),
        lambda tx: colleagues.end_sessions(tx, city.kemal.id, by=city.zeynep, now=city.now),
        lambda tx: colleagues.set_active(tx, city.kemal.id, False, by=city.kemal, now=city.now),
    )
    for act in acts:
        with city.db.transaction() as tx, pytest.raises(Refused, match="yetkiniz yok"):
            act(tx)
    assert not permissions.may(city.nur, "staff.manage")


def test_who_is_kept_out_is_out_at_once_and_comes_in_again_when_let(city: City):
    entry, half = enter(city), enter(city, city.selin)

    with city.db.transaction() as tx:
        colleagues.set_active(tx, city.kemal.id, False, by=city.selin, now=city.now)

    assert not is_in(city, entry)
    with pytest.raises(Refused, match="yanlış"):
        enter(city)
    with city.db.transaction() as tx:
        colleagues.set_active(tx, city.kemal.id, True, by=city.selin, now=city.now)
    assert not is_in(city, entry)
    assert enter(city).then == "desk"
    assert half.then == "code"


def test_a_reset_second_factor_opens_nothing_any_more(city: City):
    city.give_factor(city.nur)
    half = enter(city, city.nur)

    with city.db.transaction() as tx:
        colleagues.reset_factor(tx, city.nur.id, by=city.selin, now=city.now)

    with pytest.raises(HalfOver):
        prove(city, half, city.codes[city.nur.id][0])
    with city.db.reading() as tx:
        assert tx.exec(select(HalfSession)).all() == []
        assert access.codes_left(tx, city.nur.id) == 0
    assert enter(city, city.nur).then == "desk"


def test_nobody_shuts_out_themselves(city: City):
    with city.db.transaction() as tx, pytest.raises(Refused, match="Hesabım"):
        colleagues.set_active(tx, city.selin.id, False, by=city.selin, now=city.now)
    with city.db.transaction() as tx, pytest.raises(NotFound):
        colleagues.set_active(tx, 10**9, False, by=city.selin, now=city.now)


def test_a_changed_password_ends_every_other_session(city: City):
    here, elsewhere = enter(city), enter(city)

    change(city, here, NEW)

    assert is_in(city, here)
    assert not is_in(city, elsewhere)
    assert enter(city, password=NEW).then == "desk"
    with pytest.raises(Refused):
        enter(city)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ((WRONG, NEW, NEW), "old"),
        ((PASSWORD, NEW, f"{NEW}."), "again"),
        ((PASSWORD, PASSWORD, PASSWORD), "new"),
        ((PASSWORD, "kemal-sahin-1905", "kemal-sahin-1905"), "new"),
        ((PASSWORD, "kısa", "kısa"), "new"),
    ],
)
def test_a_password_is_changed_by_who_knows_it_and_to_a_good_one(city: City, typed, field: str):
    here = enter(city)

    with pytest.raises(Refused) as no:
        own_account.change_password(city.db, city.kemal, *typed, token=here.token, language="tr", now=city.now)

    assert no.value.field == field
    assert enter(city).then == "desk"


def test_a_stolen_desk_cannot_guess_the_password_for_long(city: City):
    here = enter(city)
    for _ in range(accounts.TRIES_PER_ACCOUNT):
        with pytest.raises(Refused):
            change(city, here, NEW, old=WRONG)

    with pytest.raises(TooMany):
        change(city, here, NEW)


def test_a_session_is_ended_by_its_owner_only(city: City):
    kemal, nur = enter(city), enter(city, city.nur)
    name = name_of(city, city.kemal)

    with city.db.transaction() as tx, pytest.raises(NotFound):
        own_account.end_session(tx, city.nur, name, now=city.now)
    assert is_in(city, kemal)
    with city.db.transaction() as tx:
        own_account.end_session(tx, city.kemal, name, now=city.now)

    assert not is_in(city, kemal)
    assert is_in(city, nur)


def test_all_other_sessions_end_together(city: City):
    here, others, nur = enter(city), [enter(city), enter(city)], enter(city, city.nur)

    with city.db.transaction() as tx:
        ended = own_account.end_other_sessions(tx, city.kemal, token=here.token, now=city.now)

    assert ended == 2
    assert [is_in(city, each) for each in (here, *others, nur)] == [True, False, False, True]


def test_turning_the_second_step_off_is_refused_where_it_is_owed(city: City):
    city.give_factor(city.kemal)
    off = {"token": "", "language": "tr", "now": city.now}

    own_account.turn_factor_off(city.db, city.kemal, PASSWORD, **off)
    with pytest.raises(Refused, match="zorunlu"):
        own_account.turn_factor_off(city.db, city.selin, PASSWORD, **off)

    assert enter(city, city.kemal).then == "desk"
    assert enter(city, city.selin).then == "code"


def test_renewed_codes_replace_the_old_ones(city: City):
    old = city.codes[city.selin.id][0]

    fresh = own_account.renew_codes(city.db, city.selin, PASSWORD, secret=SECRET, now=city.now)

    with pytest.raises(Refused):
        prove(city, enter(city, city.selin), old)
    assert prove(city, enter(city, city.selin), fresh[0]).then == "desk"


def test_the_account_remembers_what_happened(city: City):
    here = enter(city, address="10.1.2.3", agent="Firefox")
    change(city, here, NEW)

    with city.db.reading() as tx:
        events = tx.exec(select(AccountEvent).where(AccountEvent.clerk_id == city.kemal.id)).all()

    assert [(each.kind, each.address) for each in events] == [("signed_in", "10.1.2.3"), ("password_changed", "")]


def change(city: City, here: Entry, new: str, *, old: str = PASSWORD) -> None:
    own_account.change_password(city.db, city.kemal, old, new, new, token=here.token, language="tr", now=city.now)


def name_of(city: City, clerk) -> str:
    with city.db.reading() as tx:
        return own_account.session_name(own_account.sessions(tx, clerk.id, now=city.now)[0])

"""Which passwords are taken, and how they are kept."""

import threading
import time

import pytest
from passlib.hash import argon2

from portal.rules.refusal import Refused
from portal.services import passwords
from portal.services.passwords import Busy, Turnstile

ABOUT = ["Kemal Şahin", "kemal.sahin@aksaray.bel.tr", "Aksaray Belediyesi", "Aksaray"]


@pytest.mark.parametrize(
    "easy",
    [
        "password123",
        "1234567890",
        "qwertyuiop",
        "galatasaray1905",
        "Fenerbahçe1907",
        "istanbul34",
        "İSTANBUL2026",
        "sifre123456",
        "şifre12345!",
        "Parola2026.",
        "Kemal1985!",
        "kemal.sahin.2026",
        "aksaraybelediyesi68",
        "AhmetMehmet123",
        "aaaaaaaaaaaaaaaaaaaa",
        "!!!!!!!!!!",
    ],
)
def test_what_others_would_guess_is_refused(easy: str):
    with pytest.raises(Refused, match="kolay tahmin"):
        passwords.check(easy, about=ABOUT)


@pytest.mark.parametrize(
    "good", ["kirmizi-balik-72", "yeşil kapı mor deniz", "çorap bulut 7 leylek", "x7Kp2qLm9Z", "ağaçların altında " * 5]
)
def test_unrelated_words_spaces_and_turkish_letters_are_welcome(good: str):
    passwords.check(good, about=ABOUT)


def test_a_password_has_a_shortest_and_a_longest_length():
    with pytest.raises(Refused, match="en az 10"):
        passwords.check("x7Kp2qLm9", about=ABOUT)
    with pytest.raises(Refused, match="en fazla 1000"):
        passwords.check("x7Kp2qLm9Z" * 101, about=ABOUT)


def test_the_same_letters_from_another_keyboard_are_the_same_password():
    stored = passwords.hash_password("yeşil kapı mor deniz")

    assert passwords.verify("yes\u0327il kapı mor deniz", stored)
    assert not passwords.verify("yesil kapı mor deniz", stored)


def test_what_is_too_long_is_never_taken_for_its_beginning():
    stored = passwords.hash_password("x7Kp2qLm9Z" * 100)

    assert passwords.verify("x7Kp2qLm9Z" * 100, stored)
    assert not passwords.verify("x7Kp2qLm9Z" * 101, stored)


def test_nobodys_hash_takes_as_long_as_everybodys():
    shipped = argon2.using(type="ID", memory_cost=65536, time_cost=3, parallelism=4)

    assert not shipped.needs_update(passwords.NOBODY)


def test_a_hash_of_other_parameters_is_outdated():
    other = passwords.scheme.using(time_cost=2).hash("x7Kp2qLm9Z")

    assert passwords.is_outdated(other)
    assert not passwords.is_outdated(passwords.hash_password("x7Kp2qLm9Z"))


def test_when_too_many_wait_the_next_is_told_at_once():
    turnstile, leave = Turnstile(at_once=1, most_waiting=1, longest_wait=10), threading.Event()

    def work() -> None:
        with turnstile.pass_through():
            leave.wait(10)

    inside = [threading.Thread(target=work) for _ in range(2)]
    for each in inside:
        each.start()
    _until(lambda: turnstile.in_line == 2)

    with pytest.raises(Busy), turnstile.pass_through():
        pass

    leave.set()
    for each in inside:
        each.join()
    with turnstile.pass_through():
        assert turnstile.in_line == 1


def _until(is_so) -> None:
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)

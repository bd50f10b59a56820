import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlmodel import func, select

from db.models import Callback, DeskVersion, Outgoing
from db.queries import post
from portal.channels import DeliveryFailed, Letter, Sender, email
from portal.rules import references
from portal.services import delivery
from portal.services.delivery import Delivered
from portal.settings import Settings
from tests.cast import City
from tests.channels.mailserver import MailServer, mail_server

PORTAL = "https://cozum.aksaray.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def sender_to(port: int) -> Sender:
    return email.MailServer.at(f"smtp://127.0.0.1:{port}", sender="", host="cozum.aksaray.example")


def deliver(city: City, sender: Sender, **by: int) -> Delivered:
    return delivery.deliver_due(
        city.db,
        sender,
        secret=city.secret,
        base_url=PORTAL,
        town=city.town,
        now=city.now + timedelta(**by),
    )


def only_letter(city: City, case) -> Outgoing:
    [letter] = city.letters(case)
    return letter


def calls(city: City) -> list[Callback]:
    with city.db.reading() as tx:
        return list(tx.exec(select(Callback)))


def test_what_is_due_reaches_the_applicant_once(city: City, server: MailServer):
    case = city.case()

    first, second = deliver(city, sender_to(server.port)), deliver(city, sender_to(server.port))

    assert (first, second) == (Delivered(sent=1), Delivered())
    [arrived] = server.letters
    assert arrived["To"] == "ayse@ornek.com.tr"
    assert arrived["Subject"] == f"Başvurunuz alındı: {references.grouped(case.reference)}"
    letter = only_letter(city, case)
    assert (letter.state, letter.sent_at, letter.attempts) == ("sent", city.now, 1)


def test_the_link_in_the_letter_opens_the_applicants_own_page(city: City, server: MailServer):
    case = city.case()

    deliver(city, sender_to(server.port))

    text = server.letters[0].get_content()
    link = re.search(rf"{re.escape(PORTAL)}/takip/{case.reference}\?k=(\S+)", text)
    assert link
    assert references.matches(link[1], city.submission(case).key_hash)
    assert "{{" not in text


def test_an_english_letter_comes_from_an_english_name(city: City, server: MailServer):
    city.case(language="en")

    deliver(city, sender_to(server.port))

    assert "Municipality of Aksaray Solution Centre" in str(server.letters[0]["From"])


def test_the_key_of_the_link_is_stored_nowhere(city: City, server: MailServer):
    case = city.case()

    deliver(city, sender_to(server.port))

    submission = city.submission(case)
    key = references.derive_key(city.secret, case.reference, submission.key_nonce)
    assert key not in only_letter(city, case).words


def test_a_case_is_answered_when_the_answer_has_left(city: City, server: MailServer):
    case = city.case("resolved")
    assert case.answered_at is None

    deliver(city, sender_to(server.port), minutes=1)

    assert city.look(case.reference).answered_at == city.now + timedelta(minutes=1)


def test_a_refused_recipient_is_told_to_the_desk_and_owed_a_call(city: City, server: MailServer):
    case = city.case()
    server.answer("RCPT", "550 5.1.1 No such user")

    assert deliver(city, sender_to(server.port)) == Delivered(failed=1)

    letter, [call] = only_letter(city, case), calls(city)
    assert (letter.state, letter.failure) == ("failed", f"{email.REFUSED_FOR_GOOD} 550 5.1.1 No such user")
    assert (call.reason, call.outgoing_id, call.case_id, call.done_at) == ("delivery_failed", letter.id, case.id, None)
    event = city.events(case)[-1]
    assert (event.kind, event.actor, event.words, event.is_public) == (
        "delivery_failed",
        "system",
        email.REFUSED_FOR_GOOD,
        False,
    )
    assert event.facts == {"outgoing": letter.id, "answer": "550 5.1.1 No such user"}


def test_open_lists_hear_of_a_letter_that_did_not_arrive(city: City, server: MailServer):
    case = city.case()
    server.answer("RCPT", "550 5.1.1 No such user")
    with city.db.reading() as tx:
        before = tx.exec(select(func.sum(DeskVersion.version))).one()

    deliver(city, sender_to(server.port))

    with city.db.reading() as tx:
        assert tx.exec(select(func.sum(DeskVersion.version))).one() != before
    assert city.look(case.reference).version == case.version + 1


def test_who_calls_reads_the_answer_that_did_not_arrive(city: City, server: MailServer):
    case = city.case("in_progress")
    deliver(city, sender_to(server.port))
    server.answer("RCPT", "550 5.1.1 No such user")
    with city.later(days=1):
        city.move(case.reference, "resolved", reply="Çukur bugün kapatıldı.")
        deliver(city, sender_to(server.port))

    assert [call.words for call in calls(city)] == ["Çukur bugün kapatıldı."]
    assert city.look(case.reference).answered_at is None


def test_a_server_that_is_busy_gets_the_letter_later(city: City, server: MailServer):
    case = city.case()
    server.answer("RCPT", "451 4.7.1 Try again later")

    assert deliver(city, sender_to(server.port)) == Delivered(again=1)
    server.answer("RCPT", "")

    assert deliver(city, sender_to(server.port), seconds=59) == Delivered()
    assert only_letter(city, case).failure == f"{email.REFUSED_FOR_NOW} 451 4.7.1 Try again later"
    assert deliver(city, sender_to(server.port), seconds=60) == Delivered(sent=1)
    assert (only_letter(city, case).state, only_letter(city, case).failure) == ("sent", "")
    assert calls(city) == []


def test_a_server_that_stays_away_is_tried_ever_more_rarely_and_then_a_call_is_owed(city: City):
    case = city.case()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        sender = sender_to(nobody.getsockname()[1])
        waits = []
        while only_letter(city, case).state == "waiting":
            with city.later(seconds=sum(waits)):
                assert deliver(city, sender)
                letter = only_letter(city, case)
                waits.append((letter.next_try_at - city.now).total_seconds())

    assert [wait / 60 for wait in waits[:-1]] == [1, 5, 15, 60, 240, 720, 1440]
    assert (letter.attempts, letter.state) == (8, "failed")
    assert [call.reason for call in calls(city)] == ["delivery_failed"]


def test_a_worker_that_died_with_a_letter_in_hand_delays_it_by_the_hold(city: City, server: MailServer):
    case = city.case()
    with city.db.transaction() as tx:
        assert post.claim_due(tx, "email", now=city.now, hold=delivery.HOLD)

    assert deliver(city, sender_to(server.port), minutes=4) == Delivered()
    assert deliver(city, sender_to(server.port), minutes=5) == Delivered(sent=1)
    assert only_letter(city, case).attempts == 2


def test_a_letter_on_which_every_worker_dies_is_given_up(city: City, server: MailServer):
    case = city.case()
    for tries in range(8):
        with city.db.transaction() as tx:
            assert post.claim_due(tx, "email", now=city.now + tries * delivery.HOLD, hold=delivery.HOLD)

    assert deliver(city, sender_to(server.port), hours=1) == Delivered(failed=1)

    assert (server.letters, only_letter(city, case).failure) == ([], delivery.GAVE_UP)
    assert len(calls(city)) == 1


def test_a_letter_that_was_sent_meanwhile_does_not_fail_any_more(city: City, server: MailServer):
    case = city.case()

    class SlowThenRefused:
        """Holds the letter so long that another worker sends it; then it is refused."""

        channel = "email"

        def send(self, _letter: Letter, *, leaving: Callable[[], None]) -> None:
            assert deliver(city, sender_to(server.port), minutes=6) == Delivered(sent=1)
            raise DeliveryFailed(email.REFUSED_FOR_GOOD, permanent=True)

    deliver(city, SlowThenRefused())

    assert only_letter(city, case).state == "sent"
    assert calls(city) == []


class Powercut(BaseException):
    """The process is gone: nothing after it runs."""


def test_a_letter_that_may_have_left_when_the_worker_died_is_never_sent_again_but_owed_a_call(
    city: City, server: MailServer
):
    case = city.case()

    class Dies:
        channel = "email"

        def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
            sender_to(server.port).send(letter, leaving=leaving)
            raise Powercut

    with pytest.raises(Powercut):
        deliver(city, Dies())

    assert only_letter(city, case).state == "leaving"
    assert deliver(city, sender_to(server.port), minutes=4) == Delivered()
    assert deliver(city, sender_to(server.port), minutes=5) == Delivered(failed=1)
    assert deliver(city, sender_to(server.port), hours=5) == Delivered()
    assert (only_letter(city, case).state, len(server.letters)) == ("unsure", 1)
    assert [(call.reason, call.outgoing_id) for call in calls(city)] == [
        ("delivery_unsure", only_letter(city, case).id)
    ]
    assert city.events(case)[-1].kind == "delivery_unsure"


def test_a_server_that_hangs_up_while_it_takes_the_letter_is_not_written_to_again(city: City, server: MailServer):
    case = city.case()
    server.answer("DATA", "hang up")

    assert deliver(city, sender_to(server.port)) == Delivered(failed=1)

    letter = only_letter(city, case)
    assert letter.state == "unsure"
    assert letter.failure.startswith(email.BROKEN_OFF)
    assert [call.reason for call in calls(city)] == ["delivery_unsure"]


def test_a_letter_the_server_puts_off_after_reading_it_waits_for_its_next_try(city: City, server: MailServer):
    case = city.case()
    server.answer("DATA", "451 Try later")

    assert deliver(city, sender_to(server.port)) == Delivered(again=1)

    assert only_letter(city, case).state == "waiting"


def test_a_worker_that_slept_through_its_hold_sends_nothing(city: City, server: MailServer):
    case = city.case()

    class Sleeps:
        channel = "email"

        def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
            assert deliver(city, sender_to(server.port), minutes=6) == Delivered(sent=1)
            sender_to(server.port).send(letter, leaving=leaving)

    assert deliver(city, Sleeps()) == Delivered(again=1)

    assert (only_letter(city, case).state, len(server.letters)) == ("sent", 1)


def test_two_workers_send_each_letter_once(city: City, server: MailServer):
    resolved = [city.case("resolved") for _ in range(12)]
    ends: list[Delivered] = []

    def work() -> None:
        ends.append(deliver(city, sender_to(server.port)))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(end.sent for end in ends) == 24
    ids = [arrived["Message-ID"] for arrived in server.letters]
    assert len(ids) == len(set(ids)) == 24
    assert all(city.look(case.reference).answered_at for case in resolved)


def test_without_a_mail_server_the_letter_lies_in_the_mail_folder(city: City, tmp_path):
    case = city.case()
    settings = Settings.read({"PORTAL_DATA": str(tmp_path)})

    deliver(city, email.open_sender(settings))

    letter = only_letter(city, case)
    assert [file.name for file in (tmp_path / "mail").iterdir()] == [f"{letter.message_id}.eml"]
    assert letter.state == "sent"

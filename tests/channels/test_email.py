import re
import socket
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import quote

import pytest

from portal.channels import DeliveryFailed, DeliveryUnsure, Letter, email
from portal.settings import Settings
from tests.channels.mailserver import AUTHORITY, PASSWORD, USER, mail_server

PORTAL = "https://cozum.aksaray.example"


def sender(url: str = "", *, folder: Path = Path("/nowhere"), mail_from: str = "", base_url: str = PORTAL):
    return email.open_sender(
        Settings(
            data_dir=folder,
            database_url="",
            host="127.0.0.1",
            port=8000,
            smtp_url=url or None,
            base_url=base_url,
            secret=b"",
            mail_from=mail_from,
        )
    )


def nothing() -> None:
    """Nobody keeps account here."""


def refused_by(url: str, letter: Letter) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        sender(url).send(letter, leaving=nothing)
    return failed.value


def words_of(message: EmailMessage) -> str:
    # On the wire, and in files of mail programs, a line ends with two characters.
    return str(message.get_content()).replace("\r\n", "\n")


def test_the_letter_arrives_as_it_was_written(letter: Letter):
    with mail_server() as server:
        sender(f"smtp://127.0.0.1:{server.port}").send(letter, leaving=nothing)

    [arrived] = server.letters
    assert arrived["Subject"] == letter.subject
    assert words_of(arrived) == letter.words
    assert str(arrived["From"]) == "Aksaray Belediyesi Çözüm Merkezi <cozum@aksaray.example>"
    assert server.envelopes == [("cozum@aksaray.example", ["ayse@ornek.com.tr"])]


def test_the_letter_says_that_a_machine_wrote_it_and_keeps_its_id(letter: Letter):
    with mail_server() as server:
        for _ in range(2):
            sender(f"smtp://127.0.0.1:{server.port}").send(letter, leaving=nothing)

    for arrived in server.letters:
        assert arrived["Auto-Submitted"] == "auto-replied"
        assert arrived["X-Auto-Response-Suppress"] == "All"
        assert arrived["Message-ID"] == "<0f3c.483109752264@cozum.aksaray.example>"
        assert arrived["Date"].datetime == letter.at


def test_the_letter_comes_from_the_address_that_is_set_and_answers_go_to_the_town(letter: Letter):
    with mail_server() as server:
        sender(f"smtp://127.0.0.1:{server.port}", mail_from="yanitsiz@aksaray.example").send(letter, leaving=nothing)

    [arrived] = server.letters
    assert str(arrived["From"]) == "Aksaray Belediyesi Çözüm Merkezi <yanitsiz@aksaray.example>"
    assert arrived["Reply-To"] == "cozum@aksaray.example"


def test_a_town_without_any_address_of_its_own_still_writes(letter: Letter):
    with mail_server() as server:
        sender(f"smtp://127.0.0.1:{server.port}", base_url="http://127.0.0.1:8000").send(
            replace(letter, reply_to=""), leaving=nothing
        )

    [arrived] = server.letters
    assert arrived["Message-ID"] == "<0f3c.483109752264@[127.0.0.1]>"
    assert arrived["Reply-To"] is None


@pytest.mark.parametrize(("scheme", "kind"), [("smtps", "tls"), ("smtp+starttls", "starttls")])
def test_an_encrypted_server_that_is_trusted_takes_the_letter(
    letter: Letter, scheme: str, kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))

    with mail_server(kind, signs_in=True) as server:
        sender(f"{scheme}://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@localhost:{server.port}").send(
            letter, leaving=nothing
        )

    assert len(server.letters) == 1


@pytest.mark.parametrize(("scheme", "kind"), [("smtps", "tls"), ("smtp+starttls", "starttls")])
def test_a_server_nobody_vouches_for_gets_nothing(letter: Letter, scheme: str, kind: str):
    with mail_server(kind) as server:
        failed = refused_by(f"{scheme}://localhost:{server.port}", letter)

    assert (failed.why, failed.permanent) == (email.UNTRUSTED, False)
    assert server.letters == []


def test_a_server_that_cannot_encrypt_gets_nothing_when_encryption_was_asked(letter: Letter):
    with mail_server() as server:
        failed = refused_by(f"smtp+starttls://127.0.0.1:{server.port}", letter)

    assert (failed.why, failed.permanent) == (email.UNTRUSTED, False)


@pytest.mark.parametrize("password", ["yanlis", "şifre"])
def test_a_wrong_password_is_ours_to_mend(letter: Letter, password: str):
    with mail_server(signs_in=True) as server:
        failed = refused_by(f"smtp://u:{quote(password)}@127.0.0.1:{server.port}", letter)

    assert (failed.why, failed.permanent) == (email.SIGN_IN_REFUSED, False)


def test_a_server_that_wants_a_password_we_have_not_is_ours_to_mend(letter: Letter):
    with mail_server(signs_in=True) as server:
        failed = refused_by(f"smtp://127.0.0.1:{server.port}", letter)

    assert (failed.why, failed.permanent) == (email.SIGN_IN_REFUSED, False)


@pytest.mark.parametrize(
    ("verb", "answer", "why", "permanent"),
    [
        ("RCPT", "550 5.1.1 No such user", email.REFUSED_FOR_GOOD, True),
        ("RCPT", "451 4.7.1 Try again later", email.REFUSED_FOR_NOW, False),
        ("RCPT", "530 5.7.0 Authentication required", email.SIGN_IN_REFUSED, False),
        ("DATA", "554 5.6.0 Message rejected", email.REFUSED_FOR_GOOD, True),
        ("DATA", "452 4.3.1 Out of memory", email.REFUSED_FOR_NOW, False),
    ],
)
def test_a_refusal_is_understood_and_its_words_are_kept(
    letter: Letter, verb: str, answer: str, why: str, permanent: bool
):
    with mail_server() as server:
        server.answer(verb, answer)
        failed = refused_by(f"smtp://127.0.0.1:{server.port}", letter)

    assert (failed.why, failed.permanent, failed.answer) == (why, permanent, answer)


def test_a_rude_good_bye_is_no_failure(letter: Letter):
    with mail_server() as server:
        server.answer("QUIT", "451 Not now")
        sender(f"smtp://127.0.0.1:{server.port}").send(letter, leaving=nothing)

    assert len(server.letters) == 1


def test_the_letter_is_noted_as_leaving_after_everything_else_was_agreed(letter: Letter):
    with mail_server() as server:
        seen = []
        sender(f"smtp://127.0.0.1:{server.port}").send(letter, leaving=lambda: seen.append(len(server.letters)))

        assert seen == [0]
        assert len(server.letters) == 1


def test_a_recipient_that_is_refused_never_leaves(letter: Letter):
    with mail_server() as server:
        server.answer("RCPT", "550 No such user")
        left = []
        with pytest.raises(DeliveryFailed):
            sender(f"smtp://127.0.0.1:{server.port}").send(letter, leaving=lambda: left.append(letter))

        assert left == []


def test_a_server_that_hangs_up_while_it_takes_the_letter_leaves_us_unsure(letter: Letter):
    with mail_server() as server:
        server.answer("DATA", "hang up")
        with pytest.raises(DeliveryUnsure) as unsure:
            sender(f"smtp://127.0.0.1:{server.port}").send(letter, leaving=nothing)

    assert (unsure.value.why, unsure.value.permanent) == (email.BROKEN_OFF, True)


def test_a_letter_refused_after_it_was_read_did_not_leave(letter: Letter):
    with mail_server() as server:
        server.answer("DATA", "451 Try later")

        failed = refused_by(f"smtp://127.0.0.1:{server.port}", letter)

    assert (type(failed), failed.permanent) == (DeliveryFailed, False)


def test_a_server_that_is_away_is_tried_again_later(letter: Letter):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        failed = refused_by(f"smtp://127.0.0.1:{nobody.getsockname()[1]}", letter)

    assert (failed.why, failed.permanent) == (email.UNREACHABLE, False)


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "Başvurunuz\r\nBcc: herkes@ornek.com"},
        {"sender_name": "Belediye\nBcc: herkes@ornek.com"},
        {"reply_to": "a@b.example\r\nBcc: herkes@ornek.com"},
        {"words": "yarım karakter \ud800"},
    ],
)
def test_what_could_break_out_of_its_place_is_never_sent(letter: Letter, broken: dict[str, str]):
    with mail_server() as server:
        failed = refused_by(f"smtp://127.0.0.1:{server.port}", replace(letter, **broken))

    assert (failed.why, failed.permanent) == (email.UNWRITABLE, True)
    assert server.letters == []


def test_a_password_in_the_address_is_not_in_what_is_printed():
    assert "gizli" not in repr(sender("smtp://u:gizli@mail.example"))


def test_without_a_mail_server_the_letter_is_a_file_that_reads_back_the_same(letter: Letter, tmp_path: Path):
    for _ in range(2):
        sender(folder=tmp_path).send(letter, leaving=nothing)

    [file] = (tmp_path / "mail").iterdir()
    kept = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(kept, EmailMessage)
    assert file.name == "0f3c.483109752264.eml"
    assert (kept["Subject"], kept["To"], words_of(kept)) == (letter.subject, letter.address, letter.words)
    assert re.fullmatch(r"0o100600", oct(file.stat().st_mode))


def test_a_folder_that_cannot_be_written_is_tried_again_later(letter: Letter, tmp_path: Path):
    (tmp_path / "mail").write_text("a file where the folder should be")

    with pytest.raises(DeliveryFailed) as failed:
        sender(folder=tmp_path).send(letter, leaving=nothing)

    assert (failed.value.why, failed.value.permanent) == (email.NOT_KEPT, False)

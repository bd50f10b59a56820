"""What every channel agrees on: a letter goes in, and only `DeliveryFailed` comes back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """One message, ready to leave. Its `message_id` is the same at every try, so that a repeat can be recognised."""

    message_id: str
    address: str
    subject: str
    words: str = field(repr=False)
    sender_name: str
    reply_to: str
    at: datetime


class DeliveryFailed(Exception):
    """Why a letter did not leave: a Turkish sentence of ours, and in `answer` what the other side said.

    A permanent failure is about this letter or its address; anything that may pass, or that we can mend, is not.
    """

    def __init__(self, why: str, *, permanent: bool, answer: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.permanent = permanent
        self.answer = answer


class DeliveryUnsure(DeliveryFailed):
    """The letter was being handed over when the conversation broke off: it may have arrived, or not."""

    def __init__(self, why: str, *, answer: str = "") -> None:
        super().__init__(why, permanent=True, answer=answer)


class Sender(Protocol):
    """A way out. `channel` is what `Outgoing.channel` calls it."""

    channel: str

    def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
        """Hands the letter over for good, or raises DeliveryFailed.

        Calls `leaving` when nothing is left but the handing over itself, unless a repeat would do no harm.
        """

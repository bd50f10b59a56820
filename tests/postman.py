"""A mail server of the tests: keeps what it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field

from portal.channels import DeliveryFailed, Letter


@dataclass
class Postman:
    """Takes letters, or fails as told."""

    channel: str = "email"
    letters: list[Letter] = field(default_factory=list)
    failure: DeliveryFailed | None = None

    def send(self, letter: Letter, *, leaving: Callable[[], None]) -> None:
        if self.failure:
            raise self.failure
        leaving()
        self.letters.append(letter)

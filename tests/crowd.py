"""More people at the door than may count a password at one moment."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from portal.services import passwords


@contextmanager
def at_the_door() -> Iterator[None]:
    """Every place at the turnstile is taken, and every place in line."""
    leave, most = threading.Event(), passwords.AT_ONCE + passwords.MOST_WAITING

    def stand() -> None:
        with suppress(passwords.Busy), passwords.turnstile.pass_through():
            leave.wait(passwords.LONGEST_WAIT)

    crowd = [threading.Thread(target=stand) for _ in range(most)]
    for each in crowd:
        each.start()
    while passwords.turnstile.in_line < most:
        time.sleep(0.001)
    try:
        yield
    finally:
        leave.set()
        for each in crowd:
            each.join()

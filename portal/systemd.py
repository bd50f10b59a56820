"""A word to the service manager that started us, where one did (sd_notify)."""

import os
import socket
from contextlib import suppress


def tell(words: str) -> None:
    """Such as READY=1; nobody listening is no reason not to work."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # A name in the abstract namespace is written with an @ and begins with a NUL.
    place = f"\0{address[1:]}" if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.sendto(words.encode(), place)

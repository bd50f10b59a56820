"""The two ways a rule says no."""


class Refused(Exception):
    """A rule says no, in a Turkish sentence fit for the person who asked."""

    def __init__(self, message: str, field: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class NotFound(Exception):
    """There is no such thing, or it is not yours: the two must look the same."""


def msgid(text: str) -> str:
    """Marks a Turkish sentence for the translation catalogue; the screen that shows it translates it."""
    return text

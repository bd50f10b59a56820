"""What is wrong with a file, a map or a row, in a sentence of each language."""

from portal.rules.refusal import Refused


class CannotImport(Refused):
    """Nothing was taken over; the sentences say why, in Turkish and in English."""

    def __init__(self, turkish: str, english: str) -> None:
        super().__init__(f"{turkish}\n{english}")


class BadRow(Exception):
    """This row stays outside; the sentences say why."""

    def __init__(self, turkish: str, english: str) -> None:
        super().__init__(english)
        self.turkish = turkish
        self.english = english

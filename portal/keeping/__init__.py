"""Backups: the whole installation in one file, and an installation out of that file."""


class CannotKeep(Exception):
    """Why a backup cannot be made, read or restored, for the person at the terminal: Turkish, then English."""

    def __init__(self, turkish: str, english: str) -> None:
        super().__init__(f"{turkish}\n{english}")

"""Capitals and small letters as Turkish writes them."""


def upper(text: str) -> str:
    """Capitals as Turkish writes them: ışık becomes IŞIK, istanbul İSTANBUL."""
    return text.replace("i", "İ").replace("ı", "I").upper()


def lower(text: str) -> str:
    """Small letters as Turkish writes them: IŞIK becomes ışık, İSTANBUL istanbul."""
    return text.replace("İ", "i").replace("I", "ı").lower()


def title(text: str) -> str:
    """Each word with a capital, as a name is written."""
    return " ".join(upper(word[:1]) + lower(word[1:]) for word in text.split())


def surname(name: str) -> str:
    """A name as letters write it, the last word in capitals: Ayşe YILMAZ."""
    first, space, last = name.rpartition(" ")
    return f"{first}{space}{upper(last)}" if space else name

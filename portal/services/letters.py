"""What we write to applicants: plain words from templates/messages, in the language they wrote in."""

from functools import cache
from pathlib import Path
from string import Template

LETTERS = Path(__file__).parent.parent / "templates" / "messages"
# The applicant's link holds the key, and the key is kept nowhere: it is put in when the letter leaves.
LINK = "{{applicant-link}}"


def compose(kind: str, language: str, **facts: str) -> tuple[str, str]:
    """Subject and text of a letter. Facts are put in as they are; a fact the letter does not name is ignored."""
    letter = _letter(kind, "en" if language == "en" else "tr").substitute(facts, link=LINK)
    subject, _, words = letter.partition("\n")
    return " ".join(subject.split()), words.strip() + "\n"


@cache
def _letter(kind: str, language: str) -> Template:
    return Template((LETTERS / f"{kind}.{language}.txt").read_text("utf-8"))

"""A citizen in front of the report's steps. Each step is typed as a person would, and only what its page asks."""

import re
from typing import Any

from db.models import Case, Draft, Submission
from sqlmodel import func, select

from tests.cast import City
from tests.desk import Office
from tests.web import Browser, Page

WORDS = "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor."
PLACE = {"neighbourhood": "tacin", "street": "4516. Sokak, okulun önü"}
AYSE = {"name": "Ayşe Yılmaz", "phone": "0532 123 45 67", "email": "ayse@ornek.com.tr"}
DANGER = {"q_tehlike": "hayir"}


def begin(office: Office, *, words: str = WORDS, category: str = "YOL-01") -> Browser:
    """A browser whose person has said what happened."""
    browser = office.stranger()
    browser.get("/bildir")
    browser.send(words=words, category=category)
    return browser


def at_photos(office: Office) -> Browser:
    """A browser whose person has said what happened and where."""
    browser = begin(office)
    browser.send(**PLACE)
    return browser


def at_questions(office: Office) -> Browser:
    browser = at_photos(office)
    browser.send(button="Devam et")
    return browser


def at_person(office: Office) -> Browser:
    browser = at_questions(office)
    browser.send(**DANGER)
    return browser


def at_summary(office: Office, **who: Any) -> Browser:
    """A browser with everything filled in and nothing sent."""
    browser = at_person(office)
    browser.send(**(who or AYSE))
    assert browser.page.path == "/bildir/ozet", browser.page.words
    return browser


def send(browser: Browser) -> str:
    """Press the last button, and read the number on the receipt."""
    return reference_on(browser.send(button="Başvuruyu gönder"))


def reference_on(page: Page) -> str:
    found = re.search(r'reference__digits">(\d{4})-(\d{4})-(\d{4})<', page.html)
    assert found, page.words
    return "".join(found.groups())


def link_on(page: Page) -> str:
    """The personal link a receipt shows."""
    found = re.search(r"http://testserver\.local(/takip/\d{12}\?k=[\w-]{22})", page.html)
    assert found, page.words
    return found[1]


def submission(city: City, reference: str) -> Submission:
    with city.db.reading() as tx:
        return tx.exec(select(Submission).where(Submission.reference == reference)).one()


def drafts(city: City) -> list[Draft]:
    with city.db.reading() as tx:
        return list(tx.exec(select(Draft)))


def how_many_cases(city: City) -> int:
    with city.db.reading() as tx:
        return tx.exec(select(func.count()).select_from(Case)).one()

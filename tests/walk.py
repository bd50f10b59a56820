"""One person's way through the whole report, whatever steps its topic has."""

from typing import Any

from tests.web import Browser, Page

WORDS = "Okulun önündeki yolda derin bir çukur var, arabalar zarar görüyor."
PLACE = {"neighbourhood": "tacin", "street": "4516. Sokak, okulun önü"}
AYSE = {"name": "Ayşe Yılmaz", "phone": "0532 123 45 67", "email": "ayse@ornek.com.tr"}


def begin(browser: Browser, *, words: str = WORDS, category: str = "YOL-01") -> Page:
    """Says what happened."""
    browser.get("/bildir")
    return browser.send(words=words, category=category)


def fill(browser: Browser, *, category: str = "YOL-01", words: str = WORDS, **facts: Any) -> Page:
    """Goes through every step the topic has, up to the summary or the step that refuses."""
    begin(browser, words=words, category=category)
    place = {**PLACE, **{name: facts[name] for name in ("neighbourhood", "street", "lat", "lon") if name in facts}}
    for _ in range(5):
        if browser.page.status == 422:
            break
        step = browser.page.path.rpartition("/")[2]
        if step == "yer":
            browser.send(**place)
        elif step == "foto":
            browser.submit(browser.page.form(["photos"]), photos=facts.get("photos", []))
        elif step == "sorular":
            browser.send(**facts.get("answers", _least(browser.page)))
        elif step == "kim":
            browser.send(**facts.get("who", AYSE))
    return browser.page


def report(browser: Browser, **facts: Any) -> str:
    """Reports, and answers with the reference on the receipt."""
    fill(browser, **facts)
    assert browser.page.path == "/bildir/ozet", browser.page.words
    browser.submit(browser.page.form(["form_id"]))
    assert browser.page.path.startswith("/alindi/"), browser.page.words
    return browser.page.path.rpartition("/")[2]


def _least(page: Page) -> dict[str, str]:
    """An answer to each question that offers choices."""
    form = page.form(["_csrf_token"], action="/sorular")
    asked = sorted(name for name in form.names if name.startswith("q_"))
    return {name: form.choices(name)[-1] for name in asked if form.choices(name)[-1:] != [""]}

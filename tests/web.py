"""A browser without JavaScript: opens pages, keeps cookies, fills in the forms it finds and sends them as they are."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import httpx
from litestar import Litestar
from litestar.testing import TestClient

from db.engine import Database
from portal.app import create_app
from portal.routes._looks import Looks
from portal.services.townbook import TownBook
from portal.settings import Settings
from tests.cast import SECRET

HOME = "http://testserver.local"
_IN_ADDRESSES = "%/:?&=#+,;@"
File = tuple[str, bytes, str]


@contextmanager
def open_portal(db: Database, folder: Path) -> Iterator[TestClient[Any]]:
    """The portal over a database, as a server would run it; its photos lie in the folder."""
    settings = Settings(
        data_dir=folder,
        database_url=db.url,
        host="127.0.0.1",
        port=8000,
        smtp_url=None,
        base_url=HOME,
        secret=SECRET,
    )
    own = Database(db.url)
    app = _app(settings)
    before = app.state.dict()
    app.state.update({"db": own, "book": TownBook(own), "looks": Looks(own), "settings": settings})
    try:
        with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
            yield client
    finally:
        app.state.update(before)
        own.close()


_wired: list[Litestar] = []


def _app(settings: Settings) -> Litestar:
    """Wired once for all tests: putting a hundred addresses together takes longer than most of them."""
    if not _wired:
        _wired.append(create_app(settings))
    return _wired[0]


class Browser:
    """One person's browser. After every step `page` is what they see."""

    def __init__(self, client: TestClient[Any] | httpx.Client, home: str = HOME) -> None:
        self._client = client
        self._home = home
        self.cookies: dict[str, str] = {}
        self.page = Page(0, f"{home}/", "", {})

    def get(self, address: str, **headers: str) -> "Page":
        return self._go("GET", address, headers=headers)

    def click(self, words: str) -> "Page":
        """Follow the link that reads so."""
        return self.get(self.page.link(words))

    def send(self, *, button: str = "", form: str = "", **typed: Any) -> "Page":
        """Fill in the form that has these fields (or this action) and press its button."""
        return self.submit(self.page.form(typed, action=form, button=button), button=button, **typed)

    def submit(
        self, form: "Form", *, button: str = "", headers: Mapping[str, str] | None = None, **typed: Any
    ) -> "Page":
        """Send a form, also one that was found on an earlier page."""
        fields, files = form.filled(typed, button)
        if form.method == "get":
            return self._go("GET", form.action, params=fields, headers=headers)
        if form.is_multipart:
            # httpx speaks multipart only when a file is there; a browser sends an empty one too.
            parts = [(name, (None, value.encode())) for name, value in fields]
            return self._go("POST", form.action, files=[*parts, *files], headers=headers)
        return self._go("POST", form.action, data=_together(fields), headers=headers)

    def post(self, address: str, data: Mapping[str, Any], **headers: str) -> "Page":
        """Send what no form of ours would send."""
        return self._go("POST", address, data=dict(data), headers=headers)

    def _go(self, method: str, address: str, *, headers: Mapping[str, str] | None = None, **body: Any) -> "Page":
        url = urljoin(self.page.url, address)
        sent = {"Referer": quote(self.page.url, safe=_IN_ADDRESSES), "Sec-Fetch-Site": "same-origin", **(headers or {})}
        if method == "POST":
            sent.setdefault("Origin", self._home)
        for _ in range(5):
            if cookie := "; ".join(f"{name}={value}" for name, value in self.cookies.items()):
                sent["Cookie"] = cookie
            self._client.cookies.clear()
            answer = self._client.request(method, url, headers=sent, follow_redirects=False, **body)
            self._keep(answer)
            if answer.status_code not in (301, 302, 303, 307):
                break
            method, url, body = "GET", urljoin(url, answer.headers["location"]), {}
        self.page = Page(answer.status_code, url, answer.text, dict(answer.headers), answer.content)
        return self.page

    def _keep(self, answer: Any) -> None:
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        for line in answer.headers.get_list("set-cookie"):
            if "Max-Age=0" in line:
                self.cookies.pop(line.partition("=")[0], None)


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    url: str
    html: str
    headers: Mapping[str, str]
    content: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def words(self) -> str:
        """Everything there is to read, in one line."""
        return " ".join(_text(_main(self._tree)).split())

    @property
    def title(self) -> str:
        return " ".join(_text(next(self._tree.iter("title"))).split())

    @property
    def heading(self) -> str:
        return " ".join(_text(next(self._tree.iter("h1"))).split())

    @property
    def problems(self) -> dict[str, str]:
        """What the summary of errors says, by the field each line leads to."""
        box = _first(self._tree, "div", "error-summary")
        links = box.iter("a") if box is not None else ()
        return {link.get("href", "").lstrip("#"): _text(link).strip() for link in links}

    @property
    def pictures(self) -> list[str]:
        return [image.get("src", "") for image in _main(self._tree).iter("img")]

    def link(self, words: str) -> str:
        for link in self._tree.iter("a"):
            if words in " ".join(_text(link).split()):
                return link.get("href", "")
        raise AssertionError(f"No link reads “{words}” on {self.path}")

    def form(self, fields: Iterable[str] = (), *, action: str = "", button: str = "") -> "Form":
        """The form with these fields, this action and this button."""
        for element in self._tree.iter("form"):
            form = Form(element, self.url)
            if action and not urlsplit(form.action).path.endswith(action):
                continue
            if button and form.button(button) is None:
                continue
            if set(fields) <= form.names:
                return form
        raise AssertionError(f"No such form on {self.path}: {sorted(fields)} {action} {button}")

    @cached_property
    def _tree(self) -> Element:
        tree: Element = html5lib.parse(self.html, namespaceHTMLElements=False)
        return tree


class Form:
    """A form as it stands on a page."""

    def __init__(self, element: Element, url: str) -> None:
        self._element = element
        self.method = element.get("method", "get").lower()
        self.action = urljoin(url, element.get("action", "") or url)
        self.is_multipart = element.get("enctype") == "multipart/form-data"

    @property
    def names(self) -> set[str]:
        return {name for each in self._controls() if (name := each.get("name"))}

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields now."""
        return dict(self._standing())

    def choices(self, name: str) -> list[str]:
        """The values that can be chosen under a name."""
        listed = [option.get("value", "") for each in self._named(name) for option in each.iter("option")]
        return listed + [each.get("value", "") for each in self._named(name) if each.tag == "input"]

    def button(self, words: str) -> Element | None:
        return next((each for each in self._element.iter("button") if words in " ".join(_text(each).split())), None)

    def filled(self, typed: Mapping[str, Any], button: str) -> tuple[list[tuple[str, str]], list[tuple[str, File]]]:
        """What a browser would send after somebody typed this."""
        unknown = set(typed) - self.names
        assert not unknown, f"The form has no fields {sorted(unknown)}"
        fields = [(name, value) for name, value in self._standing() if name not in typed]
        files: list[tuple[str, File]] = []
        for name, value in typed.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, tuple):
                    files.append((name, each))
                else:
                    fields.append((name, each))
        pressed = self.button(button) if button else None
        if pressed is not None and pressed.get("name"):
            fields.append((pressed.get("name", ""), pressed.get("value", "")))
        return fields, files

    def _standing(self) -> Iterator[tuple[str, str]]:
        for each in self._controls():
            name, kind = each.get("name"), each.get("type", "text")
            if not name or each.tag == "button" or kind == "file":
                continue
            if each.tag == "textarea":
                yield name, (each.text or "")
            elif each.tag == "select":
                yield name, _selected(each)
            elif kind not in ("radio", "checkbox") or each.get("checked") is not None:
                yield name, each.get("value", "")

    def _controls(self) -> Iterator[Element]:
        return (each for each in self._element.iter() if each.tag in ("input", "textarea", "select", "button"))

    def _named(self, name: str) -> list[Element]:
        return [each for each in self._controls() if each.get("name") == name]


def _selected(select: Element) -> str:
    options = list(select.iter("option"))
    chosen = next((each for each in options if each.get("selected") is not None), options[0] if options else None)
    return chosen.get("value", "") if chosen is not None else ""


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _main(tree: Element) -> Element:
    return next(tree.iter("main"), tree)


def _first(tree: Element, tag: str, kind: str) -> Element | None:
    return next((each for each in tree.iter(tag) if kind in each.get("class", "").split()), None)


def _together(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    together: dict[str, list[str]] = {}
    for name, value in fields:
        together.setdefault(name, []).append(value)
    return together

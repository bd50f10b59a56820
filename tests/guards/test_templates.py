"""What every template and stylesheet keeps to. Each failure says what to do."""

import hashlib
import re
from pathlib import Path

import pytest

from portal import statics
from portal.routes import _page

TEMPLATES = sorted(_page.TEMPLATES.rglob("*.html"))
SHEETS = sorted((statics.FOLDER / "css").glob("*.css"))
SCRIPTS = sorted((statics.FOLDER / "js").glob("*.js"))

_FORM = re.compile(r"<form\b(?P<start>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|color-mix)\(")


def named(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.name)


@named(TEMPLATES)
def test_a_template_says_first_what_it_is_given(path):
    first = path.read_text("utf-8").splitlines()[0]

    assert re.fullmatch(r"\{# [A-ZÇĞİÖŞÜ].* #\}", first), "Begin with a comment that names the view: {# CaseView #}"


@named(TEMPLATES)
def test_a_template_holds_no_script_and_no_style_of_its_own(path):
    words = path.read_text("utf-8")

    assert not re.search(r"<style\b", words), "Styles belong to static/css"
    assert not re.search(r"<script(?![^>]*\bsrc=)", words), "Scripts belong to static/js"
    assert not re.search(r"\sstyle\s*=", words), "Give it a class"
    assert not re.search(r"\son[a-z]+\s*=", words), "Use data-enhance"
    assert not re.search(r"\bhx-on|=\s*[\"'](?:js|javascript):", words), "The policy forbids code in attributes"
    assert not re.search(r"hx-trigger=\"[^\"]*\[", words), "A trigger's filter is code; the policy forbids it"


@named(TEMPLATES)
def test_a_template_trusts_no_text(path):
    words = path.read_text("utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", words), "Text is escaped, always"


@named(TEMPLATES)
def test_a_form_that_changes_something_carries_its_token(path):
    for form in _FORM.finditer(path.read_text("utf-8")):
        start = form["start"].lower()
        if 'method="get"' in start or 'method="dialog"' in start:
            continue
        assert 'method="post"' in start, "Say method=post or method=get, so that the form works without JavaScript"
        assert 'name="_csrf_token" value="{{ csrf_token() }}"' in form["inside"], "Put the hidden token first"


@named(TEMPLATES)
def test_a_page_has_one_title_and_one_first_heading(path):
    words = path.read_text("utf-8")
    if "{% block main %}" not in words or path.name == "base.html" or path.name.startswith("_"):
        return

    assert words.count("{% block title %}") == 1, "A page has a title"
    assert words.count("<h1") == 1, "A page has one h1"


@named(SHEETS)
def test_a_stylesheet_keeps_its_layer_and_the_tokens(path):
    words = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)

    assert f"@layer {path.stem} {{" in words, "Everything lies in the layer named after the file"
    assert "!important" not in words, "Use the layers"
    assert not re.search(r"(?:^|[\s,>+~}])#[A-Za-z][\w-]*\s*[,{.:]", words), "No ids in selectors"
    if path.stem != "tokens":
        assert not _COLOUR.search(words), "A colour is a token"
    assert not re.search(r"(?:margin|padding|border)-(?:left|right|top|bottom)\b", words), "Use logical properties"


@named(SCRIPTS)
def test_a_script_writes_no_markup_and_no_code(path):
    words = path.read_text("utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", words), (
        "Make elements; the page's words come from the template"
    )


def test_what_others_wrote_is_what_they_published():
    lines = (statics.FOLDER / "vendor" / "VENDOR.md").read_text("utf-8")

    for path in sorted((statics.FOLDER / "vendor").glob("*.js")):
        checksum = re.search(rf"\| {re.escape(path.name)} \|.*\| ([0-9a-f]{{64}}) \|", lines)
        assert checksum, f"Name {path.name} in static/vendor/VENDOR.md, with its checksum"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == checksum[1], f"{path.name} was changed"


def test_the_first_page_fits_a_slow_line():
    whole = ["css/citizen.all.css", "img/icon.svg", *(f"js/{path.name}" for path in SCRIPTS if path.stem in _CITIZENS)]
    live = ["vendor/htmx-4.0.1.min.js", "vendor/hx-ptag-4.0.1.min.js"]
    octets = sum(len(statics.FILES[name].packed or statics.FILES[name].plain) for name in whole + live)

    assert octets <= 30_000, "A citizen's first view may weigh 35 KB, page included"


_CITIZENS = {"citizen", "enhance", "focus", "count", "combobox", "fold", "locate", "photos"}

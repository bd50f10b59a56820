"""A template's plain sentences are said once, and read as they always did."""

from jinja2 import DictLoader

from portal import languages
from portal.languages import Language
from portal.routes._spoken import Spoken


def drawn(template: str, language: Language = languages.TURKISH, **facts: object) -> str:
    made = Spoken(loader=DictLoader({"it.html": template}), extensions=["jinja2.ext.i18n"], autoescape=True)
    made.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["language"] = language
    return made.get_template("it.html").render(**facts)


def test_a_plain_sentence_is_in_the_readers_language():
    template = '<h1>{{ _("Kuyruk") }}</h1>{% macro say(words) %}<b>{{ words }}</b>{% endmacro %}{{ say(_("Kuyruk")) }}'

    assert drawn(template) == "<h1>Kuyruk</h1><b>Kuyruk</b>"
    assert drawn(template, languages.ENGLISH) == "<h1>Queue</h1><b>Queue</b>"


def test_a_sentence_with_parts_is_filled_in_and_what_somebody_typed_stays_text():
    template = '{{ _("Sayın %(name)s, %%50", name=name) }} {{ _("tam %%100 & fazlası") }} {{ _(word) }}'

    said = drawn(template, name="<b>Ayşe</b>", word="Kuyruk")

    assert said == "Sayın &lt;b&gt;Ayşe&lt;/b&gt;, %50 tam %100 & fazlası Kuyruk"


def test_a_sentence_is_chosen_where_the_page_is_drawn():
    template = '{{ _("Kuyruk") if is_list else _("Masa menüsü") }}'

    assert drawn(template, languages.ENGLISH, is_list=True) == "Queue"
    assert drawn(template, languages.ENGLISH, is_list=False) == languages.ENGLISH.gettext("Masa menüsü")

"""What the pages about letters show."""

from types import SimpleNamespace

from portal import languages
from portal.routes import _page
from portal.services.official import Content
from portal.views import papers

REFUSAL = Content(
    kind="refusal",
    language="tr",
    prefix="E",
    head=("T.C.",),
    made_on="2026-11-24",
    date="24.11.2026",
    subject="Başvurunuzun sonucu",
    made_by="",
    reference="4831-0975-2264",
    unsure=("court",),
)


def drawn(content: Content, code: str) -> str:
    language = languages.LANGUAGES[code]
    view = SimpleNamespace(unsure=papers.unsure(content, language))
    return " ".join(_page.environment(code).get_template("staff/_letter_unsure.html").render(view=view).split())


def test_a_term_nobody_has_checked_is_shown_beside_the_preview():
    assert "Hukuk birimine danışın" in drawn(REFUSAL, "tr")
    assert "İdare mahkemesinde dava açma süresi (2577 m.7)" in drawn(REFUSAL, "tr")
    assert "Ask the legal office" in drawn(REFUSAL, "en")


def test_a_letter_of_checked_terms_has_no_such_note():
    checked = Content.from_json({**REFUSAL.to_json(), "unsure": ()})

    assert drawn(checked, "tr") == ""

"""Official letters as pages: lists of them, one to read, one to write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from db.models import Case, Letter
from portal.languages import Language
from portal.rules import laws, references
from portal.rules.refusal import msgid
from portal.services.correspondence import FREE
from portal.services.official import Content
from portal.views import _forms, _words
from portal.views._case_forms import CaseForm
from portal.views._forms import Option
from portal.views._frame import Signed
from portal.views._frame import Town as Frame

KINDS: Mapping[str, str] = {
    "receipt": msgid("Alındı belgesi"),
    "extension": msgid("Süre uzatımı"),
    "forwarded": msgid("Yönlendirme yazısı"),
    "refusal": msgid("Ret yazısı"),
    "answer": msgid("Nihai yanıt"),
    "cost": msgid("Maliyet bildirimi"),
    **FREE,
}


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """A letter in a list."""

    kind: str
    subject: str
    number: str
    when: str
    url: str
    pdf: str


@dataclass(frozen=True, kw_only=True)
class PaperView:
    """A letter to be read by the applicant it was written to."""

    town: Frame
    letter: Content
    back: str
    number: str
    pdf: str
    size: str


@dataclass(frozen=True, kw_only=True)
class DeskPaperView(PaperView):
    """A letter of a case, at the desk."""

    clerk: Signed
    kind: str


@dataclass(frozen=True, kw_only=True)
class PaperForm(CaseForm):
    """A letter that is being written; `seen_words` names the words that were previewed."""

    kind: str = ""
    subject: str = ""
    words: str = ""
    seen_words: str = ""
    act: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> Self:
        version = _forms.word(fields, "version", 9)
        return cls(
            seen=int(version) if version.isascii() and version.isdigit() else 0,
            kind=_forms.word(fields, "kind", 20),
            subject=_forms.word(fields, "subject", 400),
            words=_forms.text(fields, "words", 30_000),
            seen_words=_forms.word(fields, "seen_words", 32),
            act=_forms.word(fields, "act", 8),
        )

    def seeing(self, version: int) -> Self:
        """The form of somebody who has been told what the case is like now."""
        return replace(self, seen=version)


@dataclass(frozen=True, kw_only=True)
class WriteView:
    """The page on which a letter is written."""

    town: Frame
    clerk: Signed
    number: str
    url: str
    form: PaperForm
    kinds: tuple[Option, ...]
    applicants: int

    @property
    def refused(self) -> bool:
        return self.form.is_refused


@dataclass(frozen=True, kw_only=True)
class Unsure:
    """A term in a letter that somebody should check with the legal office."""

    label: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class PreviewView(WriteView):
    """A letter as it would be sent, before it is."""

    letter: Content
    unsure: tuple[Unsure, ...]


def lines(papers: Iterable[Letter], url: str, language: Language) -> tuple[PaperLine, ...]:
    """The letters under an address, newest first; the receipt has a link of its own."""
    return tuple(
        PaperLine(
            kind=language.gettext(KINDS.get(each.kind, each.kind)),
            subject=each.subject,
            number=each.number,
            when=_words.date_without_weekday(each.created_at, language.code),
            url=f"{url}/yazi/{each.name}",
            pdf=f"{url}/yazi/{each.name}.pdf",
        )
        for each in sorted(papers, key=lambda one: one.id or 0, reverse=True)
        if each.kind != "receipt"
    )


def paper_view(frame: Frame, letter: Letter, reference: str, language: Language) -> PaperView:
    return PaperView(town=frame, **_paper(letter, f"/takip/{reference}", language))


def desk_paper_view(frame: Frame, clerk: Signed, letter: Letter, reference: str, language: Language) -> DeskPaperView:
    return DeskPaperView(
        town=frame,
        clerk=clerk,
        kind=language.gettext(KINDS.get(letter.kind, letter.kind)),
        **_paper(letter, f"/masa/basvuru/{reference}", language),
    )


def _paper(letter: Letter, back: str, language: Language) -> dict[str, object]:
    return {
        "letter": Content.from_json(letter.content),
        "back": back,
        "number": letter.number,
        "pdf": f"{back}/yazi/{letter.name}.pdf",
        "size": _words.size(letter.size, language.code),
    }


def write_view(
    frame: Frame, clerk: Signed, case: Case, form: PaperForm, language: Language, *, applicants: int
) -> WriteView:
    return WriteView(town=frame, clerk=clerk, **_writing(case, form, language, applicants=applicants))


def preview_view(
    frame: Frame, clerk: Signed, case: Case, form: PaperForm, language: Language, contents: Sequence[Content]
) -> PreviewView:
    first = contents[0]
    return PreviewView(
        town=frame,
        clerk=clerk,
        letter=first,
        unsure=unsure(first, language),
        **_writing(case, form, language, applicants=len(contents)),
    )


def unsure(content: Content, language: Language) -> tuple[Unsure, ...]:
    """The terms in a letter that nobody has checked against the law, in words."""
    terms = (laws.TERMS[name] for name in content.unsure if name in laws.TERMS)
    return tuple(Unsure(label=language.gettext(each.label), basis=each.basis) for each in terms)


def _writing(case: Case, form: PaperForm, language: Language, *, applicants: int) -> dict[str, object]:
    return {
        "number": references.grouped(case.reference),
        "url": f"/masa/basvuru/{case.reference}",
        "form": form,
        "kinds": tuple(Option(kind, language.gettext(label)) for kind, label in FREE.items()),
        "applicants": applicants,
    }

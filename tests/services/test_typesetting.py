"""The pages of a letter: what a reader, a screen reader and a typesetter make of its words."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pypdf
import pytest

from portal.services import official, typesetting
from portal.services.official import Content

LETTER = Content(
    kind="letter",
    language="tr",
    prefix="E",
    head=("T.C.", "AKSARAY BELEDİYE BAŞKANLIĞI", "Fen İşleri Müdürlüğü"),
    number="E-2026-000001",
    made_on="2026-11-24",
    date="24.11.2026",
    subject="Başvurunuz hakkında",
    addressee=("Sayın Ayşe YILMAZ",),
    references=("16.11.2026 tarihli başvurunuz.",),
    paragraphs=("Çukur kapatılmıştır.",),
    closing="Saygılarımla.",
    signer=("Kemal ŞAHİN", "Birim Görevlisi"),
    made_by="Bu belge düzenlenmiştir.",
    footer=("Hükûmet Meydanı",),
    reference="4831-0975-2264",
    labels={
        "number": "Sayı",
        "date": "Tarih",
        "subject": "Konu",
        "references": "İlgi",
        "enclosures": "Ek",
        "distribution": "Dağıtım",
        "reference": "Başvuru no",
        "draft": "TASLAK",
        "draft_words": "Taslak: bu yazı henüz gönderilmemiştir.",
    },
)


def made(letter: Content = LETTER, *, is_draft: bool = False) -> bytes:
    return typesetting.pdf(letter.to_json(), made_on=date.fromisoformat(letter.made_on), is_draft=is_draft)


def words_of(pages: bytes) -> str:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pages)).pages)
    return " ".join(text.split())


def saying(*paragraphs: str) -> Content:
    return replace(LETTER, paragraphs=paragraphs)


def test_the_same_words_make_the_same_bytes():
    assert made() == made()
    assert made() != made(saying("Çukur kapatılmamıştır."))


def test_the_document_carries_the_date_of_the_letter_and_not_of_the_machine():
    facts = pypdf.PdfReader(io.BytesIO(made())).metadata

    assert facts.creation_date.date() == date(2026, 11, 24)
    assert facts.title == "Başvurunuz hakkında"


def test_a_screen_reader_is_told_the_structure_and_the_language():
    root = pypdf.PdfReader(io.BytesIO(made())).trailer["/Root"].get_object()

    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"].get_object()["/Marked"]
    assert root["/Lang"] == "tr"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


def test_the_turkish_letters_are_the_right_ones():
    assert "ğ ü ş ı ö ç İ Ğ Ü Ş Ö Ç â î û ₺ “x” – …" in words_of(
        made(saying("ğ ü ş ı ö ç İ Ğ Ü Ş Ö Ç â î û ₺ “x” – …"))
    )


@pytest.mark.parametrize(
    "typed",
    [
        "#import “x”",
        '#read("/etc/passwd")',
        '#import "@preview/x:1.0.0"',
        "#sys.inputs.letter",
        "$ x^2 $ and $100",
        "*kalın* _eğik_ `kod` = Başlık",
        "C:\\yol\\dosya \\ # $ *",
        "iki \"tırnak\" ve 'tek'",
        "- bir + iki / üç : dört @kişi <etiket> ~ --- //yorum /* yorum */",
        "]#panic()[",
        "#let x = 1; #x } {",
        "{{ view }} {% raw %} %(n)s {n} ${words}",
    ],
)
def test_what_somebody_typed_is_printed_and_never_obeyed(typed: str):
    everywhere = replace(
        LETTER,
        subject=typed,
        addressee=(typed, typed),
        references=(typed, typed),
        paragraphs=(typed, typed),
        rows=((typed, typed),),
        enclosures=(typed, typed),
        distribution=((typed, (typed,)),),
        signer=(typed, typed),
        appeal=typed,
    )

    found = words_of(made(everywhere))

    # Lines are broken and hyphens may be glued; the signs must all be there, as often as they were given.
    assert found.replace(" ", "").count(typed.replace(" ", "")) >= 14


def test_a_sign_without_a_picture_becomes_a_square_and_the_letter_is_still_made():
    found = words_of(made(saying("Teşekkürler 😀 中文 son\x00\x07.")))

    assert "Teşekkürler □ □□ son." in found


def test_a_name_in_arabic_letters_is_printed():
    assert "□" not in words_of(made(saying("محمد علي")))


def test_decomposed_letters_are_composed():
    assert "ğüş" in words_of(made(saying("g\u0306u\u0308s\u0327")))


def test_every_sign_we_call_drawn_can_be_drawn():
    signs = [chr(each) for first, last in typesetting._DRAWN for each in range(first, last + 1)]

    assert made(saying(" ".join(signs))).startswith(b"%PDF")


def test_a_long_letter_numbers_its_pages():
    pages = pypdf.PdfReader(io.BytesIO(made(saying(*["Belediyemizce inceleme yapılmıştır. " * 30] * 8)))).pages

    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"{number}/3" in page.extract_text()
        assert "Başvuru no: 4831-0975-2264" in page.extract_text()


def test_an_address_without_spaces_stays_on_the_page():
    reader = pypdf.PdfReader(io.BytesIO(made(saying("https://aksaray.example/" + "a" * 300))))
    right = []

    def note(text, _user, matrix, _font, size):
        right.append(matrix[4] + len(text) * size * 0.3)

    reader.pages[0].extract_text(visitor_text=note)

    assert max(right) < reader.pages[0].mediabox.width


def test_a_draft_says_so_in_words_and_across_the_page_and_has_no_number():
    found = words_of(made(replace(LETTER, number=""), is_draft=True))

    assert "TASLAK" in found
    assert "Taslak: bu yazı henüz gönderilmemiştir." in found
    assert "E-2026" not in found
    assert "TASLAK" not in words_of(made())


def test_a_letter_may_have_nothing_but_its_words():
    bare = replace(LETTER, addressee=(), references=(), closing="", signer=(), footer=(), paragraphs=())

    assert "Konu : Başvurunuz hakkında" in words_of(made(bare))


def test_words_go_to_json_and_come_back_the_same():
    whole = replace(LETTER, rows=(("a", "b"),), distribution=(("Gereği", ("x", "y")),), unsure=("court",))

    assert Content.from_json(whole.to_json()) == whole


def test_a_preview_is_a_draft():
    assert "TASLAK" in words_of(official.preview(replace(LETTER, number="")))


def test_the_hour_of_the_machine_changes_nothing():
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    assert made() == typesetting.pdf(LETTER.to_json(), made_on=(noon + timedelta(hours=1)).date())

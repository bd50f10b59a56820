from io import BytesIO

import pytest
from PIL import Image

from portal.rules.refusal import Refused
from portal.services import attachments, drafts
from tests import pictures


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_of_any_telephone_is_kept_in_two_sizes(kind):
    kept = attachments.read(pictures.photo((4032, 3024), kind=kind), f"IMG.{kind.lower()}")

    assert (opened(kept.large).format, opened(kept.large).size) == ("WEBP", (1600, 1200))
    assert opened(kept.small).size == (320, 240)
    assert (kept.width, kept.height) == (1600, 1200)


def test_a_small_photo_is_not_blown_up():
    kept = attachments.read(pictures.photo((200, 100)), "IMG.jpg")

    assert opened(kept.large).size == opened(kept.small).size == (200, 100)


def test_place_and_time_are_read_and_then_nothing_of_the_camera_is_left():
    kept = attachments.read(pictures.photo(at=pictures.IN_TOWN, taken="2026:11:20 10:11:12"), "IMG.jpg")

    assert (kept.latitude, kept.longitude) == pytest.approx(pictures.IN_TOWN, abs=1e-5)
    # The camera said Istanbul's time.
    assert kept.taken_at.isoformat() == "2026-11-20T07:11:12+00:00"
    for each in (kept.large, kept.small):
        assert not opened(each).getexif()
        assert not {"exif", "icc_profile", "xmp"} & set(opened(each).info)
        assert b"Telefon" not in each


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_sideways_stands_upright(orientation):
    kept = attachments.read(pictures.photo((400, 200), orientation=orientation), "IMG.jpg")

    upright = (400, 200) if orientation < 5 else (200, 400)
    assert opened(kept.large).size == upright


@pytest.mark.parametrize(
    "at", [(0.0, 0.0), (91.0, 34.0), (38.0, 181.0)], ids=["does not know", "no such latitude", "no such longitude"]
)
def test_a_place_that_cannot_be_is_no_place(at):
    assert attachments.read(pictures.photo(at=at), "IMG.jpg").latitude is None


def test_what_shines_through_lies_on_white():
    glass = pictures.encoded(Image.new("RGBA", (60, 40), (255, 0, 0, 0)), "PNG")

    assert opened(attachments.read(glass, "ekran.png").large).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "bos.jpg", "“bos.jpg” boş bir dosya."),
        (b"merhaba, ben bir metinim", "notlar.jpg", "“notlar.jpg” okunamadı"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "resim.svg", "okunamadı"),
        (pictures.encoded(Image.new("RGB", (30, 20)), "GIF"), "resim.gif", "okunamadı"),
        (pictures.photo()[:2000], "yarim.jpg", "okunamadı"),
        (pictures.photo(kind="PNG")[:-40], "yarim.png", "okunamadı"),
        (pictures.moving("WEBP"), "hareketli.webp", "hareketli"),
        (pictures.moving("PNG"), "hareketli.png", "hareketli"),
        (pictures.huge_png(), "buyuk.png", "en fazla 50 megapiksellik"),
        (pictures.huge_png(8_000), "orta.png", "en fazla 50 megapiksellik"),
        (b"\xff" * 40_000_000, "kirk.jpg", "“kirk.jpg” çok büyük; bir fotoğraf en fazla 15 MB olabilir."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_is_refused_by_name(content, name, says):
    with pytest.raises(Refused) as refused:
        attachments.read(content, name)

    assert says in str(refused.value)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\Resimler\\a.jpg", "a.jpg"), ("a\x00\u202eb.jpg", "ab.jpg"), ("", "foto")],
)
def test_a_file_name_is_only_a_name(name, kept):
    assert attachments.read(pictures.photo((20, 20)), name).original_name == kept


def test_what_is_stored_can_be_fetched_and_forgotten(tmp_path):
    where = attachments.store(tmp_path)
    picture = attachments.read(pictures.photo(), "IMG.jpg")

    attachments.put(where, picture)

    assert attachments.fetch(where, picture.name) == picture.large
    assert attachments.fetch(where, picture.name, small=True) == picture.small
    attachments.remove(where, picture.name)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_the_same_photo_twice_is_one_and_a_sixth_is_one_too_many(city):
    colours = ("red", "green", "blue", "black", "white")
    kept = [attachments.read(pictures.photo((40, 30), colour=each), "IMG.jpg") for each in colours]
    again = attachments.read(pictures.photo((40, 30), colour="red"), "IMG.jpg")
    one_more = attachments.read(pictures.photo((40, 30), colour="yellow"), "fazla.jpg")

    with city.db.transaction() as tx:
        draft, _ = drafts.begin(tx, now=city.now)
        for each in kept:
            assert attachments.add_to_draft(tx, draft, each, now=city.now)

        assert attachments.add_to_draft(tx, draft, again, now=city.now) is None
        with pytest.raises(Refused) as refused:
            attachments.add_to_draft(tx, draft, one_more, now=city.now)

    assert str(refused.value) == "“fazla.jpg” eklenmedi; en fazla 5 fotoğraf gönderebilirsiniz."

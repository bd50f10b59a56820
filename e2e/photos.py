"""Photos as telephones take them."""

from io import BytesIO

from PIL import Image, ImageDraw


def photo(*, at: tuple[float, float] | None = None) -> bytes:
    """A JPEG of a pothole, with the place in its metadata when the telephone knew it (degrees north, east)."""
    picture = Image.effect_noise((1600, 1200), 60).convert("RGB")
    ImageDraw.Draw(picture).ellipse((500, 400, 1100, 800), fill=(40, 38, 36))
    exif = Image.Exif()
    exif[0x010F] = "Telefon"
    if at:
        north, east = at
        exif.get_ifd(0x8825).update({1: "N", 2: _degrees(north), 3: "E", 4: _degrees(east)})
    file = BytesIO()
    picture.save(file, "JPEG", quality=80, exif=exif)
    return file.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value - int(value)) * 60
    return (float(int(value)), float(int(minutes)), (minutes - int(minutes)) * 60)

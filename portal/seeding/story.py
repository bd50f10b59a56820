"""Who asks for what, where, through which door: the beginning of an invented case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from db.models import Category, Neighbourhood
from portal.clock import ISTANBUL
from portal.seeding import voices
from portal.seeding.voices import pick
from portal.seeding.world import World

CHANNELS = ("phone", "app", "whatsapp", "social", "counter", "centre", "web")
# How people come while the town hall is open, and while it is not.
_OPEN_DOORS = ("phone",) * 38 + ("app",) * 17 + ("whatsapp",) * 13 + ("social",) * 5 + ("counter",) * 10
_OPEN_DOORS += ("centre",) * 8 + ("web",) * 9
_CLOSED_DOORS = ("phone",) * 32 + ("app",) * 25 + ("whatsapp",) * 22 + ("social",) * 8 + ("web",) * 13
AT_THE_DESK = frozenset({"phone", "counter", "centre"})
_ANSWERS = {
    "abone_no": ("10024518", "10077341", "20015590", "20048826"),
    "ada_parsel": ("1245 / 7", "318 / 12", "2071 / 3", "96 / 24"),
    "faaliyet": ("Kuaför", "Kafe", "Market", "Terzi", "Oto yıkama"),
    "plan_adi": ("1/1000 uygulama imar planı değişikliği",),
    "isletme": ("Köşe Fırın", "Merkez Market", "Çarşı Lokantası"),
    "hat_no": ("3 numaralı hat, Meydan durağı", "7 numaralı hat, Hastane durağı"),
    "guzergah": ("Evden devlet hastanesine", "Evden diyaliz merkezine"),
    "birim": ("Tahsilat gişesi", "Ruhsat servisi", "Zabıta"),
    "belge": ("Tutarların yıllara göre dökümü", "Sözleşmenin örneği"),
}


@dataclass(slots=True)
class Story:
    """One person's matter, before anybody has worked on it."""

    reference: str
    category: Category
    channel: str
    received_at: datetime
    words: str
    answers: Mapping[str, Sequence[str]]
    name: str
    phone: str
    email: str
    quarter: Neighbourhood | None
    street: str
    place_note: str
    latitude: float | None
    longitude: float | None


def tell(world: World, rng: Random, code: str, received_at: datetime, *, reference: str, channel: str = "") -> Story:
    """A believable matter of one category at one moment."""
    category = world.categories[code]
    channel = channel or _door(world, rng, received_at)
    quarter = pick(rng, world.quarters)
    street = voices.street(rng, quarter.position)
    words = voices.words(rng, category, quarter=quarter.name, where=street, channel=channel)
    name, phone, email = _person(rng, category, channel)
    latitude, longitude = _pin(rng, category, quarter, channel)
    has_place = category.place == "required" or (category.place == "optional" and rng.random() < 0.4)
    return Story(
        reference=reference,
        category=category,
        channel=channel,
        received_at=received_at,
        words=words,
        answers={
            question["key"]: _answer(rng, question, words, received_at)
            for question in category.questions
            if question.get("required")
        },
        name=name,
        phone=phone,
        email=email,
        quarter=quarter if has_place else None,
        street=street.name if has_place else "",
        place_note=pick(rng, voices.people().landmarks) if has_place and rng.random() < 0.35 else "",
        latitude=latitude,
        longitude=longitude,
    )


def _door(world: World, rng: Random, received_at: datetime) -> str:
    window = world.hours(received_at.astimezone(ISTANBUL).date())
    is_open = window is not None and window[0] <= received_at < window[1]
    return pick(rng, _OPEN_DOORS if is_open else _CLOSED_DOORS)


def _person(rng: Random, category: Category, channel: str) -> tuple[str, str, str]:
    """A name with at least one way to be reached; nobody where the category lets people stay unnamed."""
    shy, way = rng.random(), rng.random()
    called, phone = voices.name(rng), voices.phone(rng)
    email = voices.email(rng, called)
    if category.identity == "anonymous" and shy < 0.09:
        return "", "", ""
    writes = {"web": 0.85, "app": 0.7, "social": 0.6}.get(channel, 0.25)
    if way < writes * 0.5:
        return called, "", email
    return called, phone, email if way < writes else ""


def _pin(rng: Random, category: Category, quarter: Neighbourhood, channel: str) -> tuple[float | None, float | None]:
    chance, north, east = rng.random(), rng.random() - 0.5, rng.random() - 0.5
    pinned = chance < {"app": 0.95, "web": 0.5, "whatsapp": 0.35}.get(channel, 0.1)
    if category.place != "required" or not pinned or quarter.latitude is None or quarter.longitude is None:
        return None, None
    return round(quarter.latitude + north * 0.004, 5), round(quarter.longitude + east * 0.004, 5)


def _answer(rng: Random, question: Mapping[str, Any], words: str, received_at: datetime) -> tuple[str, ...]:
    chance, kind = rng.random(), question["type"]
    if kind in ("single", "multi"):
        values = [option["value"] for option in question["options"]]
        if "evet" in values:
            # People seldom say that somebody is in danger.
            return ("evet" if chance < 0.12 else "bilmiyorum" if chance > 0.85 else "hayir",)
        return (values[int(chance * len(values))],)
    if kind == "int":
        return (str(int(chance * 6) + 1),)
    if kind == "month":
        return (f"{received_at - timedelta(days=30):%Y-%m}",)
    if kind == "datetime":
        return (f"{received_at.astimezone(ISTANBUL) - timedelta(hours=int(chance * 20)):%Y-%m-%dT%H:%M}",)
    some = _ANSWERS.get(question["key"], (words[:200],))
    return (some[int(chance * len(some))],)

"""How an invented case will go if it is given the time: who gets it, what happens on the way, how it ends."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from portal.clock import ISTANBUL
from portal.rules.lifecycle import Status
from portal.rules.references import grouped
from portal.seeding import voices
from portal.seeding.story import AT_THE_DESK, Story
from portal.seeding.voices import pick
from portal.seeding.world import World

DECLINES = {
    "not_found_on_site": (
        "Ekibimiz bildirdiğiniz adreste inceleme yapmış, ancak anlatılan durum tespit edilememiştir. Sorun sürüyorsa "
        "fotoğraf ekleyerek yeniden bildirebilirsiniz.",
        "Yerinde yapılan incelemede herhangi bir olumsuzluk görülmemiştir. Yineleme hâlinde bize hemen haber verin.",
    ),
    "out_of_scope": (
        "Bildirdiğiniz konu belediyemizin görev alanına girmemektedir. Başvurunuzu yetkili kuruma yapmanız gerekir; "
        "gerekli bilgi 153 hattımızdan alınabilir.",
    ),
    "missing_information": (
        "Sizden istenen bilgi ve belgeler verilen sürede tamamlanmadığından başvurunuz sonuçlandırılamamıştır. "
        "Belgelerinizle birlikte yeniden başvurabilirsiniz.",
    ),
    "no_budget_this_year": (
        "Talebiniz uygun bulunmuş, ancak bu yılın yatırım programında yer almadığından karşılanamamıştır. "
        "Gelecek yılın programı hazırlanırken yeniden değerlendirilecektir.",
    ),
    "against_regulation": (
        "Talebiniz imar mevzuatına uygun olmadığından kabul edilememiştir. Bu işleme karşı altmış gün içinde idare "
        "mahkemesinde dava açabilirsiniz.",
    ),
}
# Why matters of a group are declined, where the category does not say it for itself.
_REASONS = {
    "SU": ("not_found_on_site",),
    "YOL": ("not_found_on_site", "no_budget_this_year"),
    "TEM": ("not_found_on_site",),
    "PRK": ("not_found_on_site", "no_budget_this_year"),
    "ZBT": ("not_found_on_site",),
    "IMR": ("against_regulation", "missing_information"),
    "SOS": ("missing_information",),
    "HAY": ("not_found_on_site",),
    "ULA": ("not_found_on_site", "no_budget_this_year"),
    "IDR": ("missing_information", "out_of_scope"),
}
QUESTIONS = (
    "Adresi bulabilmemiz için kapı numarasını ya da yakındaki bir yeri yazar mısınız?",
    "İşleme başlayabilmemiz için kimlik ve adres bilgilerinizi teyit eder misiniz?",
    "Sorunun hangi saatlerde yaşandığını bildirir misiniz?",
    "Durumu gösteren bir fotoğraf ekleyebilir misiniz?",
)
INFORMATION = (
    "Kapı numarası 14, mavi demir kapı.",
    "Daha çok akşam sekizden sonra oluyor.",
    "Adresim doğru, beni bu numaradan arayabilirsiniz.",
    "Marketin tam karşısı, köşedeki bina.",
    "İstediğiniz belgeyi bugün şubeye bıraktım.",
)
OBJECTIONS = (
    "Sorun giderilmedi, aynı yerde devam ediyor.",
    "Gelen ekip bakıp gitti, bir şey yapılmadı.",
    "Bir gün sonra yine aynı oldu, kabul etmiyorum.",
)
_AGAIN = "İtirazınız üzerine ekibimiz yeniden görevlendirilmiş, eksik kalan çalışma tamamlanmıştır."


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that will happen to a case."""

    at: datetime
    to: Status
    kind: str = "status"
    words: str = ""
    reason: str = ""
    department_id: int | None = None
    planned_on: date | None = None


def steps(world: World, rng: Random, story: Story) -> Iterator[Step]:
    """The way of a case, in the order of time."""
    department = _department(world, rng, story)
    assigned_at = _assigned_at(world, rng, story)
    ends_at = _ends_at(world, rng, story, assigned_at)
    yield Step(assigned_at, Status.ASSIGNED, "assigned", department_id=department)
    yield from _on_the_way(world, rng, story, assigned_at, ends_at, is_external=department == world.departments["DIS"])
    ending = _ending(world, rng, story, ends_at)
    yield ending
    if ending.to == Status.RESOLVED and rng.random() < 0.012:
        yield from _objection(world, rng, ends_at)


def _department(world: World, rng: Random, story: Story) -> int:
    """The category's own department, or one that such matters are passed on to."""
    also, moves, which = voices.texts()[story.category.code].also, rng.random(), rng.random()
    if also and moves < (0.85 if len(also) > 2 else 0.4):
        return world.departments[also[int(which * len(also))]]
    return story.category.department_id


def _assigned_at(world: World, rng: Random, story: Story) -> datetime:
    wait = timedelta(minutes=2 + rng.expovariate(1 / (8 if story.channel in AT_THE_DESK else 70)))
    at = story.received_at + wait
    working = world.at_work(at, rng)
    return at if story.category.priority == "urgent" else working


def _ends_at(world: World, rng: Random, story: Story, assigned_at: datetime) -> datetime:
    category = story.category
    is_urgent = category.priority == "urgent"
    due = world.due(story.received_at, category.target_value, category.target_unit, round_the_clock=is_urgent)
    span = due - story.received_at
    at = assigned_at + max(span * _share(rng), timedelta(minutes=15))
    working = world.at_work(at, rng)
    return at if is_urgent else working


def _share(rng: Random) -> float:
    """How much of its time a case takes: most a third of it, some too much, a few are forgotten."""
    fate = rng.random()
    if fate < 0.945:
        return min(0.93, rng.lognormvariate(math.log(0.32), 0.7))
    return 1.02 + rng.expovariate(1.8) if fate < 0.996 else 400.0


def _on_the_way(
    world: World, rng: Random, story: Story, start: datetime, end: datetime, *, is_external: bool
) -> Iterator[Step]:
    span = end - start
    waits, plans, works = rng.random(), rng.random(), rng.random()
    at = min(world.at_work(start + span * 0.15, rng), end)
    if is_external:
        yield Step(at, Status.EXTERNAL)
        return
    if works < 0.75:
        yield Step(at, Status.IN_PROGRESS)
    if plans < voices.texts()[story.category.code].planned:
        yield Step(at + (end - at) * 0.2, Status.PLANNED, planned_on=end.astimezone(ISTANBUL).date())
    if waits < 0.035:
        yield Step(at + (end - at) * 0.4, Status.WAITING, words=pick(rng, QUESTIONS))
        yield Step(at + (end - at) * 0.7, Status.IN_PROGRESS, "information", words=pick(rng, INFORMATION))


def _ending(world: World, rng: Random, story: Story, at: datetime) -> Step:
    fate = rng.random()
    if fate < 0.35 and (master := _same_matter(world, story)):
        words = f"Aynı konudaki {grouped(master)} numaralı başvuruyla birleştirilmiştir; sonuç size de bildirilecektir."
        return Step(at, Status.MERGED, words=words, reason=master)
    if fate > 0.994:
        return Step(at, Status.WITHDRAWN)
    texts = voices.texts()[story.category.code]
    if fate > 0.947:
        reason = reason_for(story.category.code, rng)
        return Step(at, Status.DECLINED, words=pick(rng, DECLINES[reason]), reason=reason)
    return Step(at, Status.RESOLVED, words=pick(rng, texts.done))


def reason_for(code: str, rng: Random) -> str:
    """A believable reason to decline a matter of this category."""
    return pick(rng, voices.texts()[code].declines or _REASONS[code.partition("-")[0]])


def _same_matter(world: World, story: Story) -> str:
    """The number of an earlier case of these days about the same thing in the same quarter, if there is one."""
    if story.quarter is None:
        return ""
    place = (story.category.code, story.quarter.code)
    earlier = world.last_of.get(place)
    if earlier and story.received_at - earlier[1] < timedelta(days=3):
        return earlier[0]
    world.last_of[place] = (story.reference, story.received_at)
    return ""


def _objection(world: World, rng: Random, at: datetime) -> Iterator[Step]:
    objected_at = at + timedelta(days=1 + rng.random() * 9)
    yield Step(objected_at, Status.OBJECTED, "objection", words=pick(rng, OBJECTIONS))
    again_at = world.at_work(objected_at + timedelta(days=1 + rng.random() * 12), rng)
    yield Step(again_at, Status.RESOLVED, words=_AGAIN)

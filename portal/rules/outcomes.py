"""How a written application may end, on which ground, and what may be done with its time on the way.

4982: given, partly (art. 9), refused with the article that says so (art. 15–28), forwarded (art. 7), not held, already
published (art. 8). 3071: done, refused, not examined (art. 6), forwarded (art. 5). 6698: done, partly, refused
(art. 13).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from portal.rules.lifecycle import Status
from portal.rules.refusal import Refused, msgid

Ground = Literal["none", "may", "must"]


@dataclass(frozen=True)
class Outcome:
    """One way to end an application: what it is called, where the case goes, and what the letter must say."""

    label: str
    closes: Status
    # Whether the articles it rests on are to be named, and the competent authority.
    ground: Ground = "none"
    needs_authority: bool = False
    # What the case's own list of reasons calls it.
    reason: str = ""
    letter: str = "answer"


OUTCOMES: Mapping[str, Mapping[str, Outcome]] = MappingProxyType(
    {
        "information": MappingProxyType(
            {
                "given": Outcome(msgid("Bilgi veya belgenin tamamı verildi"), Status.RESOLVED),
                "partly": Outcome(msgid("Kısmen verildi"), Status.RESOLVED, ground="must"),
                "refused": Outcome(
                    msgid("Reddedildi"), Status.DECLINED, ground="must", reason="legal_exception", letter="refusal"
                ),
                "forwarded": Outcome(
                    msgid("Yetkili kuruma gönderildi"), Status.RESOLVED, needs_authority=True, letter="forwarded"
                ),
                "no_record": Outcome(msgid("Böyle bir bilgi veya belge yok"), Status.DECLINED, reason="not_held"),
                "published": Outcome(msgid("Daha önce yayımlanmış; yeri gösterildi"), Status.RESOLVED, ground="may"),
            }
        ),
        "petition": MappingProxyType(
            {
                "given": Outcome(msgid("İstek yerine getirildi"), Status.RESOLVED),
                "partly": Outcome(msgid("Kısmen yerine getirildi"), Status.RESOLVED),
                "refused": Outcome(
                    msgid("İstek reddedildi"), Status.DECLINED, reason="against_regulation", letter="refusal"
                ),
                "forwarded": Outcome(
                    msgid("Yetkili kuruma gönderildi"), Status.RESOLVED, needs_authority=True, letter="forwarded"
                ),
                "not_examined": Outcome(
                    msgid("İncelenemedi"), Status.DECLINED, ground="must", reason="other", letter="refusal"
                ),
            }
        ),
        "personal_data": MappingProxyType(
            {
                "given": Outcome(msgid("Talep kabul edildi"), Status.RESOLVED),
                "partly": Outcome(msgid("Talep kısmen kabul edildi"), Status.RESOLVED, ground="may"),
                "refused": Outcome(
                    msgid("Talep gerekçesiyle reddedildi"),
                    Status.DECLINED,
                    ground="must",
                    reason="legal_exception",
                    letter="refusal",
                ),
            }
        ),
    }
)

# Not a decision: who does not pay the fee in time counts as having withdrawn (4982 art. 11).
LAPSED = "lapsed"
LAPSED_LABEL = msgid("Ücret ödenmediği için vazgeçilmiş sayıldı")

GROUNDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "information": MappingProxyType(
            {
                "7/2": msgid("m. 7/2 (ayrı veya özel bir çalışma, araştırma, inceleme ya da analiz gerektiriyor)"),
                "8": msgid("m. 8 (yayımlanmış veya kamuya açıklanmış)"),
                "15": msgid("m. 15 (yargı denetimi dışında kalan işlem)"),
                "16": msgid("m. 16 (devlet sırrı)"),
                "17": msgid("m. 17 (ülkenin ekonomik çıkarları)"),
                "18": msgid("m. 18 (istihbarat)"),
                "19": msgid("m. 19 (idari soruşturma)"),
                "20": msgid("m. 20 (adli soruşturma ve kovuşturma)"),
                "21": msgid("m. 21 (özel hayatın gizliliği)"),
                "22": msgid("m. 22 (haberleşmenin gizliliği)"),
                "23": msgid("m. 23 (ticari sır)"),
                "24": msgid("m. 24 (fikir ve sanat eserleri)"),
                "25": msgid("m. 25 (kurum içi düzenleme)"),
                "26": msgid("m. 26 (kurum içi görüş, bilgi notu ve tavsiye)"),
                "27": msgid("m. 27 (tavsiye ve mütalaa talebi)"),
                "28": msgid("m. 28 (gizliliği kaldırılmamış belge)"),
            }
        ),
        "petition": MappingProxyType(
            {
                "6/a": msgid("m. 6/a (belli bir konuyu içermiyor)"),
                "6/b": msgid("m. 6/b (yargı mercilerinin görevine giriyor)"),
                "6/c": msgid("m. 6/c (4. maddedeki ad-soyad, imza veya adres şartı eksik)"),
            }
        ),
        "personal_data": MappingProxyType(
            {
                "5/2": msgid("m. 5/2 (işleme kanunla öngörülen görev için zorunlu)"),
                "7": msgid("m. 7 (saklama süresi dolmadı)"),
                "13": msgid("m. 13 (başvuruda aranan bilgiler eksik)"),
                "28": msgid("m. 28 (Kanun kapsamı dışında)"),
            }
        ),
    }
)

# Why more time is needed (4982 art. 11).
EXTENSION_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "other_unit": msgid("Bilgi veya belge başka bir birimden sağlanacak"),
        "other_body": msgid("Başka bir kurum veya kuruluşun görüşü alınacak"),
        "several_bodies": msgid("Başvuru birden fazla kurum veya kuruluşu ilgilendiriyor"),
    }
)

APPEAL_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "accepted": msgid("İtiraz kabul edildi"),
        "partly": msgid("İtiraz kısmen kabul edildi"),
        "rejected": msgid("İtiraz reddedildi"),
    }
)


def outcome(kind: str, code: str) -> Outcome:
    """The outcome of this kind of application under a code, or a refusal."""
    found = OUTCOMES.get(kind, {}).get(code)
    if found is None:
        raise Refused("Sonucu listeden seçin.", field="outcome")
    return found


def label(kind: str, code: str) -> str:
    """What an outcome is called; empty while there is none."""
    if code == LAPSED:
        return LAPSED_LABEL
    found = OUTCOMES.get(kind, {}).get(code)
    return found.label if found else ""


def check_decision(kind: str, code: str, *, grounds: Sequence[str], authority: str, words: str) -> Outcome:
    """Refuses a decision that lacks what its letter must say."""
    chosen = outcome(kind, code)
    known = GROUNDS[kind]
    if any(each not in known for each in grounds):
        raise Refused("Dayanak maddeyi listeden seçin.", field="grounds")
    if chosen.ground == "must" and not grounds:
        raise Refused("Kararın dayandığı maddeyi seçin; ret gerekçesi maddesiz olamaz.", field="grounds")
    if chosen.ground == "none" and grounds:
        raise Refused("Bu sonuçta dayanak madde seçilmez; sonucu ya da maddeyi düzeltin.", field="grounds")
    if chosen.needs_authority and not authority:
        raise Refused("Başvurunun gönderildiği kurumu yazın.", field="authority")
    if not words:
        raise Refused("Başvurana yazılacak yanıtı yazın.", field="words")
    return chosen


def labels(kind: str, grounds: Iterable[str]) -> list[str]:
    """The articles a decision rests on, in words."""
    return [GROUNDS[kind][each] for each in grounds if each in GROUNDS.get(kind, {})]


def check_extension(*, law: str, state: str, extensions: int, due_on: date, today: date) -> None:
    """4982 art. 11: once, and told before the first fifteen working days have passed."""
    if law != "4982":
        raise Refused(
            "Yalnızca bilgi edinme başvurusunun süresi uzatılabilir (4982 sayılı Kanun m. 11).", field="reason"
        )
    if state == "stopped":
        raise Refused("Süre sona erdiği için uzatılamaz.")
    if extensions:
        raise Refused(
            "Süre bir kez uzatılmış; 4982 sayılı Kanun m. 11 ikinci bir uzatmaya izin vermez.", field="reason"
        )
    if today > due_on:
        raise Refused(
            "4982 sayılı Kanun m. 11: uzatma, ilk süre dolmadan bildirilir. Süre %(day)s günü doldu; artık uzatılamaz.",
            day=due_on.strftime("%d.%m.%Y"),
        )


def check_extension_reason(reason: str) -> None:
    """More time is asked for with a reason of the law."""
    if reason not in EXTENSION_REASONS:
        raise Refused("Uzatmanın gerekçesini listeden seçin.", field="reason")


def check_fee(*, law: str, state: str, is_told: bool) -> None:
    """4982 art. 10: what access costs is told before anything is copied; the time stands still till it is paid."""
    if law != "4982":
        raise Refused(
            "Erişim ücreti yalnızca bilgi edinme başvurusunda istenir (4982 sayılı Kanun m. 10).", field="fee"
        )
    if is_told:
        raise Refused("Bu başvuruda erişim ücreti daha önce bildirilmiş.")
    if state != "running":
        raise Refused("Süre işlemediği için erişim ücreti bildirilemez.")


def check_price(*, fee_kurus: int | None, pages: int | None) -> None:
    """What access costs is told with the number of pages it is for."""
    if pages is None or pages < 1:
        raise Refused("Sayfa sayısını yazın.", field="pages")
    if fee_kurus is None or fee_kurus < 1:
        raise Refused("Ücreti lira olarak yazın; örneğin 12,50.", field="fee")


def check_lapse(*, pay_by: datetime, now: datetime) -> None:
    """Who has not paid in time counts as having withdrawn, not a day earlier (4982 art. 11)."""
    if now <= pay_by:
        raise Refused("Ödeme süresi dolmadan başvurudan vazgeçilmiş sayılamaz.")


def check_appeal(*, decided_on: date | None, appealed_on: date | None, today: date) -> None:
    """An appeal to the Board follows the decision (or its absence) and does not lie in the future."""
    if appealed_on is None:
        raise Refused("İtiraz tarihini girin.", field="appealed_on")
    if appealed_on > today:
        raise Refused("İtiraz tarihi gelecekte olamaz.", field="appealed_on")
    if decided_on is not None and appealed_on < decided_on:
        raise Refused("İtiraz, karar tarihinden önce olamaz.", field="appealed_on")


def check_appeal_result(*, appealed_on: date | None, result: str, decided_on: date | None, today: date) -> None:
    """What the Board decided, on a day between the appeal and today."""
    if result not in APPEAL_RESULTS:
        raise Refused("Kurulun kararını listeden seçin.", field="result")
    if decided_on is None or appealed_on is None or not appealed_on <= decided_on <= today:
        raise Refused("Karar tarihi, itiraz tarihi ile bugün arasında olmalı.", field="decided_on")

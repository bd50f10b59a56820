"""The demo's written applications: one of each kind in every state of its time, brought there by the real services."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import typst

from portal.clock import ISTANBUL
from portal.rules import deadlines
from portal.rules.applications import Form
from portal.services.proceedings.acts import Act
from portal.services.proceedings.decision import Appeal, Decision
from portal.services.proceedings.time import Extension, FeeNotice, Progress


@dataclass(frozen=True)
class Filing:
    """An application, how many days ago it came, and what was done about it after how many days."""

    form: Form
    days: float
    acts: tuple[tuple[float, Act], ...] = ()
    # What the applicant enclosed: the purpose and the title of a page.
    enclosed: tuple[tuple[str, str], ...] = ()


# Every number passes its check and belongs to nobody we know.
_AYSE = {
    "name": "Ayşe Demirtaş",
    "national_id": "10000000146",
    "address": "Tacin Mah. 4516. Sok. No: 12/3, Merkez/Aksaray",
    "email": "ayse.demirtas@ornek.example",
    "signature": "kep",
    "kep_address": "ayse.demirtas@hs01.kep.tr",
    "kep_number": "KEP-2026-4711",
}
_MEHMET = {
    "name": "Mehmet Işık",
    "national_id": "10000000146",
    "address": "Hacılar Harmanı Mah. 2. Cad. No: 8, Merkez/Aksaray",
    "email": "mehmet.isik@ornek.example",
    "phone": "0532 000 00 21",
    "signature": "kep",
    "kep_address": "mehmet.isik@hs01.kep.tr",
    "kep_number": "KEP-2026-5120",
}
_DERNEK = {
    "name": "Elif Güneş",
    "title": "Hasandağı Doğa ve Çevre Derneği",
    "is_legal_person": True,
    "national_id": "10000000146",
    "address": "Meydan Mah. Ankara Cad. No: 41, Merkez/Aksaray",
    "email": "dernek@ornek.example",
    "signature": "kep",
    "kep_address": "hasandagi@hs01.kep.tr",
    "kep_number": "KEP-2026-0088",
}


def filings(now: datetime) -> Iterator[Filing]:
    """What has been filed, oldest first, as it stands at this moment."""
    today = now.astimezone(ISTANBUL).date()
    yield Filing(
        _information(
            _MEHMET, "2025 yılında asfalt işleri için yapılan ihalelerin sözleşme bedelleri ile yüklenicileri."
        ),
        days=33,
        acts=(
            (9, Decision(outcome="partly", grounds=("23",), words=_PARTLY)),
            (15, Appeal(appealed_on=_day(today, 33 - 15), number="2026/1187")),
        ),
    )
    yield Filing(
        Form("petition", _PAVEMENT, subject="4516. Sokak'taki kaldırımın onarılması", **_AYSE),  # type: ignore[arg-type]
        days=24,
        acts=((16, Progress(words=_PROGRESS)),),
    )
    yield Filing(
        _information(_AYSE, "Son üç yılda kesilen ve dikilen ağaç sayıları ile park bakımına harcanan tutarlar."),
        days=17,
        acts=((12, Extension(reason="other_unit", words=_EXTENSION)),),
    )
    yield Filing(
        Form(
            "personal_data",
            _MY_DATA,
            rights=("learn", "details", "erasure"),
            relation="resident",
            is_in_turkish=True,
            **_AYSE,  # type: ignore[arg-type]
        ),
        days=11,
        acts=((7, Decision(outcome="given", words=_PERSONAL)),),
    )
    yield Filing(
        _information(_DERNEK, "Atık su arıtma tesisinin 2024 ve 2025 yıllarına ait aylık analiz raporları."),
        days=6,
        acts=((3, FeeNotice(pages=240, fee_kurus=180_00, words=_FEE)),),
        enclosed=(("authority", "Yetki belgesi"),),
    )
    yield Filing(
        Form(
            "petition",
            _LAMP,
            subject="Aydınlatma direğinin yeri",
            **{**_MEHMET, "signature": "counter", "kep_address": "", "kep_number": ""},  # type: ignore[arg-type]
        ),
        days=2,
    )
    yield Filing(_information(_AYSE, "Mahallemizdeki parka yapılan harcamaların 2026 yılı dökümü."), days=0.12)


def page(title: str) -> bytes:
    """A page that stands in for what somebody scanned."""
    source = f'#set text(lang: "tr")\n#set document(title: "{title}")\n= {title}\nBu sayfa yalnız tanıtım içindir.\n'
    made = typst.compile(source.encode(), format="pdf")
    return made if isinstance(made, bytes) else b""


def _information(who: dict[str, Any], words: str) -> Form:
    return Form("information", words, access="email", **who)


def _day(today: date, ago: int) -> date:
    return min(today - deadlines.ONE_DAY * ago, today)


def moments(filing: Filing, now: datetime) -> tuple[datetime, list[tuple[datetime, Act]]]:
    """When it came, in the forenoon of its day, and when each act was done, in the afternoon of its own."""
    if filing.days < 1:
        return now - timedelta(days=filing.days), []
    midnight = now.astimezone(ISTANBUL).replace(hour=0, minute=0, second=0, microsecond=0)
    received = midnight - timedelta(days=filing.days) + timedelta(hours=10)
    return received, [(received + timedelta(days=after, hours=4), act) for after, act in filing.acts]


_PARTLY = (
    "Sözleşme bedelleri ekteki listededir. Tekliflerin birim fiyat ayrıntıları, isteklilerin ticari sırrı niteliğinde "
    "olduğundan verilememiştir. Liste Fen İşleri Müdürlüğünce hazırlanmıştır."
)
_MY_DATA = (
    "Adıma kayıtlı başvuruların ve iletişim bilgilerimin listesini, artık kullanmadığım telefon numaramın silinmesini "
    "istiyorum."
)
_LAMP = "Garaj girişimi kapatan aydınlatma direğinin birkaç metre ileriye alınmasını talep ediyorum."
_PAVEMENT = "4516. Sokak'ta okul yolundaki kaldırım çökmüş durumda; çocuklar yola inmek zorunda kalıyor."
_PROGRESS = (
    "Kaldırımda keşif yapılmış, onarım işi aralık ayı programına alınmıştır. Çalışma bittiğinde sonucu size ayrıca "
    "yazacağız."
)
_EXTENSION = (
    "İstediğiniz sayıların bir bölümü Fen İşleri Müdürlüğünün kayıtlarındadır; dökümü bu birimden beklenmektedir."
)
_PERSONAL = (
    "Adınıza kayıtlı üç başvuru ile bir e-posta adresi bulunmaktadır; listesi ektedir. Kullanmadığınızı bildirdiğiniz "
    "telefon numarası kayıtlarımızdan silinmiştir."
)
_FEE = "Ücreti, başvuru numaranızı açıklama kısmına yazarak belediye veznesine veya banka hesabımıza yatırabilirsiniz."

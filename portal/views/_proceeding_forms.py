"""The forms of the acts under a law: what each asks for, and how what was typed is read back."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.languages import Language
from portal.rules import outcomes
from portal.rules.refusal import Refused, msgid
from portal.services.proceedings.acts import Act
from portal.services.proceedings.decision import Appeal, AppealResult, Decision
from portal.services.proceedings.time import MOST_WORDS, Extension, FeeNotice, Lapse, Payment, Progress, Receipt
from portal.views import _forms
from portal.views._forms import Option

Typed = Mapping[str, tuple[str, ...]]

_MONEY = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,7})(?:[,.](\d{1,2}))?", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """One field of a form: how it is drawn, what it is called, and what may be chosen."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: tuple[Option, ...] = ()
    is_required: bool = True
    most: int | None = None


@dataclass(frozen=True)
class ActForm:
    """One act in words: its title, what it does, its fields, and how they become the act."""

    title: str
    hint: str
    button: str
    fields: Callable[[str, Language], Sequence[Asked]]
    read: Callable[[Typed], Act]


def act_of(name: str, typed: Typed) -> Act:
    """The act a form asks for, or a refusal of what cannot be read."""
    return FORMS[name].read(typed)


def typed_in(fields: Mapping[str, object], every: Callable[[str], list[str]], names: Sequence[str]) -> Typed:
    """What was typed, field by field, with nothing lost."""
    return {
        name: tuple(text for each in every(name) if (text := _forms.text({"said": each}, "said", 20_000)))
        for name in names
        if name in fields
    }


def _one(typed: Typed, name: str) -> str:
    values = typed.get(name, ())
    return values[0] if values else ""


def _day(typed: Typed, name: str) -> date | None:
    text = _one(typed, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("Tarihi gün, ay ve yıl olarak girin.", field=name) from None


def _number(typed: Typed, name: str) -> int | None:
    text = _one(typed, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Refused("Sayfa sayısını rakamla yazın.", field=name)
    return int(text)


def _kurus(typed: Typed, name: str) -> int | None:
    """1.250,50 and 1250.5 alike, in kuruş."""
    text = _one(typed, name).replace(" ", "").removesuffix("TL").removesuffix("₺").removeprefix("₺")
    if not text:
        return None
    found = _MONEY.fullmatch(text)
    if found is None:
        raise Refused("Ücreti lira olarak yazın; örneğin 12,50.", field=name)
    lira, rest = int(found[1].replace(".", "")), (found[2] or "").ljust(2, "0")
    return lira * 100 + int(rest)


def _options(choices: Mapping[str, str], language: Language) -> tuple[Option, ...]:
    return tuple(Option(code, language.gettext(label)) for code, label in choices.items())


def _letter_words(label: str, hint: str) -> Asked:
    return Asked("words", label, "textarea", hint, most=MOST_WORDS)


def _decision(kind: str, language: Language) -> Sequence[Asked]:
    chosen = {code: each.label for code, each in outcomes.OUTCOMES[kind].items()}
    fields = [Asked("outcome", msgid("Sonuç"), "radios", options=_options(chosen, language))]
    if outcomes.GROUNDS[kind]:
        hint = msgid("Kısmen veya tamamen olumsuz sonuçta kararın dayandığı maddeler.")
        grounds = _options(outcomes.GROUNDS[kind], language)
        fields.append(Asked("grounds", msgid("Dayanak maddeler"), "checks", hint, grounds, is_required=False))
    if any(each.needs_authority for each in outcomes.OUTCOMES[kind].values()):
        hint = msgid("Yalnız “Yetkili kuruma gönderildi” için: kurumun adı.")
        fields.append(Asked("authority", msgid("Yetkili kurum"), hint=hint, is_required=False, most=240))
    words = msgid("Yazının gövdesi: ne yapıldı, hangi birim yaptı, neden. İtiraz yolları kendiliğinden eklenir.")
    return [*fields, _letter_words(msgid("Başvurana yanıt"), words)]


def _extension(_kind: str, language: Language) -> Sequence[Asked]:
    reasons = _options(outcomes.EXTENSION_REASONS, language)
    return [
        Asked("reason", msgid("Gerekçe"), "radios", options=reasons),
        _letter_words(msgid("Başvurana açıklama"), msgid("Neyin, nereden beklendiğini bir iki cümleyle yazın.")),
    ]


def _fee(_kind: str, _language: Language) -> Sequence[Asked]:
    return [
        Asked("pages", msgid("Sayfa sayısı"), "number"),
        Asked("fee", msgid("Erişim ücreti (TL)"), "money", msgid("Örneğin 12,50")),
        _letter_words(msgid("Ödeme açıklaması"), msgid("Ücretin nereye, hangi açıklamayla ödeneceği.")),
    ]


def _just_words(label: str, hint: str) -> Callable[[str, Language], Sequence[Asked]]:
    return lambda _kind, _language: [_letter_words(label, hint)]


FORMS: Mapping[str, ActForm] = {
    Decision.name: ActForm(
        msgid("Karara bağla"),
        msgid("Başvuruyu sonuçlandırır ve karar yazısını başvurana gönderir."),
        msgid("Yazıyı önizle"),
        _decision,
        lambda typed: Decision(
            outcome=_one(typed, "outcome"),
            grounds=typed.get("grounds", ()),
            authority=_one(typed, "authority"),
            words=_one(typed, "words"),
        ),
    ),
    Extension.name: ActForm(
        msgid("Süreyi uzat"),
        msgid("4982 sayılı Kanun m. 11: ilk süre dolmadan, gerekçesiyle ve bir kez."),
        msgid("Yazıyı önizle"),
        _extension,
        lambda typed: Extension(reason=_one(typed, "reason"), words=_one(typed, "words")),
    ),
    FeeNotice.name: ActForm(
        msgid("Erişim ücretini bildir"),
        msgid("Ücret ödenene kadar süre durur; süresinde ödenmezse başvurudan vazgeçilmiş sayılır (m. 11)."),
        msgid("Yazıyı önizle"),
        _fee,
        lambda typed: FeeNotice(
            pages=_number(typed, "pages"), fee_kurus=_kurus(typed, "fee"), words=_one(typed, "words")
        ),
    ),
    Payment.name: ActForm(
        msgid("Ödemeyi kaydet"),
        msgid("Süre, ödemenin yapıldığı günden başlayarak işlemeye devam eder."),
        msgid("Ödemeyi kaydet"),
        lambda _kind, _language: [Asked("paid_on", msgid("Ödemenin yapıldığı gün"), "date")],
        lambda typed: Payment(paid_on=_day(typed, "paid_on")),
    ),
    Lapse.name: ActForm(
        msgid("Vazgeçilmiş say"),
        msgid("Ücret süresinde ödenmediyse başvuruyu kapatır ve başvurana bildirir."),
        msgid("Yazıyı önizle"),
        _just_words(msgid("Başvurana açıklama"), msgid("Hangi ücretin ne zaman istendiğini yazın.")),
        lambda typed: Lapse(words=_one(typed, "words")),
    ),
    Progress.name: ActForm(
        msgid("İşlemin safahatını bildir"),
        msgid("3071 sayılı Kanun m. 7: süresinde bildirilir; sonuç ayrıca yazılır ve bunun için yeni bir gün başlar."),
        msgid("Yazıyı önizle"),
        _just_words(
            msgid("Başvurana açıklama"), msgid("İşin hangi aşamada olduğunu ve bundan sonra ne olacağını yazın.")
        ),
        lambda typed: Progress(words=_one(typed, "words")),
    ),
    Receipt.name: ActForm(
        msgid("Geliş tarihini düzelt"),
        msgid("Kâğıtla, postayla veya KEP ile gelenlerde süre, belediyeye ulaştığı günden sayılır."),
        msgid("Geliş tarihini kaydet"),
        lambda _kind, _language: [
            Asked("received_on", msgid("Belediyeye ulaştığı gün"), "date"),
            Asked("words", msgid("Düzeltmenin nedeni"), "textarea", most=300),
        ],
        lambda typed: Receipt(received_on=_day(typed, "received_on"), words=_one(typed, "words")),
    ),
    Appeal.name: ActForm(
        msgid("Kurula itirazı kaydet"),
        msgid("Başvuran, Bilgi Edinme Değerlendirme Kuruluna itiraz ettiyse."),
        msgid("İtirazı kaydet"),
        lambda _kind, _language: [
            Asked("appealed_on", msgid("İtiraz tarihi"), "date"),
            Asked("number", msgid("Kurulun sayısı"), is_required=False, most=40),
        ],
        lambda typed: Appeal(appealed_on=_day(typed, "appealed_on"), number=_one(typed, "number")),
    ),
    AppealResult.name: ActForm(
        msgid("Kurul kararını kaydet"),
        msgid("Kurulun itiraz hakkındaki kararı."),
        msgid("Kararı kaydet"),
        lambda _kind, language: [
            Asked("result", msgid("Karar"), "radios", options=_options(outcomes.APPEAL_RESULTS, language)),
            Asked("decided_on", msgid("Karar tarihi"), "date"),
        ],
        lambda typed: AppealResult(result=_one(typed, "result"), decided_on=_day(typed, "decided_on")),
    ),
}

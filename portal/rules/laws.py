"""The laws that set limits, and the terms that a town's legal office has to say yes to.

A term is a number with the article it comes from. What we could not check against the published law is marked: the
administrator sees the mark beside the number, and may set another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.rules.refusal import msgid


@dataclass(frozen=True)
class Law:
    """A law that sets a limit, in the words of its readers."""

    code: str
    name: str
    # What the applicant may do when the limit passes without an answer.
    silence: str


LAWS: Mapping[str, Law] = MappingProxyType(
    {
        each.code: each
        for each in (
            Law(
                "3071",
                msgid("3071 sayılı Dilekçe Hakkının Kullanılmasına Dair Kanun"),
                msgid(
                    "Bu tarihe kadar yanıt verilmezse isteğiniz reddedilmiş sayılır; o günden başlayarak idare "
                    "mahkemesinde dava açma süreniz işler (2577 sayılı Kanun m. 10)."
                ),
            ),
            Law(
                "4982",
                msgid("4982 sayılı Bilgi Edinme Hakkı Kanunu"),
                msgid(
                    "Bu tarihe kadar yanıt verilmezse isteğiniz reddedilmiş sayılır; 15 gün içinde Bilgi Edinme "
                    "Değerlendirme Kuruluna itiraz edebilirsiniz (4982 sayılı Kanun m. 13)."
                ),
            ),
            Law(
                "6698",
                msgid("6698 sayılı Kişisel Verilerin Korunması Kanunu"),
                msgid(
                    "Bu tarihe kadar yanıt verilmezse Kişisel Verileri Koruma Kuruluna şikâyette bulunabilirsiniz "
                    "(6698 sayılı Kanun m. 14)."
                ),
            ),
            Law(
                "3194",
                msgid("3194 sayılı İmar Kanunu"),
                msgid("Bu tarihe kadar sonuçlanmazsa ilgili müdürlükten yazılı açıklama isteyebilirsiniz."),
            ),
            Law(
                "cimer",
                msgid("CİMER"),
                msgid("Bu tarihe kadar yanıt verilmezse CİMER üzerinden durumu sorabilirsiniz."),
            ),
        )
    }
)

_LAW_IN_BASIS = re.compile(r"(?<!\d)(3071|4982|6698|3194)(?!\d)")


def law_of(basis: str) -> str:
    """The code of the law that a category's legal basis names first; empty for none of ours."""
    found = _LAW_IN_BASIS.search(basis)
    return found[1] if found else ""


@dataclass(frozen=True)
class Term:
    """A number the rules count with. `is_certain` is false where nobody has yet checked it against the law itself."""

    name: str
    label: str
    value: int
    unit: str
    basis: str
    is_certain: bool = False
    least: int = 1
    most: int = 365


TERMS: Mapping[str, Term] = MappingProxyType(
    {
        each.name: each
        for each in (
            Term(
                "information_extension",
                msgid("Bilgi edinme: uzatmada eklenen süre"),
                15,
                "working_days",
                "4982 m.11",
                is_certain=True,
            ),
            Term(
                "information_fee",
                msgid("Bilgi edinme: erişim ücretini ödeme süresi"),
                15,
                "working_days",
                "4982 m.11",
                is_certain=True,
            ),
            Term(
                "information_appeal",
                msgid("Bilgi edinme: Kurula itiraz süresi"),
                15,
                "calendar_days",
                "4982 m.13",
                is_certain=True,
            ),
            Term(
                "information_decision",
                msgid("Bilgi edinme: Kurulun karar süresi"),
                30,
                "working_days",
                "4982 m.13",
                is_certain=True,
            ),
            Term(
                "silence",
                msgid("Dilekçe: yanıtsızlığın ret sayıldığı gün"),
                30,
                "calendar_days",
                "2577 m.10",
                is_certain=True,
            ),
            Term(
                "result_owed",
                msgid("Dilekçe: işlemin safahatı bildirildikten sonra sonucun bildirilmesi"),
                30,
                "calendar_days",
                "3071 m.7",
            ),
            Term(
                "personal_data_complaint",
                msgid("Kişisel veri: Kurula şikâyet süresi (yanıttan sonra)"),
                30,
                "calendar_days",
                "6698 m.14",
            ),
            Term(
                "personal_data_latest",
                msgid("Kişisel veri: Kurula şikâyet süresi (başvurudan sonra, en geç)"),
                60,
                "calendar_days",
                "6698 m.14",
            ),
            Term("court", msgid("İdare mahkemesinde dava açma süresi"), 60, "calendar_days", "2577 m.7"),
            Term("cimer", msgid("CİMER başvurusunun yanıtlanması"), 14, "working_days", "CİMER"),
            Term(
                "missing_item",
                msgid("Eksik imza, bilgi veya belgenin tamamlanması"),
                15,
                "working_days",
                "",
                is_certain=True,
                most=60,
            ),
            Term("objection", msgid("İtirazın yanıtlanması"), 15, "working_days", ""),
            Term(
                "soon", msgid("“Süresi yaklaşan” sayılan gün sayısı"), 5, "working_days", "", is_certain=True, most=60
            ),
            Term(
                "untouched",
                msgid("“İşlem görmeyen” sayılan gün sayısı"),
                10,
                "calendar_days",
                "",
                is_certain=True,
                most=180,
            ),
            Term(
                "escalation",
                msgid("Gecikmenin müdüre bildirildiği gün sayısı"),
                3,
                "working_days",
                "",
                is_certain=True,
                most=60,
            ),
        )
    }
)

# Whether what was left runs on after the fee is paid ("remainder", the earlier date), or the whole term anew.
FEE_EFFECT = "fee_effect"
FEE_EFFECTS: Mapping[str, str] = MappingProxyType(
    {
        "remainder": msgid("kalan süre işler (önce gelen tarih)"),
        "restart": msgid("süre baştan işler"),
    }
)


def term(facts: Mapping[str, str], name: str) -> int:
    """The town's own number for a term, or the one the law (or we) propose."""
    own = facts.get(f"term_{name}", "")
    return int(own) if own.isascii() and own.isdigit() else TERMS[name].value


def fee_restarts(facts: Mapping[str, str]) -> bool:
    """Whether a cost notice begins the count anew; the cautious answer is that it does not."""
    return facts.get(FEE_EFFECT, "remainder") == "restart"

"""Words every page of the desk uses: what a status, a channel and a role are called among colleagues."""

from collections.abc import Mapping

from portal.languages import Language
from portal.rules import permissions
from portal.rules.lifecycle import STEPS, Status
from portal.rules.refusal import msgid
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views._frame import Signed

ROLES: Mapping[str, str] = {
    "operator": msgid("Çağrı görevlisi"),
    "coordinator": msgid("Koordinatör"),
    "clerk": msgid("Birim görevlisi"),
    "manager": msgid("Müdür"),
    "administrator": msgid("Yönetici"),
}

CHANNELS: Mapping[str, str] = {
    "web": msgid("İnternet"),
    "phone": msgid("Telefon"),
    "app": msgid("Mobil uygulama"),
    "whatsapp": msgid("WhatsApp"),
    "social": msgid("Sosyal medya"),
    "counter": msgid("Yüz yüze"),
    "centre": msgid("Çözüm masası"),
    "email": msgid("E-posta"),
    "import": msgid("Eski sistemden aktarıldı"),
}

# The citizen's page says "from you"; at the desk it is the applicant who is waited for.
_AMONG_COLLEAGUES = {Status.WAITING: msgid("Başvurandan bilgi bekleniyor")}


def status_label(status: Status | str) -> str:
    """What a status is called at the desk, as a sentence to be translated."""
    status = Status(status)
    return _AMONG_COLLEAGUES.get(status, STEPS[status].label)


def channel_label(channel: str) -> str:
    """What a channel is called; a channel from elsewhere by its own name."""
    return CHANNELS.get(channel, channel)


def signed(clerk: SignedIn) -> Signed:
    """The colleague as the head of each desk page shows them."""
    may_manage = permissions.may(clerk, "town.manage")
    may_report = permissions.scope_of(clerk, "report.view") != "none"
    return Signed(name=clerk.name, role=ROLES.get(clerk.role, clerk.role), may_manage=may_manage, may_report=may_report)


def department_name(town: Town, department_id: int | None, language: Language) -> str:
    department = town.departments.get(department_id or 0)
    if department is None:
        return ""
    return department.name_en if language.code == "en" else department.name_tr


def category_name(town: Town, category_id: int, language: Language) -> str:
    category = town.categories[category_id]
    return category.name_en if language.code == "en" else category.name_tr


def neighbourhood_name(town: Town, neighbourhood_id: int | None) -> str:
    quarter = town.neighbourhoods.get(neighbourhood_id or 0)
    return quarter.name if quarter else ""


def mail_note(smtp_url: str | None, folder: str, clerk: SignedIn) -> str:
    """The folder letters lie in because no mail server is set; told to those who can have one set."""
    return "" if smtp_url or clerk.role not in ("coordinator", "administrator") else folder

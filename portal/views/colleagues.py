"""What the administration's pages about colleagues may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db.models import AccountEvent, Clerk, StaffSession
from portal.languages import Language
from portal.rules import permissions
from portal.rules.refusal import Refused, msgid
from portal.services import second_factor
from portal.services.accounts import SignedIn
from portal.services.townbook import Town
from portal.views import _desk, _words
from portal.views._forms import Errors, Option
from portal.views._frame import Signed
from portal.views._frame import Town as Frame
from portal.views.account import EventLine, SessionLine, event_lines, session_lines

DONE: Mapping[str, str] = {
    "ayar": msgid("Ayar kaydedildi."),
    "iki-adim": msgid("İki adımlı giriş sıfırlandı ve bütün oturumlar kapatıldı."),
    "oturumlar": msgid("Bütün oturumlar kapatıldı."),
    "acik": msgid("Hesap açıldı; çalışma arkadaşınız yeniden giriş yapabilir."),
    "kapali": msgid("Hesap kapatıldı ve bütün oturumlar sona erdirildi."),
}
_POLICIES = {
    "administrators": (
        msgid("Yalnız yöneticiler için zorunlu"),
        msgid("Diğer personel isterse kendi hesabında açar."),
    ),
    permissions.EVERYBODY: (
        msgid("Bütün personel için zorunlu"),
        msgid("Henüz açmamış olanların oturumu hemen kapanır; yeniden girişte kurulum sayfası gelir."),
    ),
}


@dataclass(frozen=True, kw_only=True)
class ColleagueLine:
    """A colleague in the list."""

    url: str
    name: str
    email: str
    role: str
    departments: str
    seen: str
    has_factor: bool
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class StaffView:
    """Everybody who may sign in, and of whom a second factor is asked."""

    town: Frame
    clerk: Signed
    lines: tuple[ColleagueLine, ...]
    active: str
    policy: str
    policies: tuple[Option, ...]
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class ColleagueView:
    """One colleague's account, and what an administrator may do for it."""

    town: Frame
    clerk: Signed
    line: ColleagueLine
    is_self: bool
    owes_factor: bool
    sessions: tuple[SessionLine, ...]
    events: tuple[EventLine, ...]
    done: str = ""
    errors: Errors = field(default_factory=Errors)

    @property
    def refused(self) -> bool:
        return bool(self.errors)


def staff_view(
    everybody: Sequence[Clerk],
    departments: Mapping[int, Sequence[int]],
    seen: Mapping[int, datetime],
    policy: str,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: Frame,
    now: datetime,
    done: str = "",
) -> StaffView:
    """The list as it stands now."""
    lines = tuple(_line(each, departments, seen, town, language, now) for each in everybody)
    return StaffView(
        town=frame,
        clerk=_desk.signed(clerk),
        lines=lines,
        active=_words.number(sum(line.is_active for line in lines), language.code),
        policy=policy if policy in _POLICIES else "administrators",
        policies=tuple(
            Option(value, language.gettext(label), hint=language.gettext(hint))
            for value, (label, hint) in _POLICIES.items()
        ),
        done=DONE.get(done, ""),
    )


def colleague_view(
    colleague: Clerk,
    departments: Mapping[int, Sequence[int]],
    seen: Mapping[int, datetime],
    sessions: Sequence[StaffSession],
    events: Sequence[AccountEvent],
    names: Mapping[int, str],
    policy: str,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: Frame,
    now: datetime,
    done: str = "",
    refused: Refused | None = None,
) -> ColleagueView:
    """One colleague as they stand now."""
    line = _line(colleague, departments, seen, town, language, now)
    return ColleagueView(
        town=frame,
        clerk=_desk.signed(clerk),
        line=line,
        is_self=colleague.id == clerk.id,
        owes_factor=permissions.needs_second_factor(colleague.role, {permissions.SECOND_FACTOR: policy}),
        sessions=session_lines(sessions, language, now=now),
        events=event_lines(events, names, language, owner=colleague.id or 0, now=now),
        done=DONE.get(done, ""),
        errors=Errors().plus(refused) if refused else Errors(),
    )


def _line(
    colleague: Clerk,
    departments: Mapping[int, Sequence[int]],
    seen: Mapping[int, datetime],
    town: Town,
    language: Language,
    now: datetime,
) -> ColleagueLine:
    key = colleague.id or 0
    own = (_desk.department_name(town, each, language) for each in departments.get(key, ()))
    return ColleagueLine(
        url=f"/yonetim/personel/{key}",
        name=colleague.name,
        email=colleague.email,
        role=_desk.ROLES.get(colleague.role, colleague.role),
        departments=", ".join(sorted(own)),
        seen=_words.just_when(seen[key], now, language.code) if key in seen else "",
        has_factor=second_factor.is_on(colleague),
        is_active=colleague.is_active,
    )

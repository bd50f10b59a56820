"""What the pages of a colleague's own account may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from db.models import AccountEvent, StaffSession
from portal.languages import Language
from portal.rules.refusal import Refused, msgid
from portal.services import own_account, passwords, second_factor
from portal.services.accounts import SignedIn
from portal.services.own_account import Account
from portal.services.townbook import Town
from portal.views import _desk, _devices, _words
from portal.views._forms import Errors
from portal.views._frame import Signed
from portal.views._frame import Town as Frame
from portal.views.sign_in import Offer

EVENTS: Mapping[str, str] = {
    "signed_in": msgid("Giriş yapıldı"),
    "recovery_code_used": msgid("Kurtarma koduyla giriş yapıldı"),
    "password_changed": msgid("Parola değiştirildi"),
    "password_reset": msgid("Unutulan parola yenilendi"),
    "factor_on": msgid("İki adımlı giriş açıldı"),
    "factor_off": msgid("İki adımlı giriş kapatıldı"),
    "factor_reset": msgid("İki adımlı giriş sıfırlandı"),
    "codes_renewed": msgid("Kurtarma kodları yenilendi"),
    "session_ended": msgid("Bir oturum kapatıldı"),
    "sessions_ended": msgid("Oturumlar kapatıldı"),
    "activated": msgid("Hesap açıldı"),
    "deactivated": msgid("Hesap kapatıldı"),
}

DONE: Mapping[str, str] = {
    "parola": msgid("Parolanız değiştirildi; diğer oturumlarınız kapatıldı."),
    "kapali": msgid("İki adımlı giriş kapatıldı; diğer oturumlarınız kapatıldı."),
    "oturum": msgid("Oturum kapatıldı."),
    "oturumlar": msgid("Diğer oturumların hepsi kapatıldı."),
}


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """A browser that is signed in."""

    name: str
    device: str
    address: str
    since: str
    seen: str
    is_this: bool = False


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """What happened to the account, when, by whom and from where."""

    what: str
    when: str
    moment: str
    where: str


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """The colleague's own account."""

    town: Frame
    clerk: Signed
    email: str
    departments: str
    password_since: str
    has_factor: bool
    needs_factor: bool
    codes_left: int
    sessions: tuple[SessionLine, ...]
    events: tuple[EventLine, ...]
    done: str = ""
    errors: Errors = field(default_factory=Errors)
    least: int = passwords.LEAST

    @property
    def refused(self) -> bool:
        return bool(self.errors)

    @property
    def has_others(self) -> bool:
        return len(self.sessions) > 1


@dataclass(frozen=True, kw_only=True)
class FactorView:
    """The page on which a telephone is set up, in place of an earlier one where there is one."""

    town: Frame
    clerk: Signed
    offer: Offer
    replaces: bool
    errors: Errors = field(default_factory=Errors)

    @property
    def refused(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True, kw_only=True)
class OwnCodesView:
    """Ten recovery codes, shown this once."""

    town: Frame
    clerk: Signed
    codes: tuple[str, ...] = field(repr=False)
    is_new_factor: bool


def account_view(
    account: Account,
    clerk: SignedIn,
    town: Town,
    language: Language,
    *,
    frame: Frame,
    names: Mapping[int, str],
    this: str,
    now: datetime,
    done: str = "",
    refused: Refused | None = None,
) -> AccountView:
    """The account as it stands; `this` is the hash of the session that looks."""
    departments = sorted(_desk.department_name(town, each, language) for each in clerk.department_ids)
    changed = account.clerk.password_changed_at or account.clerk.created_at
    return AccountView(
        town=frame,
        clerk=_desk.signed(clerk),
        email=clerk.email,
        departments=", ".join(departments),
        password_since=_words.date_without_weekday(changed, language.code),
        has_factor=second_factor.is_on(account.clerk),
        needs_factor=account.needs_factor,
        codes_left=account.codes_left,
        sessions=session_lines(account.sessions, language, this=this, now=now),
        events=event_lines(account.events, names, language, owner=clerk.id, now=now),
        done=DONE.get(done, ""),
        errors=Errors().plus(refused) if refused else Errors(),
    )


def session_lines(
    sessions: Iterable[StaffSession], language: Language, *, now: datetime, this: str = ""
) -> tuple[SessionLine, ...]:
    """Each session in words, the one that looks first."""
    lines = [
        SessionLine(
            name=own_account.session_name(each),
            device=_devices.name(each.agent, language),
            address=each.address,
            since=_words.when(each.created_at, now, language.code),
            seen=_words.just_when(each.seen_at, now, language.code),
            is_this=each.token_hash == this,
        )
        for each in sessions
    ]
    return tuple(sorted(lines, key=lambda line: not line.is_this))


def event_lines(
    events: Iterable[AccountEvent], names: Mapping[int, str], language: Language, *, owner: int, now: datetime
) -> tuple[EventLine, ...]:
    """What happened, in words; who did it is named where it was somebody else."""
    return tuple(_event_line(each, names, language, owner, now) for each in events)


def _event_line(
    event: AccountEvent, names: Mapping[int, str], language: Language, owner: int, now: datetime
) -> EventLine:
    by = names.get(event.by_id or 0, "") if event.by_id != owner else ""
    device = _devices.name(event.agent, language) if event.agent else ""
    return EventLine(
        what=language.gettext(EVENTS.get(event.kind, event.kind)),
        when=_words.when(event.at, now, language.code),
        moment=_words.machine(event.at),
        where=" · ".join(filter(None, (by, device, event.address))),
    )

"""What the pages at the desk's door may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import segno

from portal.languages import Language
from portal.rules.refusal import Refused, msgid
from portal.services import passwords
from portal.views import _forms
from portal.views._forms import Errors
from portal.views._frame import Town

DESK = "/masa"


@dataclass(frozen=True, kw_only=True)
class SignInForm:
    """Who wants in, and where they were going. The password is never given back."""

    email: str = ""
    after: str = DESK
    errors: Errors = field(default_factory=Errors)

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "SignInForm":
        """The form as it was sent; a way to another site is forgotten."""
        return cls(email=_forms.word(fields, "email", 254), after=own_path(_forms.word(fields, "sonra", 2000)))


@dataclass(frozen=True, kw_only=True)
class SignInView:
    """The sign-in page."""

    town: Town
    form: SignInForm
    is_password_new: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.form.errors)


@dataclass(frozen=True, kw_only=True)
class CodeForm:
    """The second step, and where it leads. A code is never given back."""

    after: str = DESK
    errors: Errors = field(default_factory=Errors)

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "CodeForm":
        return cls(after=own_path(_forms.word(fields, "sonra", 2000)))

    def refused(self, no: Refused) -> "CodeForm":
        """The form with what was wrong."""
        return replace(self, errors=self.errors.plus(no))


@dataclass(frozen=True, kw_only=True)
class _CodePage:
    town: Town
    form: CodeForm

    @property
    def refused(self) -> bool:
        return bool(self.form.errors)


@dataclass(frozen=True, kw_only=True)
class CodeView(_CodePage):
    """The page that asks for the second step."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A second factor to be set up: as a picture for the telephone's camera, and as letters to type."""

    picture: str = field(repr=False)
    groups: str = field(repr=False)

    @classmethod
    def of(cls, plain: str, link: str) -> "Offer":
        picture = segno.make(link, error="m").svg_data_uri(scale=4, light="white")
        return cls(picture=picture, groups=" ".join(plain[start : start + 4] for start in range(0, len(plain), 4)))


@dataclass(frozen=True, kw_only=True)
class SetUpView(_CodePage):
    """The page that leads to a second factor before the desk opens."""

    email: str
    offer: Offer


@dataclass(frozen=True, kw_only=True)
class CodesView:
    """Ten recovery codes, shown this once, and the way on."""

    town: Town
    codes: tuple[str, ...] = field(repr=False)
    after: str


@dataclass(frozen=True, kw_only=True)
class ForgotView:
    """The page that asks whose password was forgotten, and then says the same to everybody."""

    town: Town
    form: SignInForm
    is_asked: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.form.errors)


@dataclass(frozen=True, kw_only=True)
class NewPasswordView:
    """The page a letter's link opens. `is_over` when the link opens nothing any more."""

    town: Town
    email: str = ""
    errors: Errors = field(default_factory=Errors)
    least: int = passwords.LEAST
    is_over: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.errors) or self.is_over


def with_after(address: str, after: str) -> str:
    """An address of the door that remembers where its visitor was going."""
    return address if after == DESK else f"{address}?sonra={quote(after, safe='/')}"


def issuer(facts: Mapping[str, str], language: Language) -> str:
    """What the authenticator app calls us."""
    return f"{facts.get('name', '')} {language.gettext(msgid('Çözüm Merkezi'))}".strip()


def refused(form: SignInForm, no: Refused) -> SignInForm:
    """The form with what was wrong."""
    return SignInForm(email=form.email, after=form.after, errors=form.errors.plus(no))


def own_path(address: str) -> str:
    """The address if it is one of our own pages, else the desk: nobody is led to another site by our own link."""
    # Browsers read a backslash as a slash and drop tabs and line ends, so "/\\other" and "/ /other" lead away too.
    is_own = (
        address.startswith("/") and address[1:2] not in ("/", "\\") and address.isprintable() and " " not in address
    )
    return address if is_own and "\\" not in address and not address.startswith(("/giris", "/cikis")) else DESK

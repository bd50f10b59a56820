"""What the sign-in page may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.rules.refusal import Refused
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

    @property
    def refused(self) -> bool:
        return bool(self.form.errors)


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

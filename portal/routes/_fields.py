"""What a form sent: read once, before a handler's thread starts."""

from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import ClientException, InternalServerException

# Pasted text and a form's few fields; photos have a route of their own.
MOST_FIELDS = 300


class Fields(Mapping[str, object]):
    """The fields of a form. A name sent twice answers with its first value; `every` has them all."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self._values: dict[str, list[str]] = {}
        self._files: dict[str, list[UploadFile]] = {}
        for name, value in pairs[:MOST_FIELDS]:
            if isinstance(value, UploadFile):
                self._files.setdefault(name, []).append(value)
            elif isinstance(value, str):
                self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def every(self, name: str) -> list[str]:
        """All values of a name, in the order they were sent."""
        return list(self._values.get(name, ()))

    def files(self, name: str) -> list[UploadFile]:
        """The files chosen under a name; an empty choice is none."""
        return [file for file in self._files.get(name, ()) if file.filename]


class Asking(Request[Any, Any, Any]):
    """A request whose form is either read or refused."""

    async def form(self) -> FormMultiDict:
        """The form as it was sent; one in letters nobody can read is the sender's fault, not ours."""
        try:
            return await super().form()
        except (UnicodeDecodeError, LookupError) as no:
            raise ClientException("a form in an unknown encoding") from no
        except InternalServerException as no:
            # The library says so of a sender who hangs up in the middle: nothing of ours is wrong.
            raise ClientException("a form that broke off") from no


async def read_fields(request: Request[Any, Any, Any]) -> Fields:
    """The form of this request; empty when it sent none."""
    form = await request.form()
    return Fields(list(form.multi_items()))

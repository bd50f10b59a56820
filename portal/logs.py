"""One line a happening, in UTC, for machines and for the person who looks; never a name, a number or a key.

What other people wrote in a request never becomes a part of a line: of an error its kind and its place are told, and
never its words, for they hold the values of the row or of the form.
"""

import io
import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

Line = MutableMapping[str, Any]

# The number of the request that is being answered, for every line that is written meanwhile.
REQUEST: ContextVar[str] = ContextVar("request", default="")

_LONGEST_CHAIN = 5
_HOME = Path(__file__).parents[1]
_OURS = ("portal/", "db/")


def prepare() -> None:
    """Write structured lines to standard error, ours and those of the libraries through the same pipe."""
    pipe = logging.StreamHandler(_StandardError())
    pipe.setFormatter(Foreign())
    logging.basicConfig(handlers=[pipe], level=logging.WARNING, force=_is_ours_to_set())
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(_least()),
        processors=[structlog.processors.add_log_level, *_FINISH],
        logger_factory=structlog.PrintLoggerFactory(_StandardError()),
        cache_logger_on_first_use=True,
    )


def tell_request(method: str, route: str, status: int, seconds: float) -> None:
    """The line of a request that was answered: there is one for each, so it is written by hand, at a tenth of the cost.

    Its parts are ours: a method we know, and the address as the routes write it.
    """
    if _least() <= logging.INFO:
        now = datetime.now(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
        line = f"timestamp={now}Z level=info event=request request={REQUEST.get()} method={method} route={route}"
        # A line is sent as a whole, whoever else writes; standard error goes out line by line.
        sys.stderr.write(f"{line} status={status} ms={seconds * 1000:.1f}\n")


def _least() -> int:
    # In front of a terminal sits a person, who would lose what is wrong among all the pages that were asked for.
    return logging.WARNING if sys.stderr.isatty() else logging.INFO


class _StandardError(io.TextIOBase):
    """Standard error, whichever file it is at that moment."""

    def write(self, words: str) -> int:
        return sys.stderr.write(words)

    def flush(self) -> None:
        sys.stderr.flush()


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came from."""
    step: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if step is None:
            return
        yield step
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)


def told(error: BaseException) -> str:
    """An error without its words: its kind, the database's code where it has one, and where in the code it happened."""
    return " < ".join(f"{kind(each)} at {places(each)}" for each in chain(error))


def places(error: BaseException) -> str:
    """The way through our own code to an error, and where it happened."""
    steps = traceback.extract_tb(error.__traceback__)
    way = [(step.filename.removeprefix(f"{_HOME}/"), step) for step in steps]
    shown = [each for each in way[:-1] if each[0].startswith(_OURS)] + way[-1:]
    return " > ".join(f"{file}:{step.lineno} {step.name}" for file, step in shown)


def kind(error: BaseException | None) -> str:
    """What kind of error it is."""
    # The code of PostgreSQL and the name of SQLite's error say what kind of trouble it is, and nothing of the row.
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return f"{type(error).__name__}({code})" if code else type(error).__name__


def _tell_request(_logger: object, _name: str, line: Line) -> Line:
    if number := REQUEST.get():
        line["request"] = number
    return line


def _tell_errors(_logger: object, _name: str, line: Line) -> Line:
    error = line.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        line["error"] = told(error)
    return line


def _keep_to_one_line(_logger: object, _name: str, line: Line) -> Line:
    """Whatever would end a line, move the cursor or hide what follows is spelled out."""
    for name, value in line.items():
        if value is None or isinstance(value, int | float):
            continue
        words = str(value)
        if not words.isprintable():
            words = "".join(letter if letter.isprintable() else _spelled(letter) for letter in words)
        line[name] = words
    return line


def _spelled(letter: str) -> str:
    return letter.encode("unicode_escape", "backslashreplace").decode("ascii")


_FINISH = (
    _tell_request,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _tell_errors,
    _keep_to_one_line,
    structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
)


class Foreign(logging.Formatter):
    """The lines of libraries: what was said, without the values that were put into it."""

    def format(self, record: logging.LogRecord) -> str:
        # What follows the first line of a library's words are the values and the words of an error.
        words = record.msg.partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__
        line: Any = {"event": words, "logger": record.name}
        line["level"] = record.levelname.lower()
        line["exc_info"] = record.exc_info
        for finish in _FINISH:
            line = finish(None, "", line)
        return str(line)


def _is_ours_to_set() -> bool:
    """Whether the pipe of the libraries is still unset, or an earlier one of ours."""
    return all(isinstance(each.formatter, Foreign) for each in logging.getLogger().handlers)

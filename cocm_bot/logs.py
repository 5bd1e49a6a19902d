"""Logging that never holds health data: what failed and where, not what was in it.

Our own records are written whole: they hold reason codes and opaque references. What a library logs by itself
may quote a request or an answer, so nothing of it is kept but its level, its logger, where it was logged and
the types of the exceptions.
"""

import json
import logging
import re
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, TextIO

from cocm_bot.telemetry.in_hand import current

OURS = "cocm_bot"
TEXT_LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Style(StrEnum):
    """The forms a log may have."""

    AUTO = "auto"
    """Text for a terminal, JSON for whatever else reads it."""
    TEXT = "text"
    JSON = "json"


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that reorder or break lines."""

_PLACE_OF_A_VALUE = re.compile(r"(?:(?P<name>\w+)=)?%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")

logger = logging.getLogger(__name__)


class SilentFormatter(logging.Formatter):
    """Formats a traceback as exception types and places, and of a library's record keeps no word."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line, and its traceback's."""
        return super().format(record if _is_ours(record) else _withheld(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the standard library's
        """One line a record, whatever a value holds: what would break or color it is written as an escape."""
        return _CONTROL.sub(
            lambda found: found[0].encode("unicode_escape").decode(), super().formatMessage(record)
        )

    def formatException(  # noqa: N802 - the name is the standard library's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The chain of exception types, each with the place it was raised at."""
        return "\n".join(_chain(ei[1]))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the name is the standard library's
        """Nothing: a stack adds no place that the record does not name."""
        return ""


class JsonFormatter(SilentFormatter):
    """Formats a record as one line of JSON: its named values as fields, with the work in hand."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; whatever is no ASCII letter of it is an escape."""
        kept = record if _is_ours(record) else _withheld(record)
        at = datetime.fromtimestamp(kept.created, UTC).isoformat(timespec="milliseconds")
        work = current()
        line: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": kept.levelname,
            "logger": kept.name,
            "message": kept.getMessage(),
            **({"ref": work.reference, "doing": work.doing} if work else {}),
            **_named_values(kept),
        }
        if kept.exc_info:
            line["errors"] = self.formatException(kept.exc_info).split("\n")
        return json.dumps(line, default=str)


class SilentHandler(logging.StreamHandler[TextIO]):
    """Writes records that hold no health data; a library's below WARNING not at all."""

    def __init__(self, stream: TextIO, formatter: logging.Formatter) -> None:
        super().__init__(stream)
        self.setFormatter(formatter)
        self.addFilter(lambda record: _is_ours(record) or record.levelno >= logging.WARNING)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Name the place of a record that can't be written; the library's own way prints its arguments."""
        try:
            self.stream.write(
                f"unwritable record of {record.name} at {_place(record.pathname, record.lineno)}\n"
            )
        except (OSError, ValueError):
            return  # the stream itself is gone, and there is no other


def where(error: BaseException) -> str:
    """The place an exception was raised at, as `module.py:line function`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "unknown place"
    last = frames[-1]
    return f"{_place(last.filename, last.lineno)} {last.name}"


def what(error: BaseException) -> str:
    """Return an exception's type, with the code that AWS or Slack gave as the reason, if any."""
    reason = getattr(error, "reason", "")
    return f"{type(error).__name__} reason={reason}" if reason else type(error).__name__


def configure(level: str, style: Style = Style.AUTO) -> None:
    """Send our records of this level and above to standard error, and libraries' from WARNING on, withheld.

    So are warnings, and exceptions that nobody caught.
    """
    least = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    text = style is Style.TEXT or (style is Style.AUTO and sys.stderr.isatty())
    formatter = SilentFormatter(TEXT_LINE) if text else JsonFormatter()
    logging.basicConfig(level=least, handlers=[SilentHandler(sys.stderr, formatter)], force=True)
    logging.getLogger(OURS).setLevel(level)
    warnings.showwarning = _warned
    guard_tracebacks()


def guard_tracebacks() -> None:
    """Have exceptions that nobody caught written down as types and places: their texts may quote."""
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        logger.critical("uncaught", exc_info=error)


def _uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    if not issubclass(caught.exc_type, SystemExit):
        logger.critical("uncaught in a thread", exc_info=caught.exc_value)


def _unraisable(raised: "sys.UnraisableHookArgs") -> None:
    logger.error("unraisable", exc_info=raised.exc_value)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logger.warning("warned category=%s at=%s", category.__name__, _place(filename, lineno))


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith(f"{OURS}.")


def _withheld(record: logging.LogRecord) -> logging.LogRecord:
    """A library's record with nothing of what it says."""
    at = f"{_place(record.pathname, record.lineno)} {record.funcName}"
    kept = logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, "withheld at=%s", (at,), record.exc_info
    )
    # When it was logged, and not when it is written.
    kept.created, kept.msecs = record.created, record.msecs
    return kept


def _named_values(record: logging.LogRecord) -> dict[str, Any]:
    """Return the values of a record that its message names, as in `kind=%s`."""
    names = [found["name"] for found in _PLACE_OF_A_VALUE.finditer(str(record.msg).replace("%%", ""))]
    values = record.args if isinstance(record.args, tuple) else ()
    return {name: value for name, value in zip(names, values, strict=False) if name}


def _place(filename: str, line: int | None) -> str:
    return f"{'/'.join(filename.split('/')[-2:])}:{line}"


def _chain(error: BaseException | None) -> list[str]:
    """Each exception on a line, the causes after it; those of a group after the group."""
    lines: list[str] = []
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__} at {where(error)}")
        if isinstance(error, BaseExceptionGroup):
            lines += [line for each in error.exceptions for line in _chain(each)]
        error = error.__cause__ or error.__context__
    return lines

"""Logging that never holds health data: what failed and where, not what was in it."""

import logging
import sys
import traceback
from types import TracebackType

# These log whole request or response bodies below WARNING, the last one each tick of the clock.
_TALKATIVE = (
    "slack_bolt",
    "slack_sdk",
    "botocore",
    "boto3",
    "urllib3",
    "websocket",
    "uvicorn.access",
    "apscheduler",
)


class SilentTracebackFormatter(logging.Formatter):
    """Formats a traceback as exception types and places; messages may quote what a person typed."""

    def formatException(  # noqa: N802 - the name is the standard library's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The chain of exception types, each with the place it was raised at."""
        return "\n".join(_chain(ei[1]))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - as above; a stack shows source lines only
        """Nothing: a stack adds no place that the record does not name."""
        return ""


def where(error: BaseException) -> str:
    """The place an exception was raised at, as `module.py:line function`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "unknown place"
    last = frames[-1]
    return f"{'/'.join(last.filename.split('/')[-2:])}:{last.lineno} {last.name}"


def what(error: BaseException) -> str:
    """Return an exception's type, with the code that AWS or Slack gave as the reason, if any."""
    reason = getattr(error, "reason", "")
    return f"{type(error).__name__} reason={reason}" if reason else type(error).__name__


def configure(level: str) -> None:
    """Send records of this level and above to standard error, with the talkative libraries at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SilentTracebackFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _chain(error: BaseException | None) -> list[str]:
    lines = []
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__} at {where(error)}")
        error = error.__cause__ or error.__context__
    return lines

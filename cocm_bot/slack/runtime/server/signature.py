"""Check that Slack sent a request: its signature over the raw bytes, before anything of them is read.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hmac
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from cocm_bot.telemetry.instruments import instruments

WINDOW_SECONDS = 300
"""The most seconds a request's time may differ from ours, either way."""
SERVER_LOG = "uvicorn.error"
HTTP_READERS = "_impl"
"""The end of the names of its modules that read HTTP: they warn of what came over the wire."""
LOG_SECONDS = 60
"""Seconds between two log records of one cause: strangers choose how many requests they send."""

TIMESTAMP, SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"

_SECONDS = re.compile(rb"[0-9]{1,12}")
_SIGNED = re.compile(rb"v0=[0-9a-f]{64}")

logger = logging.getLogger(__name__)


class Refusal(StrEnum):
    """The reason a request is not taken; the value is the log's word for it."""

    UNSIGNED = "unsigned"
    STALE = "stale"
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    SLOW = "slow"


class Refused(Exception):
    """A request that is not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def signed_headers(headers: Sequence[tuple[bytes, bytes]], now: float) -> tuple[bytes, bytes]:
    """The timestamp and the signature of a request; raises Refused.

    `headers` have lower-case names; `now` is in seconds UTC.
    """
    stamps = [value for name, value in headers if name == TIMESTAMP]
    signatures = [value for name, value in headers if name == SIGNATURE]
    if not stamps or not signatures:
        raise Refused(Refusal.UNSIGNED)
    if len(stamps) > 1 or len(signatures) > 1 or not _SECONDS.fullmatch(stamps[0]):
        raise Refused(Refusal.MALFORMED)
    if abs(now - int(stamps[0])) > WINDOW_SECONDS:
        raise Refused(Refusal.STALE)
    if not _SIGNED.fullmatch(signatures[0]):
        raise Refused(Refusal.BAD_SIGNATURE)
    return stamps[0], signatures[0]


def verify(secret: bytes, timestamp: bytes, signature: bytes, body: bytes) -> None:
    """Raise Refused unless the signature is the app's of this body at this time."""
    wanted = b"v0=" + hmac.digest(secret, b"v0:" + timestamp + b":" + body, "sha256").hex().encode()
    if not hmac.compare_digest(wanted, signature):
        raise Refused(Refusal.BAD_SIGNATURE)


class RefusalLog:
    """One line for each cause of refusals in a minute, with how many there were since the last."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` counts seconds from anywhere."""
        self._clock = clock
        self._lock = threading.Lock()
        self._logged: dict[Refusal, float] = {}
        self._since: dict[Refusal, int] = {}

    def note(self, refusal: Refusal) -> None:
        """Count a refusal, and log its cause unless that was done a moment ago."""
        instruments().refused_requests.add(1, {"cause": str(refusal)})
        with self._lock:
            now = self._clock()
            self._since[refusal] = count = self._since.get(refusal, 0) + 1
            if now - self._logged.get(refusal, float("-inf")) < LOG_SECONDS:
                return
            self._logged[refusal], self._since[refusal] = now, 0
        logger.warning("refused cause=%s count=%d", refusal, count)


class ServerRefusals(logging.Filter):
    """Counts what the web server itself refuses as no HTTP, in the place of its own line for each."""

    def __init__(self, refusals: RefusalLog) -> None:
        super().__init__()
        self._refusals = refusals

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be written: not what a stranger can cause as often as they like."""
        if not record.module.endswith(HTTP_READERS) or record.levelno != logging.WARNING:
            return True
        self._refusals.note(Refusal.MALFORMED)
        return False


@contextmanager
def counting_refusals(refusals: RefusalLog) -> Iterator[None]:
    """Count what the web server refuses while the block runs."""
    server, counted = logging.getLogger(SERVER_LOG), ServerRefusals(refusals)
    server.addFilter(counted)
    try:
        yield
    finally:
        server.removeFilter(counted)

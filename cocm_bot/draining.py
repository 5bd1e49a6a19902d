"""A server that is unready first when it is asked to stop, and serves on while the balancer finds out."""

import logging
import threading
from types import FrameType

import uvicorn

logger = logging.getLogger(__name__)


class DrainingServer(uvicorn.Server):
    """Ends so many seconds after it was asked to; asked again, at once."""

    def __init__(self, config: uvicorn.Config, seconds: int, stopping: threading.Event) -> None:
        """`stopping` is set from the first request to stop on."""
        super().__init__(config)
        self._seconds = seconds
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal: uvicorn calls this in the place of its own handler."""
        if self._stopping.is_set() or not self._seconds:
            super().handle_exit(sig, frame)
            return
        self._stopping.set()
        logger.info("draining seconds=%d", self._seconds)
        timer = threading.Timer(self._seconds, super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()

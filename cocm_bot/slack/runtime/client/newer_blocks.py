"""Sends what is drawn with Slack's newer blocks, and remembers which of them the workspace refuses."""

import logging
from collections.abc import Callable
from typing import TypeVar

from cocm_bot.slack.kit import Payload, newer_types, older
from cocm_bot.slack.runtime.client.failures import Refused

T = TypeVar("T")

BLOCKS = "invalid_blocks"
"""Slack's reason for refusing a message with a block it does not know, among other faults."""
ARGUMENTS = "invalid_arguments"
"""The same of a view."""

logger = logging.getLogger(__name__)


class NewerBlocks:
    """The types of newer blocks that a process has seen accepted, or refused.

    Nothing is asked of Slack for it: the first screen with such a block tells, and the process remembers.
    """

    def __init__(self) -> None:
        self._accepted: frozenset[str] = frozenset()
        self._refused: frozenset[str] = frozenset()

    def refused(self, kind: str) -> bool:
        """Return whether the workspace is known to refuse a type of block."""
        return kind in self._refused

    def send(self, payload: Payload, put: Callable[[Payload], T]) -> T:
        """Put up a message or view, and once more with older blocks if a newer one may be why it is refused.

        A block is held refused only once the same content was taken without it.
        """
        shown = older(payload, self._refused)
        newer = newer_types(shown)
        if not newer:
            return put(shown)
        try:
            sent = put(shown)
        except Refused as refusal:
            if not self._may_be_why(refusal.reason, newer):
                raise
            sent = put(older(shown, newer))
            logger.warning("refused blocks=%s reason=%s", ",".join(sorted(newer)), refusal.reason)
            self._refused |= newer
            self._accepted -= newer
        else:
            self._accepted |= newer
        return sent

    def _may_be_why(self, reason: str, newer: frozenset[str]) -> bool:
        """Return whether newer blocks may be why a payload is refused.

        Of a view Slack says as much of a picture it has not looked into yet: a block it took before is not
        why.
        """
        return reason == BLOCKS or (reason == ARGUMENTS and not newer <= self._accepted)

    def proven(self, view: Payload) -> Payload:
        """Return a view with only those newer blocks that were accepted before.

        For the answer to a submission: Slack does not say that it refuses one, and what was saved would look
        lost.
        """
        return older(view, newer_types(view) - self._accepted)

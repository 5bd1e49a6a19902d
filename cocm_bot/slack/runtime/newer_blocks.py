"""Sends what is drawn with Slack's newer blocks, and remembers which of them the workspace refuses."""

import logging
from collections.abc import Callable
from typing import TypeVar

from cocm_bot.slack.kit import Payload, newer_types, older
from cocm_bot.slack.runtime.failures import Refused

T = TypeVar("T")

UNKNOWN_BLOCK = frozenset({"invalid_arguments", "invalid_blocks"})
"""Slack's reasons for refusing a view or a message with a block it does not know, among other faults."""

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
        unsure = newer_types(shown) - self._accepted
        if not unsure:
            return put(shown)
        try:
            sent = put(shown)
        except Refused as refusal:
            if refusal.reason not in UNKNOWN_BLOCK:
                raise
            sent = put(older(shown, unsure))
            logger.warning("refused blocks=%s reason=%s", ",".join(sorted(unsure)), refusal.reason)
            self._refused |= unsure
        else:
            self._accepted |= unsure
        return sent

    def proven(self, view: Payload) -> Payload:
        """Return a view with only those newer blocks that were accepted before.

        For the answer to a submission: Slack does not say that it refuses one, and what was saved would look
        lost.
        """
        return older(view, newer_types(view) - self._accepted)

"""Check that the bot's dependencies answer: at most every few seconds, whoever wants to know."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool

KEPT_SECONDS = 5.0
"""Seconds an answer is good for: however many ask, Slack and the table are asked once."""

Answers = Mapping[str, bool]
"""The dependencies by name, and whether each answers."""


class Readiness:
    """Shares one question among all who ask at the same time or soon after. For one event loop."""

    def __init__(self, ask: Callable[[], Answers], clock: Callable[[], float]) -> None:
        """`ask` blocks; `clock` counts seconds from anywhere."""
        self._ask = ask
        self._clock = clock
        self._asked_at = 0.0
        self._answer: asyncio.Task[Answers] | None = None

    async def answers(self) -> Answers:
        """Return what was answered a moment ago, or is now."""
        answer, now = self._answer, self._clock()
        if answer is None or (answer.done() and now - self._asked_at >= KEPT_SECONDS):
            self._asked_at = now
            self._answer = answer = asyncio.create_task(run_in_threadpool(self._ask))
        # Whoever hangs up takes the answer from nobody else.
        return await asyncio.shield(answer)

"""Answer the two questions of a balancer: is the process alive, and should it be sent requests now.

Degraded is not unready: where Slack is slow or asks to wait, another replica would meet the same, and taking
all of them out would lose every click.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

KEPT_SECONDS = 5.0
"""Seconds an answer is good for: however many ask, Slack and the table are asked once."""


class Health(StrEnum):
    """The state of something the bot depends on, in the words of `/readyz`."""

    OK = "ok"
    DEGRADED = "no answer, degraded"
    DOWN = "no answer"
    REFUSED = "refuses the token"
    WRONG_CLOCK = "wrong by more than a minute"
    STOPPING = "stopping"


READY = frozenset({Health.OK, Health.DEGRADED})
"""The states in which requests are taken."""

Answers = Mapping[str, Health]
"""The dependencies by name, and the state of each."""


def never() -> bool:
    """Return that nothing stops: for a process that ends at once when it is asked to."""
    return False


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


def probes(
    ready: Callable[[], Answers], clock: Callable[[], float], stopping: Callable[[], bool] = never
) -> Sequence[Route]:
    """Return `/healthz` and `/readyz`; a process that is `stopping` is alive, and not ready."""
    readiness = Readiness(ready, clock)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        answers = {"process": Health.STOPPING} if stopping() else await readiness.answers()
        fit = all(health in READY for health in answers.values())
        lines = [f"{name}: {health}" for name, health in answers.items()]
        return PlainTextResponse("\n".join(lines), 200 if fit else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def probes_app(ready: Callable[[], Answers], clock: Callable[[], float]) -> Starlette:
    """Return an application of the probes alone, for a bot that Slack does not call."""
    return Starlette(routes=probes(ready, clock))

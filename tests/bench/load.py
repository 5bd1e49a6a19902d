"""Load on the served bot: commands at a rate, and presses all at once; whether each is answered."""

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import NamedTuple

from cocm_bot.slack.kit import of_registry
from cocm_bot.slack.shared_views.card_actions import TREND
from cocm_bot.slack.shared_views.notices import BUSY
from tests.bench.rig import Ack, Rig
from tests.bench.stage.crowded import Crowded

DRAIN_SECONDS = 90
Ask = Callable[[], tuple[Ack, str]]


class Outcome(NamedTuple):
    """The outcome of a load."""

    asked: int
    unacknowledged: int
    refused: int
    """Answered by the sentence that there is no place."""
    unanswered: int
    p99: float
    """Seconds to the acknowledgement of all but a hundredth."""

    @property
    def lost(self) -> int:
        return self.unacknowledged + self.unanswered


def mixed(rig: Rig, there: Crowded) -> Iterator[Ask]:
    """The commands of a morning, over and over: lists, cards and forms."""
    handles = cycle(f"X{number:03X}" for number in range(200))
    for text in cycle(["today", "patient", "log", "caseload", "patient", "help", "patient", "today", "log"]):
        words = f"{text} {next(handles)}" if text in {"patient", "log"} else text
        yield lambda words=words: rig.command(there.slack_id, words)  # type: ignore[misc]  # a default binds


def at_rate(rig: Rig, asked: Iterator[Ask], rate: int, seconds: int) -> Outcome:
    """Ask at an even rate, whatever the answers take."""
    done, began = [], time.monotonic()
    with ThreadPoolExecutor(min(300, rate * 8)) as people:
        for number in range(rate * seconds):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            done.append(people.submit(next(asked)))
        acks = [each.result() for each in done]
    return outcome(rig, acks)


def at_once(rig: Rig, ask: Ask, times: int) -> Outcome:
    """Ask so many times at the same moment."""
    with ThreadPoolExecutor(times) as people:
        done = [people.submit(ask) for _ in range(times)]
        return outcome(rig, [each.result() for each in done])


def outcome(rig: Rig, acks: list[tuple[Ack, str]]) -> Outcome:
    """Wait until everything is answered, or nothing more comes."""
    refused = {token for ack, token in acks if BUSY in ack.text}
    wanted = {token for ack, token in acks if ack.status == 200} - refused
    until = time.monotonic() + DRAIN_SECONDS
    while (missing := wanted - set(rig.seen()["answered"])) and time.monotonic() < until:
        time.sleep(0.1)
    times = sorted(ack.seconds for ack, _ in acks)
    p99 = statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]
    return Outcome(len(acks), sum(ack.lost for ack, _ in acks), len(refused), len(missing), p99)


def trend(rig: Rig, there: Crowded, handle: str) -> tuple[Ack, str]:
    """Press Trend on a patient's card."""
    row = of_registry({"blocks": [{"type": "actions", "block_id": "b"}]}, there.registry.id)
    pressed = {
        "action_id": TREND,
        "type": "button",
        "value": handle,
        "block_id": row["blocks"][0]["block_id"],
    }
    view = {"id": "VCARD", "type": "modal", "hash": "h", "private_metadata": "", "blocks": []}
    return rig.act("block_actions", there.slack_id, actions=[pressed], view=view)

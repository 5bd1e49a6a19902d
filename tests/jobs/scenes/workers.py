"""A process whose clock ticks: started by the simulations, which set the time it sees, and kill it.

Kept apart from the tests, so that a process has little to import.
"""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.sharedctypes import RawArray, RawValue
from typing import Any

from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store import jobs
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.client import connect
from cocm_bot.store.table.table import Table
from tests.store import quick_http

SHARDS = 2
"""Fewer parts of the queue than in earnest: the processes meet more often, and the engine has less to do."""
HANDS = 3
ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"
AUDIT_KEY = "a key for the tests and for nothing else"


@dataclass
class Shared:
    """State that the simulation and its processes share: the time (seconds UTC), and each one's progress."""

    clock: Any
    ticked: Any

    @classmethod
    def of(cls, processes: int) -> "Shared":
        return cls(RawValue("d", 0.0), RawArray("d", processes))

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.value, UTC)


def ctx(table_name: str, now: Any) -> Context:
    return Context(Table(connect(max_connections=HANDS + 1), table_name), now, AuditTrail(AUDIT_KEY, 6, now))


def tick_for_ever(
    number: int, shared: Shared, environment: Mapping[str, str], table_name: str, token: str, api_url: str
) -> None:
    """Tick once at each time there is, and say so."""
    os.environ.update(environment)
    jobs.SHARDS = SHARDS
    gateway = Gateway(web_client(token, api_url, 5))
    directory = Directory(gateway, lambda: float(shared.clock.value))
    job_context = JobContext(
        ctx(table_name, shared.now), gateway, directory, Pace(time.monotonic, time.sleep, per_minute=60_000)
    )
    with quick_http.to(environment.get(ENDPOINT, "")), ThreadPoolExecutor(HANDS) as hands:
        ticker = Ticker(job_context, HANDLERS, hands)
        while True:
            moment = shared.clock.value
            if shared.ticked[number] < moment:
                ticker.tick()
                shared.ticked[number] = moment
            else:
                time.sleep(0.004)

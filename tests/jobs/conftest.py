from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cocm_bot.store import jobs
from cocm_bot.store.table.table import Table
from tests.jobs.scenes.environment import Environment, running_house


@pytest.fixture
def environment(empty_table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    """A registry of five, on the Sunday before its first working day."""
    monkeypatch.setattr(jobs, "SHARDS", 2)  # enough for one registry, and quicker to look through
    with ThreadPoolExecutor(1) as hands, running_house(empty_table, hands) as running:
        yield running

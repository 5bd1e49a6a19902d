from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cocm_bot.store.table import Table
from tests.reminders.house import House, running_house
from tests.store.conftest import client, empty_table

__all__ = ["client", "empty_table"]


@pytest.fixture
def house(empty_table: Table) -> Iterator[House]:
    """A registry of five, on the Sunday before its first working day."""
    with ThreadPoolExecutor(1) as hands, running_house(empty_table, hands) as running:
        yield running

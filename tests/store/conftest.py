import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.rig import crowd
from tests.rig.clients import lasting
from tests.store import engines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def client() -> Iterator["DynamoDBClient"]:
    """A second engine, for one thread at a time: what the store says must be understood by both."""
    with engines.single_threaded() as client:
        yield client


@pytest.fixture
def concurrent_client(endpoint: str) -> Iterator["DynamoDBClient"]:
    """For many threads, and for requests that meet faults on their way: after these there is another one."""
    with lasting(endpoint) as connected:
        with mock.patch.dict(os.environ, engines.reaching(endpoint)):
            client = connected(patient=False, max_connections=engines.THREADS)
        yield client


@pytest.fixture
def concurrent_table(concurrent_client: "DynamoDBClient", founded: list[Item]) -> Iterator[Table]:
    """A table with a registry of one member, that many threads may use."""
    with engines.fresh_table(concurrent_client) as table:
        crowd.put(table, founded)
        yield table

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cocm_bot.store.table import Table
from tests.store import engines
from tests.store.build import found_registry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again are real, the client's and the store's; only the pauses between them are left out."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.fixture(scope="session")
def client() -> Iterator["DynamoDBClient"]:
    """For one thread at a time."""
    with engines.single_threaded() as client:
        yield client


@pytest.fixture(scope="session")
def concurrent_client() -> Iterator["DynamoDBClient"]:
    """For many threads, and for requests that meet faults on their way."""
    with engines.concurrent() as client:
        yield client


@pytest.fixture
def empty_table(client: "DynamoDBClient") -> Iterator[Table]:
    """A table with nothing in it."""
    with engines.fresh_table(client) as table:
        yield table


@pytest.fixture
def table(empty_table: Table) -> Table:
    """A table with a registry of one member."""
    found_registry(empty_table)
    return empty_table


@pytest.fixture
def concurrent_table(concurrent_client: "DynamoDBClient") -> Iterator[Table]:
    """A table with a registry of one member, that many threads may use."""
    with engines.fresh_table(concurrent_client) as table:
        found_registry(table)
        yield table

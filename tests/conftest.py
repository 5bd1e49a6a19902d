import os
from collections.abc import Iterator

import pytest

from tests.clinic import Clinic, running_clinic
from tests.store import engines


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """A DynamoDB that many threads may use: the environment's, or ministack."""
    if engines.ENDPOINT in os.environ:
        yield ""
        return
    with engines.ministack() as address:
        yield address


@pytest.fixture
def clinic(endpoint: str) -> Iterator[Clinic]:
    """A registry of five members and no patients, with the bot and the workspace running."""
    with running_clinic(endpoint) as running:
        yield running

import gc
import io
import logging
import os
import sys
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import settings

from cocm_bot import logs
from cocm_bot.playground.workspace import Workspace
from cocm_bot.store.table import client as client_module
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.rig import crowd
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.marks import unmarked
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import running_workspace
from tests.store import engines, quick_http, small_engine
from tests.store.build import found_registry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A test process lives for minutes and has memory to spare: looking for garbage less often saves a twentieth.
gc.set_threshold(100_000, 50, 100)

# How long one example takes says more about the machine than about the code. Where a law's examples cost
# more, or less is at stake, its test says how many; a run at night tries ten times as many of all others.
settings.register_profile("project", deadline=None, max_examples=40)
settings.register_profile("night", deadline=None, max_examples=400)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-goldens` writes the digests of tests/slack/screens/digests again instead of only comparing.

    `--pictures` keeps the pictures of the screens that the browser shows, in screenshots/. `--previous` is a
    checkout of the version whose processes are replaced in tests/whole/test_rollout.py; this one without it.
    """
    parser.addoption("--write-goldens", action="store_true")
    parser.addoption("--pictures", action="store_true")
    parser.addoption("--previous", default=str(Path(__file__).parents[1]))


STARTED = {"clinic", "house", "endpoint", "client"}
"""The fixtures that start an engine or a workspace, or fill tables: a moment each, together minutes."""
QUICK = ("tests/whole/test_morning.py", "tests/operations/contacts/test_log_contact.py")
"""The modules that need one and are yet among the quick tests: the main way through, and what most do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker its share of the long, and count those with a table of their own among the slow."""
    for item in items:
        if STARTED & set(getattr(item, "fixturenames", ())) and not item.nodeid.startswith(QUICK):
            item.add_marker(pytest.mark.slow)
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def pytest_collection_finish() -> None:
    """Take the tests and all that was imported, which stay to the end, out of every search for garbage."""
    gc.collect()
    gc.freeze()


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests so that equal parts, one for each worker, have about as much of the long.

    The long wait more than the others: half of the workers begin with them, the rest come to them halfway:
    the first and the last, whose others, in the browser and in Slack, take the longest until then. Those of
    one module stay together, as what they share is made for each worker.
    """
    groups: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("long"):
            groups[item.path].append(item)
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    taken = [0.0] * workers
    for group in sorted(groups.values(), key=_seconds, reverse=True):
        least = taken.index(min(taken))
        shares[least] += group
        taken[least] += _seconds(group)
    others = [item for item in items if not item.get_closest_marker("long")]
    order: list[pytest.Item] = []
    for number, share in enumerate(shares):
        part = (len(items) - len(order)) // (workers - number)
        fill = max(0, part - len(share))
        first = fill // 2 if number % 3 == 0 else 0
        order += others[:first] + share + others[first:fill]
        del others[:fill]
    return order + others


def _seconds(group: Sequence[pytest.Item]) -> float:
    mark = group[0].get_closest_marker("long")
    assert mark is not None
    return float(mark.args[0])


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Let requests to the table take long: a busy machine is no slow table."""
    with mock.patch.object(client_module, "READ_SECONDS", 20):
        yield


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """A DynamoDB that many threads and processes may use: the environment's, or ministack in this one."""
    if engines.GIVEN:
        yield ""
        return
    engine = small_engine.Engine()
    address = small_engine.listen(engine)
    with quick_http.to(address, engine):
        yield address


@pytest.fixture(scope="session")
def client(endpoint: str) -> "DynamoDBClient":
    """The store's own client on it."""
    return engines.client_of(endpoint)


@pytest.fixture
def empty_table(client: "DynamoDBClient") -> Iterator[Table]:
    """A table with nothing in it."""
    with engines.fresh_table(client) as table:
        yield table


@pytest.fixture(scope="session")
def founded(client: "DynamoDBClient") -> list[Item]:
    """All that is stored of a registry of one member: founded once, and put into each test's table."""
    with engines.fresh_table(client) as table:
        found_registry(table)
        return crowd.stored(table)


@pytest.fixture
def table(empty_table: Table, founded: list[Item]) -> Table:
    """A table with a registry of one member."""
    crowd.put(empty_table, founded)
    return empty_table


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again are real, the client's and the store's; only the pauses between them are left out."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Puts the loggers and the hooks of tracebacks and warnings back as pytest had them."""
    with _logging_kept():
        yield


@contextmanager
def _logging_kept() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    levels, handlers = (root.level, ours.level), list(root.handlers)
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning
    try:
        yield
    finally:
        sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        ours.setLevel(levels[1])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything the process would write to its log at DEBUG; ask for it before the clinic."""
    written = io.StringIO()
    with _logging_kept():
        with redirect_stderr(written):
            logs.configure("DEBUG", logs.Style.TEXT)
        yield written


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A Slack that nobody has installed the bot in yet, patient with a busy machine."""
    with running_workspace(ack_seconds=PATIENCE) as running:
        yield running


@pytest.fixture
def clinic(endpoint: str) -> Iterator[Clinic]:
    """A registry of five members and no patients, with the bot and the workspace running."""
    with running_clinic(endpoint) as running:
        yield running
        assert unmarked(running.workspace.calls) == []

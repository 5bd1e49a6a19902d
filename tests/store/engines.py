"""The engines the store is tested on: any endpoint, moto inside the process, or ministack beside it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import uuid4

from cocm_bot.store.table import administration
from cocm_bot.store.table.client import connect
from cocm_bot.store.table.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]
ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"
GIVEN = ENDPOINT in os.environ
"""True where the environment of the tests names the engine; a demo or a clinic names its own there later."""
THREADS = 16
START_SECONDS = 30

LOCAL = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""The settings boto3 needs to talk to an engine that checks neither credentials nor region."""


@contextmanager
def single_threaded() -> Iterator["DynamoDBClient"]:
    """The endpoint of the environment, or moto, which is quick but not safe under threads."""
    if GIVEN:
        yield connect(max_connections=THREADS)
        return
    from moto import mock_aws  # noqa: PLC0415 - it takes as long to import as all of the bot

    with mock.patch.dict(os.environ, LOCAL), mock_aws():
        os.environ.pop(ENDPOINT, None)
        yield connect(max_connections=THREADS)


def reaching(endpoint: str) -> dict[str, str]:
    """Return what the environment must hold so that boto3 talks to an endpoint; nothing more for its own."""
    return {**LOCAL, ENDPOINT: endpoint} if endpoint else {}


def client_of(endpoint: str, *, patient: bool = False) -> "DynamoDBClient":
    """The store's own client on an endpoint, or on the environment's."""
    with mock.patch.dict(os.environ, reaching(endpoint)):
        return connect(patient=patient, max_connections=THREADS)


def ask(client: "DynamoDBClient", operation: str, **parameters: Any) -> Any:
    """Ask for an operation that the store does not send directly, without all botocore does for it."""
    direct: Any = client
    found = direct._first_try(operation, parameters)
    if found is None:  # binary values: JSON has no form for them
        return direct._make_api_call(operation, parameters)
    answer, parsed = found
    assert answer.status_code == HTTPStatus.OK, parsed
    return parsed


@dataclass(frozen=True)
class Engine:
    """An engine in a process of its own on this machine."""

    endpoint: str
    pid: int


@contextmanager
def ministack() -> Iterator[Engine]:
    """ministack, with nothing but DynamoDB, behind a quick server."""
    port = free_port()
    with process([sys.executable, "-m", "tests.store.small_engine", str(port)], port) as engine:
        yield engine


@contextmanager
def process(
    command: Sequence[str], port: int, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Engine]:
    """A server that listens on a port of this machine, ended afterwards."""
    environment = {**os.environ, **settings}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603  # ours
    try:
        _wait_for(port, server)
        yield Engine(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.terminate()
        server.wait(timeout=10)


@contextmanager
def fresh_table(client: "DynamoDBClient") -> Iterator[Table]:
    """A table of its own for one test, deleted afterwards.

    Ours is set up without its expiry: it would go by the real time, and the tests' own is another.
    """
    name = f"cocm-test-{uuid4().hex}"
    if not GIVEN:
        # By one request instead of nine: what is set up beside it, only the store's own tests look at.
        ask(
            client,
            "CreateTable",
            TableName=name,
            KeySchema=administration._key_schema(*administration.TABLE_KEYS),
            AttributeDefinitions=administration._key_attributes(),
            GlobalSecondaryIndexes=[administration.index_definition()],
            BillingMode="PAY_PER_REQUEST",
        )
        try:
            yield Table(client, name)
        finally:
            ask(client, "UpdateTable", TableName=name, DeletionProtectionEnabled=False)
            ask(client, "DeleteTable", TableName=name)
        return
    administration.create_table(client, name)
    try:
        yield Table(client, name)
    finally:
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.delete_table(TableName=name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the engine ended while starting"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the engine did not start")

"""Clients of the table that outlast a clinic: to make one takes as long as all the rest of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.awsrequest import AWSResponse

from cocm_bot.store.table.client import connect

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Kind(NamedTuple):
    """All that clients differ by."""

    endpoint: str
    patient: bool
    connections: int


class Lasting:
    """A client, good for another clinic as long as it tried nothing again: its tries are counted for ever."""

    def __init__(self, kind: Kind) -> None:
        self.good = True
        self.client = connect(patient=kind.patient, max_connections=kind.connections)
        self.client.meta.events.register("needs-retry.dynamodb", self._note)

    def _note(self, response: tuple[AWSResponse, Any] | None = None, **_: object) -> None:
        self.good &= response is not None and response[0].status_code == HTTPStatus.OK


_idle: dict[Kind, list[Lasting]] = defaultdict(list)


@contextmanager
def lasting(endpoint: str) -> Iterator[Callable[..., "DynamoDBClient"]]:
    """A `connect` that gives clients of earlier clinics, if they had no trouble there.

    `endpoint` is the one that the environment names meanwhile, or empty.
    """
    taken: list[tuple[Kind, Lasting]] = []

    def connected(*, patient: bool, max_connections: int) -> "DynamoDBClient":
        kind = Kind(endpoint, patient, max_connections)
        idle = _idle[kind]
        found = idle.pop() if idle else Lasting(kind)
        taken.append((kind, found))
        return found.client

    yield connected
    for kind, each in taken:
        if each.good:
            _idle[kind].append(each)

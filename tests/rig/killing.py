"""A process that dies at its n-th request to the table: before it is sent, or once it is done, unanswered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from tests.store import faults

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Killed(BaseException):
    """The process is no more: nothing catches this."""


class Death:
    """Comes at a request, counted from 0; afterwards no more requests leave the process."""

    def __init__(self, at: int, *, done: bool, writing: bool = False) -> None:
        self.came = False
        self._left = at
        self._done = done
        self._writing = writing
        self._lock = Lock()

    def __call__(self, request: AWSPreparedRequest) -> AWSResponse | None:
        with self._lock:
            if self._writing and not self.came and _reads(request):
                return None
            self._left -= 1
            if self._left >= 0:
                return None
            first, self.came = not self.came, True
        if first and self._done:
            session = URLLib3Session()
            session.send(request)
            session.close()
        raise Killed


def _reads(request: AWSPreparedRequest) -> bool:
    target = request.headers["X-Amz-Target"]
    operation = target.decode() if isinstance(target, bytes) else target
    return operation.rpartition(".")[2] in ("GetItem", "BatchGetItem", "Query", "Scan")


@contextmanager
def dying(client: "DynamoDBClient", at: int, *, done: bool, writing: bool = False) -> Iterator[Death]:
    """Die at a request of the block, in whichever thread; without as many requests nobody dies.

    With `writing` only writes count: where nothing but the table is left of the dead, they are all that can
    have been done or not.
    """
    death = Death(at, done=done, writing=writing)
    with faults.on(client, "*", death), suppress(Killed):
        yield death


def deaths(run: Callable[[int], Death]) -> int:
    """Run something with a death at its first request, its second, and so on, until it lives through.

    Returns at how many it died.
    """
    at = 0
    while run(at).came:
        at += 1
    return at

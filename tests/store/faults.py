"""Faults on the way to the table, put into botocore before a request is sent, so that real retries run.

moto sits at the same place and would answer all the same: faults need an engine outside the process.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

if TYPE_CHECKING:
    from botocore.client import BaseClient

Fault = Callable[[AWSPreparedRequest], AWSResponse | None]
"""Answers a request, raises, or returns None to let it through."""


@contextmanager
def on(
    client: "BaseClient", operation: str, fault: Fault, service: str = "dynamodb"
) -> Iterator[list[dict[str, Any]]]:
    """Meet every request of an operation (`*` for all) with a fault; gives the requests' bodies."""
    requests: list[dict[str, Any]] = []

    # What a handler returns is taken as the answer, although the stubs say it returns nothing.
    def before_send(request: AWSPreparedRequest, **_: object) -> Any:
        requests.append(_body(request))
        return fault(request)

    event = f"before-send.{service}.{operation}"
    client.meta.events.register_first(event, before_send)
    try:
        yield requests
    finally:
        client.meta.events.unregister(event, before_send)


def none(_request: AWSPreparedRequest) -> None:
    """No fault: for seeing what is asked."""


def refuse(code: str, status: int = 400, aws_request: str = "", **details: object) -> Fault:
    """The table answers with an error."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb#{code}", "message": "refused", **details}).encode()
    return lambda request: _answer(request, status, body, aws_request)


def answer(body: dict[str, Any]) -> Fault:
    """The table answers with this."""
    return lambda request: _answer(request, 200, json.dumps(body).encode())


def time_out(request: AWSPreparedRequest) -> AWSResponse | None:
    """The request never arrives."""
    raise ReadTimeoutError(endpoint_url=request.url)


def lost_on_the_way(request: AWSPreparedRequest) -> AWSResponse | None:
    """Nobody listens there."""
    raise EndpointConnectionError(endpoint_url=request.url)


def garbled(request: AWSPreparedRequest) -> AWSResponse | None:
    """Cut the answer short on the way."""
    return _answer(request, 200, b'{"Item": {"PK"')


def lose_answer(request: AWSPreparedRequest) -> AWSResponse | None:
    """The request arrives and is done, the answer never comes."""
    session = URLLib3Session()
    session.send(request)
    session.close()
    raise ReadTimeoutError(endpoint_url=request.url)


def times(count: int, fault: Fault) -> Fault:
    """The fault for the first `count` requests; the others go through."""
    left, lock = [count], Lock()

    def meet(request: AWSPreparedRequest) -> AWSResponse | None:
        with lock:
            left[0] -= 1
            hit = left[0] >= 0
        return fault(request) if hit else None

    return meet


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _body(request: AWSPreparedRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(cast(bytes, request.body))
    return body


def _answer(request: AWSPreparedRequest, status: int, body: bytes, aws_request: str = "") -> AWSResponse:
    headers = HTTPHeaders()
    if aws_request:
        headers["x-amzn-RequestId"] = aws_request
    return AWSResponse(request.url, status, headers, _Raw(body))

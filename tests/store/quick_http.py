"""botocore's way to the engine: a call where it is in this process, else as little HTTP as both understand.

urllib3 spends more on a request than the store and the engine together, and nobody there checks a signature.
The demo and the bot in a process of its own, which have tests too, sign and send as in earnest. Failures have
the names botocore gives them.
"""

import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.store.small_engine import Engine

HEAD_END = b"\r\n\r\n"
AT_ONCE = 1 << 16


@contextmanager
def to(endpoint: str, engine: Engine | None = None) -> Iterator[None]:
    """Send all requests of this process to an endpoint this way while the block runs; none if there is none.

    `engine` is the one behind it, where that is in this process.
    """
    lines = _Lines(endpoint)
    others, sign = URLLib3Session.send, SigV4Auth.add_auth

    def send(session: Any, request: AWSPreparedRequest) -> AWSResponse:
        if not request.url.startswith(endpoint):
            return others(session, request)
        if engine:
            return _called(engine, request)
        return lines.send(request, getattr(session._timeout, "read_timeout", session._timeout))

    def add_auth(signer: Any, request: AWSRequest) -> None:
        if not str(request.url).startswith(endpoint):
            sign(signer, request)

    with ExitStack() as patched:
        if endpoint:
            patched.callback(lines.close)
            patched.enter_context(mock.patch.object(URLLib3Session, "send", send))
            patched.enter_context(mock.patch.object(SigV4Auth, "add_auth", add_auth))
        yield


class _Lines:
    """Connections to the engine, each for one request at a time."""

    def __init__(self, endpoint: str) -> None:
        self._place = urlsplit(endpoint)
        self._idle: dict[float, list[socket.socket]] = defaultdict(list)
        """By how many seconds an answer may take."""

    def send(self, request: AWSPreparedRequest, seconds: float) -> AWSResponse:
        line = self._line(request.url, seconds)
        try:
            line.sendall(_written(request, self._place.netloc))
            answer = _read(request.url, line)
        except TimeoutError as error:
            line.close()
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except OSError as error:
            line.close()
            raise ConnectionClosedError(endpoint_url=request.url, request=request, error=error) from error
        self._idle[seconds].append(line)
        return answer

    def close(self) -> None:
        for lines in self._idle.values():
            for line in lines:
                line.close()

    def _line(self, url: str, seconds: float) -> socket.socket:
        try:
            return self._idle[seconds].pop()
        except IndexError:
            pass
        try:
            line = socket.create_connection((self._place.hostname, self._place.port), seconds)
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _called(engine: Engine, request: AWSPreparedRequest) -> AWSResponse:
    answer = engine.answer(str(_text(request.headers["X-Amz-Target"])), _content(request))
    headers: Any = answer.headers
    return AWSResponse(request.url, answer.status, headers, _Raw(answer.content))


def _content(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)


def _written(request: AWSPreparedRequest, host: str) -> bytes:
    content = _content(request)
    headers = {**request.headers, "Host": host, "Content-Length": len(content)}
    lines = "".join(f"{name}: {_text(value)}\r\n" for name, value in headers.items())
    return f"{request.method} / HTTP/1.1\r\n{lines}\r\n".encode() + content


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value


def _read(url: str, line: socket.socket) -> AWSResponse:
    received = b""
    while (ends := received.find(HEAD_END)) < 0:
        received += _more(line)
    status, *lines = received[:ends].decode().split("\r\n")
    headers: Any = dict(line.split(": ", 1) for line in lines)
    content = received[ends + len(HEAD_END) :]
    while len(content) < int(headers["Content-Length"]):
        content += _more(line)
    return AWSResponse(url, int(status.split()[1]), headers, _Raw(content))


def _more(line: socket.socket) -> bytes:
    if found := line.recv(AT_ONCE):
        return found
    raise ConnectionResetError("the engine ended the connection")

"""Connections to Slack: one TLS context for the process, and connections that threads share and keep.

A context of its own for each call costs more CPU than everything else a command does, and a handshake a
tenth of that; a kept connection costs neither. Nothing is sent twice here: whether a call may be repeated
is known where it is made.
"""

import logging
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote
from urllib.request import Request, proxy_bypass

import urllib3
from slack_sdk import WebClient
from slack_sdk.proxy_env_variable_loader import load_http_proxy_from_env
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

KEPT = 64
"""The number of idle connections kept for each host; calls beyond it open one, and close it after."""
IDLE_SECONDS = 30.0
"""Seconds a connection may have been idle to be used again: whatever lies between drops it silently later."""

# Its level is looked at for every call: where it has none of its own, the library formats what it then drops.
_quiet = logging.getLogger("slack_sdk.cocm")


class Answer(NamedTuple):
    """Slack's answer as it came; headers are by name in any case."""

    status_code: int
    headers: Mapping[str, Any]
    body: str


class Unanswered(OSError):
    """No answer, or part of one; named by the kind of error alone, whose text may quote an address."""


class _Keeping:
    """Closes a connection that was idle for long before it is used again, which opens it afresh."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection: Any = super()._get_conn(timeout)  # type: ignore[misc]  # of the class it is mixed into
        if time.monotonic() - getattr(connection, "idle_since", float("inf")) > IDLE_SECONDS:
            connection.close()
        return connection

    def _put_conn(self, conn: HTTPConnection | None) -> None:
        if conn is not None:
            conn.idle_since = time.monotonic()  # type: ignore[attr-defined]  # ours
        super()._put_conn(conn)  # type: ignore[misc]  # of the class it is mixed into


class _Plain(_Keeping, HTTPConnectionPool):  # type: ignore[misc]  # its types name the connection otherwise
    pass


class _Encrypted(_Keeping, HTTPSConnectionPool):  # type: ignore[misc]  # its types name the connection otherwise
    pass


class Connections:
    """Posts to Slack from any thread, through the proxy that the environment names, if it does."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """`tls` is the machine's own trust unless it is given."""
        proxy = load_http_proxy_from_env(_quiet)
        self._direct = _kept(urllib3.PoolManager(**_settings(tls)))
        self._proxied = _kept(_proxied(proxy, tls)) if proxy else None

    def post(self, url: str, body: bytes | None, headers: Mapping[str, str], seconds: float) -> Answer:
        """Post once, and return the answer whatever its status; a redirect is an answer, and not followed.

        Raises Unanswered when none comes within so many seconds, or the server is not who it should be.
        """
        if not url.startswith(("https://", "http://")):
            raise Unanswered("no address")
        address = urllib3.util.parse_url(url)
        there = self._proxied if self._proxied and not proxy_bypass(address.host or "") else self._direct
        timeout = urllib3.Timeout(connect=seconds, read=seconds)
        try:
            answer = there.request(
                "POST", url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False
            )
        except (HTTPError, ValueError) as error:
            raise Unanswered(type(error).__name__) from None
        return Answer(answer.status, answer.headers, answer.data.decode(errors="replace"))


class SlackClient(WebClient):
    """slack_sdk's client with its calls sent over kept connections; it tries nothing again by itself."""

    def __init__(self, token: str | None, base_url: str, timeout: int, connections: Connections) -> None:
        _quiet.setLevel(logging.CRITICAL)
        super().__init__(token, base_url, timeout, retry_handlers=[], logger=_quiet)
        self.connections = connections

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """Send what the library has made ready; it takes an answer of any status."""
        sent: Any = req.data
        headers = {name: str(value) for name, value in req.header_items()}
        status, given, body = self.connections.post(url, sent, headers, self.timeout)
        return {"status": status, "headers": given, "body": body}

    def _upload_file(self, *, url: str, data: bytes, timeout: int, **_of_urllib: Any) -> FileUploadV2Result:
        """Send a file's bytes to where Slack wants them; raises Unanswered where it does not take them."""
        answer = self.connections.post(url, data, {"Content-Type": "application/octet-stream"}, timeout)
        if answer.status_code != 200:
            raise Unanswered(f"status {answer.status_code}")
        return FileUploadV2Result(status=answer.status_code, body=answer.body)


@cache
def machine_trust() -> ssl.SSLContext:
    """Return the context that trusts whom this machine trusts, or SSL_CERT_FILE names: read once."""
    return ssl.create_default_context()


def _settings(tls: ssl.SSLContext | None) -> dict[str, Any]:
    return {"maxsize": KEPT, "ssl_context": tls or machine_trust()}


def _proxied(proxy: str, tls: ssl.SSLContext | None) -> urllib3.ProxyManager:
    named = urllib3.util.parse_url(proxy).auth
    headers = urllib3.make_headers(proxy_basic_auth=unquote(named)) if named else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **_settings(tls))


def _kept(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    manager.pool_classes_by_scheme = {"http": _Plain, "https": _Encrypted}
    return manager

"""A certificate authority of the tests, and a server that speaks HTTPS with a certificate of it."""

import atexit
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cocm_bot.slack.runtime.client import connections

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """The files of a server's certificate and key, and of the authority that signed it."""

    authority: Path
    chain: Path
    key: Path

    def trusting(self) -> ssl.SSLContext:
        """A client's context that trusts this authority and no other."""
        return ssl.create_default_context(cafile=self.authority)

    def serving(self) -> ssl.SSLContext:
        """A server's context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


@cache
def certificate(name: str = HERE) -> Certificate:
    """Make a certificate for a server of this machine: by address, or for another name than its own."""
    folder = Path(mkdtemp(prefix="cocm-tls-"))
    atexit.register(rmtree, folder)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _signed("Authority of the tests", authority_key, "Authority of the tests", authority_key)
    own = _signed("Server of the tests", key, "Authority of the tests", authority_key, name)
    made = Certificate(folder / "authority.pem", folder / "chain.pem", folder / "key.pem")
    made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made.chain.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made


@contextmanager
def trusted(made: Certificate) -> Iterator[None]:
    """Let this process trust the authority, as SSL_CERT_FILE does for one that starts."""
    with mock.patch.object(connections, "machine_trust", made.trusting):
        yield


def _signed(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    host: str = "",
) -> x509.Certificate:
    """A certificate for a host, or of an authority where none is given; valid for a day."""
    now = datetime.now(UTC)
    building = (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if host:
        named: x509.GeneralName = x509.IPAddress(ip_address(host)) if host == HERE else x509.DNSName(host)
        building = building.add_extension(x509.SubjectAlternativeName([named]), critical=False)
    return building.sign(issuer_key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class QuietServer(ThreadingHTTPServer):
    """A server of this machine, over TLS with a context for it; of broken connections it says nothing."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        super().__init__((HERE, 0), handler)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{HERE}:{self.server_port}"

    def get_request(self) -> tuple[Any, Any]:
        taken, address = super().get_request()
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            # The handshake is made by the thread that answers: one who never makes it stops nobody else.
            taken = self._tls.wrap_socket(taken, server_side=True, do_handshake_on_connect=False)
        return taken, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that does not trust the server, or was cut off, ends the connection."""


@contextmanager
def serving(server: QuietServer) -> Iterator[None]:
    """Let it serve in a thread while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Counting(QuietServer):
    """A server that counts the connections it takes and the requests it reads."""

    def __init__(self, answer: Callable[[int, str], "Reply"], tls: ssl.SSLContext | None) -> None:
        """`answer` gets the request's number, from 1, and its path."""
        self.answer = answer
        self.connections = 0
        self.requests: list[tuple[str, bytes, dict[str, str]]] = []
        self.lock = threading.Lock()
        super().__init__(_Handler, tls)

    def get_request(self) -> tuple[Any, Any]:
        taken = super().get_request()
        self.connections += 1
        return taken


@dataclass(frozen=True)
class Reply:
    """An answer of the server; `close` ends the connection after it, `drop` instead of it."""

    status: int = 200
    body: bytes = b'{"ok": true}'
    headers: tuple[tuple[str, str], ...] = ()
    close: bool = False
    drop: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Counting

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            self.server.requests.append((self.path, body, dict(self.headers.items())))
            number = len(self.server.requests)
        reply = self.server.answer(number, self.path)
        self.close_connection = reply.close or reply.drop
        if reply.drop:
            return
        self.send_response(reply.status)
        for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def answering(answer: Callable[[int, str], Reply], tls: ssl.SSLContext | None = None) -> Iterator[Counting]:
    """Serve while the block runs."""
    server = Counting(answer, tls)
    with serving(server):
        yield server

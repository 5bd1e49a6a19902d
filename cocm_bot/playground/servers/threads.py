"""Serving an app over HTTP from a background thread of this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def listen(port: int = 0) -> tuple[socket.socket, str]:
    """Take a port of this machine, any free one for 0; returns the listener and its address."""
    listener = socket.create_server((HOST, port))
    # Each connection takes this over. Without it an answer's body waits until its head is confirmed: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener, f"http://{HOST}:{listener.getsockname()[1]}"


@contextmanager
def served(
    app: ASGIApp, listener: socket.socket, *, grace: int | None = None, websockets: bool = False
) -> Iterator[None]:
    """Serve an app on a listener until the block ends; `grace` is the seconds that open requests then get."""
    # wsproto comes with the local DynamoDB engine.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        http="h11",
        loop="asyncio",
        ws="wsproto" if websockets else "none",
        timeout_graceful_shutdown=grace,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="served", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()

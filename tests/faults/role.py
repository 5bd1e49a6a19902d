"""The AWS role of a task: an agent beside the bot hands out its credentials, which last for a while."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.faults.between import Asked, Said, refusing

AGENT = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
FIXED = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""The settings of somebody who has no role."""


class Role:
    """The credentials of the moment, as an agent beside the bot hands them out and the table knows them."""

    def __init__(self) -> None:
        self.key_id = "ASIAFIRST"
        self.lasts = timedelta(minutes=5)
        """Shorter than botocore waits with new ones: it asks for them at each request."""
        self.gone = False
        self.used: list[str] = []

    def told(self) -> tuple[int, bytes]:
        """Answer as the agent does."""
        if self.gone:
            return 503, b"{}"
        ends = (datetime.now(UTC) + self.lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        held = {"AccessKeyId": self.key_id, "SecretAccessKey": "secret", "Token": "token", "Expiration": ends}
        return 200, json.dumps(held).encode()

    def refuse(self, asked: Asked) -> Said | None:
        """Refuse what is signed with others than those of the moment."""
        self.used.append(asked.key_id)
        return None if asked.key_id == self.key_id else refusing("ExpiredTokenException")(asked)


@contextmanager
def agent(role: Role) -> Iterator[str]:
    """Hand them out while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = role.told()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/credentials"
        finally:
            server.shutdown()

"""Admit this machine only, by its own address, and no page of another site."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OURS = {"same-origin", "none"}
"""The values with which browsers mark requests of the page itself, or of a person's own typing."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses other Host names (a foreign name may point to this machine) and requests of other sites."""

    def __init__(self, app: ASGIApp, address: Callable[[], str]) -> None:
        self._app = app
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403 with the reason."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reason = self._refusal(scope)
        if reason:
            await PlainTextResponse(reason, 403)(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        port = urlsplit(self._address()).port
        ours = {f"127.0.0.1:{port}", f"localhost:{port}"}
        if headers.get("host") not in ours:
            return "The playground answers on this machine's own address only."
        if headers.get("origin", f"http://{headers['host']}") != f"http://{headers['host']}":
            return "Another site may not talk to the playground."
        following_a_link = scope["method"] == "GET" and scope["path"] == "/"
        if headers.get("sec-fetch-site", "none") not in _OURS and not following_a_link:
            return "Another site may not talk to the playground."
        return None

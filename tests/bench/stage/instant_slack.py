"""A Slack that answers at once, over TLS, and remembers which requests were answered.

Run as `python -m tests.bench.stage.instant_slack PORT CHAIN KEY`. A command's response_url ends in its
token; a modal counts as answered at the first redraw of the view that its trigger opened. `GET
/_answered/TOKEN` waits for that, `GET /_seen` gives all tokens answered, and the calls by method.
"""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

TEAM = "T0BENCH"
WAIT_SECONDS = 60


class Memory:
    """Remembers calls, opened modals and answers."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.calls: Counter[str] = Counter()
        self.opened: dict[str, str] = {}
        """The trigger of each view."""
        self.views: dict[str, Any] = {}
        """The view that each trigger came to, as it was drawn last."""
        self.answered: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.pictures = 0

    def call(self, method: str, given: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911 - one a method
        """Slack's answer to a call."""
        self.calls[method] += 1
        match method:
            case "auth.test":
                return {"team_id": TEAM, "user_id": "UBOT"}
            case "users.info":
                return {"user": person(given["user"])}
            case "conversations.info":
                return {"channel": {"id": given["channel"], **dict.fromkeys(SHARED, False)}}
            case "conversations.open":
                return {"channel": {"id": f"D{given['users']}"}}
            case "chat.postMessage":
                return {"channel": given["channel"], "ts": "1.0"}
            case "views.open" | "views.push":
                view_id = f"V{len(self.opened)}"
                self.opened[view_id] = given["trigger_id"]
                return {"view": {"id": view_id, "hash": "h"}}
            case "views.update":
                return self._updated(given)
            case "files.getUploadURLExternal":
                return {"upload_url": f"{self.base}/upload/F1", "file_id": "F1"}
            case "files.completeUploadExternal":
                return {"files": [{"id": "F1"}]}
        return {}

    def _updated(self, given: dict[str, Any]) -> dict[str, Any]:
        trigger = self.opened.get(given.get("view_id", ""), "")
        self.views[trigger] = given["view"]
        self.pictures += '"slack_file"' in json.dumps(given["view"])
        self.answered[trigger].set()
        return {"view": {"id": given.get("view_id"), "hash": "h"}}


SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared", "is_im")


def person(user_id: str) -> dict[str, Any]:
    """A full member of the workspace, whose address follows from the id."""
    marks = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")
    profile = {"email": f"{user_id.lower()}@example.org", "real_name": "Cara Manager"}
    of_member = {"is_email_confirmed": True, "tz": "America/New_York", "profile": profile}
    return {"id": user_id, "team_id": TEAM, **dict.fromkeys(marks, False), **of_member}


def app(base: str) -> Starlette:
    """The web application."""
    memory = Memory(base)

    async def method(request: Request) -> Response:
        body = await request.body()
        if request.headers.get("content-type", "").startswith("application/json"):
            given = json.loads(body or b"{}")
        else:
            given = dict(parse_qsl(body.decode()))
        if isinstance(given.get("view"), str):
            given["view"] = json.loads(given["view"])
        return JSONResponse({"ok": True, **memory.call(request.path_params["method"], given)})

    async def respond(request: Request) -> Response:
        await request.body()
        memory.calls["response_url"] += 1
        memory.answered[request.path_params["token"]].set()
        return JSONResponse({"ok": True})

    async def upload(request: Request) -> Response:
        await request.body()
        memory.calls["upload"] += 1
        return PlainTextResponse("OK")

    async def answered(request: Request) -> Response:
        token = request.path_params["token"]
        try:
            await asyncio.wait_for(memory.answered[token].wait(), WAIT_SECONDS)
        except TimeoutError:
            return PlainTextResponse("never", 504)
        return JSONResponse(memory.views.get(token))

    async def seen(_: Request) -> Response:
        tokens = [token for token, event in memory.answered.items() if event.is_set()]
        return JSONResponse({"answered": tokens, "calls": memory.calls, "pictures": memory.pictures})

    return Starlette(
        routes=[
            Route("/api/{method}", method, methods=["POST"]),
            Route("/respond/{token}", respond, methods=["POST"]),
            Route("/upload/{file}", upload, methods=["POST"]),
            Route("/_answered/{token}", answered),
            Route("/_seen", seen),
        ]
    )


def main() -> None:
    """Serve until ended."""
    port, chain, key = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    uvicorn.run(
        app(f"https://127.0.0.1:{port}"),
        host="127.0.0.1",
        port=port,
        http="httptools",
        loop="uvloop",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=chain,
        ssl_keyfile=key,
    )


if __name__ == "__main__":
    main()

"""Socket Mode for the tests: the workspace, with the one method and the one socket it needs besides."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from cocm_bot.playground.servers.endpoints import app_for
from cocm_bot.playground.servers.threads import listen, served
from cocm_bot.playground.workspace import Workspace

END: dict[str, Any] = {}


@dataclass
class Link:
    """The envelopes sent to the bot over its socket, and those it acknowledged."""

    workspace: Workspace
    to_send: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    acknowledged: list[str] = field(default_factory=list)
    connected: bool = False

    def send(self, envelope_id: str, kind: str, payload: dict[str, Any]) -> None:
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        self.to_send.put({**envelope, "accepts_response_payload": True})


@contextmanager
def linked_workspace() -> Iterator[Link]:
    """A workspace the bot reaches over Socket Mode, at `link.workspace.api_url`."""
    link = Link(Workspace())
    listener, link.workspace.base_url = listen()
    with served(_app(link, listener.getsockname()[1]), listener, grace=2, websockets=True):
        try:
            yield link
        finally:
            link.to_send.put(END)
            link.workspace.closing.set()


def _app(link: Link, port: int) -> Starlette:
    async def connections_open(_: Request) -> JSONResponse:
        return JSONResponse({"ok": True, "url": f"ws://127.0.0.1:{port}/link"})

    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_json({"type": "hello", "num_connections": 1})
        with link.workspace.change():
            link.connected = True
        while envelope := await run_in_threadpool(link.to_send.get):
            await websocket.send_json(envelope)
            try:
                answer = await websocket.receive_json()
            except WebSocketDisconnect:
                return
            with link.workspace.change():
                link.acknowledged.append(answer["envelope_id"])

    return Starlette(
        routes=[
            Route("/api/apps.connections.open", connections_open, methods=["POST"]),
            WebSocketRoute("/link", talk),
            Mount("/", app_for(link.workspace)),
        ]
    )

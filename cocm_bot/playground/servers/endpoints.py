"""The workspace over HTTP: /api/<method>, response_urls and uploads, with faults and a record of calls."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from cocm_bot.playground import messages
from cocm_bot.playground.faults import Fault
from cocm_bot.playground.servers.web_api import METHODS, Method
from cocm_bot.playground.state import Call, Refused, State

SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"
_JSON_IN_FORMS = frozenset({"attachments", "blocks", "files", "metadata", "view"})


def app_for(state: State) -> Starlette:
    """The Starlette app that serves a workspace."""

    async def method(request: Request) -> Response:
        body, headers = await request.body(), request.headers
        query = dict(request.query_params)
        return await run_in_threadpool(
            _serve_method, state, request.path_params["method"], body, dict(headers), query
        )

    async def respond(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_serve_link, state, request.path_params["token"], body)

    async def upload(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(_serve_upload, state, request.path_params["file"], content)

    async def download(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return await run_in_threadpool(_serve_download, state, request.path_params["file"], given)

    return Starlette(
        routes=[
            Route("/api/{method}", method, methods=["GET", "POST"]),
            Route("/respond/{token}", respond, methods=["POST"]),
            Route("/upload/{file}", upload, methods=["POST"]),
            Route("/files/{file}/{name}", download, methods=["GET"]),
        ]
    )


def _serve_method(
    state: State, name: str, body: bytes, headers: dict[str, str], query: dict[str, str]
) -> Response:
    with _on_record(state, name) as call:
        try:
            given = query | _arguments(body, headers.get("content-type", ""))
            token = given.pop("token", None) or headers.get("authorization", "").removeprefix("Bearer ")
            call.arguments = given
            act = _method(state, name, token)
            return _answer(state, call, lambda: {"ok": True} | act(state, given))
        except Refused as refused:
            return _end(state, call, _refusal(state, call, refused))


def _method(state: State, name: str, token: str) -> Method:
    if not token:
        raise Refused("not_authed")
    if token != state.token:
        raise Refused("invalid_auth")
    if name not in METHODS:
        raise Refused("unknown_method")
    return METHODS[name]


def _serve_link(state: State, token: str, body: bytes) -> Response:
    with _on_record(state, "response_url") as call:
        try:
            call.arguments = _json_object(body, "invalid_payload")
            return _answer(state, call, lambda: _responded(state, token, call.arguments))
        except Refused as refused:
            state.refuse(call.name, refused, call.arguments)
            status = 404 if refused.error.endswith("_url") else 400
            return _end(state, call, JSONResponse({"ok": False, "error": refused.error}, status))


def _responded(state: State, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
    messages.respond(state, token, arguments)
    return {"ok": True}


def _serve_upload(state: State, file_id: str, content: bytes) -> Response:
    fault = state.faults.next("upload") or Fault()
    state.closing.wait(fault.hang)
    if fault.failing:
        return _failing(fault)
    upload = state.uploads.get(file_id)
    if upload is None or upload.shared:
        return PlainTextResponse("not found", 404)
    with state.change():
        upload.content = content
    return PlainTextResponse(f"OK - {len(content)}")


def _serve_download(state: State, file_id: str, token: str) -> Response:
    """Return a file's bytes to whoever shows the bot's token, and to anybody else the page to sign in."""
    with _on_record(state, "download") as call:
        call.arguments = {"file": file_id}
        fault = state.faults.next("download") or Fault()
        state.closing.wait(fault.hang)
        upload = state.uploads.get(file_id)
        if fault.failing:
            answer = _failing(fault)
        elif token != state.token:
            answer = PlainTextResponse(SIGN_IN, media_type="text/html")
        elif upload is None or upload.content is None:
            answer = PlainTextResponse("not found", 404)
        else:
            answer = Response(upload.content, media_type="application/octet-stream")
        with state.change():
            call.status, call.seconds = answer.status_code, time.time() - call.started
        return answer


def _answer(state: State, call: Call, act: Callable[[], dict[str, Any]]) -> Response:
    """The answer to a call, unless a fault was ordered for it."""
    fault = state.faults.next(call.name) or Fault()
    state.closing.wait(fault.hang)
    if not fault.failing:
        return _end(state, call, JSONResponse(act()))
    if fault.applied:
        act()
    return _end(state, call, _failing(fault))


def _failing(fault: Fault) -> Response:
    if fault.broken:
        return _Broken()
    if fault.page:
        return PlainTextResponse(fault.page, fault.status, media_type="text/html")
    wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    body = {"ok": False, "error": fault.error or "internal_error"}
    return JSONResponse(body, fault.status, headers=wait)


class _Broken(PlainTextResponse):
    """An answer that announces more than it brings: the server closes the connection over it."""

    def __init__(self) -> None:
        super().__init__("{", headers={"Content-Length": "100"})


def _refusal(state: State, call: Call, refused: Refused) -> Response:
    state.refuse(call.name, refused, call.arguments)
    body: dict[str, Any] = {"ok": False, "error": refused.error}
    if refused.messages:
        body["errors"] = [message.removeprefix("[ERROR] ") for message in refused.messages]
        body["response_metadata"] = {"messages": refused.messages}
    return JSONResponse(body)


@contextmanager
def _on_record(state: State, name: str) -> Iterator[Call]:
    call = Call("slack", name, None, time.time())
    with state.change():
        state.calls.append(call)
    try:
        yield call
    except Exception:
        # a fault of the stand-in itself: the call must not look as if it were still under way
        with state.change():
            call.status, call.seconds = 500, time.time() - call.started
        raise


def _end(state: State, call: Call, response: Response) -> Response:
    if state.scopes:
        response.headers["x-oauth-scopes"] = ",".join(state.scopes)
    with state.change():
        call.status, call.seconds = response.status_code, time.time() - call.started
        call.answer = _content(bytes(response.body))
    return response


def _content(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


def _arguments(body: bytes, content_type: str) -> dict[str, Any]:
    """A method's arguments: a JSON object, or a form whose structured fields are JSON strings."""
    if not body.strip():
        given = {}
    elif content_type.startswith("application/json"):
        given = _json_object(body, "invalid_json")
    else:
        given = dict(parse_qsl(body.decode(), keep_blank_values=True))
    for name in _JSON_IN_FORMS & given.keys():
        if isinstance(given[name], str):
            try:
                given[name] = json.loads(given[name])
            except ValueError:
                raise Refused("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
    return given


def _json_object(body: bytes, error: str) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except ValueError:
        raise Refused(error) from None
    if not isinstance(given, dict):
        raise Refused("json_not_object")
    return given

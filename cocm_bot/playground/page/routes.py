"""The page's addresses, beside those of the workspace's Web API, on one server."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cocm_bot.playground.page.deeds import Act, Ask, Closing, Deed, Sharing, Use
from cocm_bot.playground.page.guard import Guard
from cocm_bot.playground.page.page import Line, Move, Page, Whose
from cocm_bot.playground.servers.endpoints import app_for

PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""The first bytes of the picture types that Slack takes."""
STATIC = Path(__file__).parent / "static"


def app_with_page(page: Page) -> Starlette:
    """The workspace's Web API and its page, guarded together."""
    workspace = page.workspace

    async def index(_: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def stream(request: Request) -> Response:
        return StreamingResponse(
            _events(page, request.query_params.get("person", "")), media_type="text/event-stream"
        )

    async def traces(_: Request) -> Response:
        return JSONResponse(await run_in_threadpool(page.traces.latest))

    async def trace(request: Request) -> Response:
        deed = Deed.model_validate(dict(request.query_params))
        return JSONResponse(await run_in_threadpool(page.trace, deed))

    async def file(request: Request) -> Response:
        upload = workspace.uploads.get(request.path_params["file"])
        if upload is None or upload.content is None:
            return PlainTextResponse("not found", 404)
        # a picture may be shown; anything else is a download, as it must never run as part of the page
        picture = next((kind for mark, kind in PICTURES.items() if upload.content.startswith(mark)), None)
        headers = {} if picture else {"Content-Disposition": "attachment"}
        kind = picture or "application/octet-stream"
        return Response(upload.content, media_type=kind, headers=headers)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/stream", stream),
            Route("/traces", traces),
            Route("/trace", trace),
            Route("/files/{file}", file),
            *_posts(page),
            Mount("/static", StaticFiles(directory=STATIC)),
            *app_for(workspace).routes,
        ],
        middleware=[Middleware(Guard, address=lambda: workspace.base_url)],
    )


def _posts(page: Page) -> list[Route]:
    deeds = page.deeds
    return [
        _post("type", Line, page.type),
        _post("home", Whose, page.open_home),
        _post("read", Whose, page.read),
        _post("put-aside", Whose, page.put_aside),
        _post("clock", Move, page.move),
        _post("use", Use, deeds.use),
        _post("share", Sharing, deeds.share),
        _post("enter", Deed, deeds.enter),
        _post("act", Act, deeds.act),
        _post("submit", Deed, deeds.submit),
        _post("close", Closing, deeds.close),
        _post("suggest", Ask, deeds.suggest),
    ]


def _post(name: str, model: type[BaseModel], do: Callable[[Any], Any]) -> Route:
    """A deed under its name: answers what was done, or in a sentence why not; 400 when it makes no sense."""

    async def endpoint(request: Request) -> Response:
        try:
            given = model.model_validate_json(await request.body())
            done = await run_in_threadpool(do, given)
        except ValidationError as error:
            return JSONResponse({"problem": str(error)}, 400)
        except (LookupError, ValueError) as error:
            return JSONResponse({"problem": str(error.args[0])})
        return JSONResponse({"done": done})

    return Route(f"/do/{name}", endpoint, methods=["POST"])


async def _events(page: Page, person: str) -> AsyncIterator[str]:
    """Yield what the person sees, whenever it changes, as server-sent events."""
    seen = -1
    while not page.workspace.closing.is_set():
        picture = await run_in_threadpool(page.newer, person, seen)
        if picture is None:
            yield ": still here\n\n"
        else:
            seen = picture["revision"]
            yield f"data: {json.dumps(picture)}\n\n"

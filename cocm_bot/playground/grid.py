"""Several workspaces behind one Slack: each token reaches its own, and an app is installed by OAuth.

Every workspace has its own people, places and record of calls. A call of the Web API goes to the workspace
whose token it shows, as at Slack.
"""

import base64
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from cocm_bot.playground import cast
from cocm_bot.playground.servers.endpoints import app_for
from cocm_bot.playground.state import ACK_SECONDS
from cocm_bot.playground.workspace import SIGNING_SECRET, Workspace

CLIENT_ID, CLIENT_SECRET = "1234.5678", "playground-client-secret-1"
LIFE_SECONDS = 43_200
"""Seconds a token lives where tokens are rotated."""
NOBODY = "xoxb-of-no-installation"


@dataclass
class Grid:
    """The workspaces by id, and what Slack keeps of the app's installations in them.

    `bot_url` is where the bot listens, without a path; it may be given later.
    """

    workspaces: Mapping[str, Workspace]
    bot_url: str = ""
    rotating: bool = False
    """True where tokens expire and are renewed."""
    codes: dict[str, str] = field(default_factory=dict)
    """The workspace or organization each code is for, until it is used."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Tokens, and refresh tokens, by what they are worth: the workspace."""
    removed: list[str] = field(default_factory=list)
    """The workspaces whose bot had the app taken out."""
    renewals: int = 0

    def connect(self, bot_url: str) -> None:
        """Say where the bot listens."""
        self.bot_url = bot_url
        for workspace in self.workspaces.values():
            workspace.connect(f"{bot_url}/slack/events")

    def allow(self, workspace: str) -> str:
        """Return the code that somebody who allows the installation is sent back with."""
        code = secrets.token_hex(8)
        self.codes[code] = workspace
        return code

    def exchange(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Answer oauth.v2.access: for a code, or for a refresh token; each is good once."""
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return {"ok": False, "error": "bad_client_secret"}
        if given.get("grant_type") == "refresh_token":
            workspace = self.tokens.pop(given.get("refresh_token", ""), None)
            self.renewals += 1
            error = "invalid_refresh_token"
        else:
            workspace, error = self.codes.pop(given.get("code", ""), None), "invalid_code"
        return {"ok": False, "error": error} if workspace is None else self._installed(workspace)

    def _installed(self, workspace: str) -> dict[str, Any]:
        here = self.workspaces[workspace]
        here.token = f"xoxb-{workspace.lower()}-{secrets.token_hex(6)}"
        self.tokens[here.token] = workspace
        wide = here.org_install
        named = {"id": here.enterprise_id, "name": "CoCM organization"} if here.enterprise_id else None
        answer: dict[str, Any] = {
            "ok": True,
            "access_token": here.token,
            "token_type": "bot",
            "scope": ",".join(here.scopes),
            "bot_user_id": cast.BOT,
            "app_id": cast.APP,
            "team": None if wide else {"id": here.team_id, "name": f"Workspace {here.team_id}"},
            "enterprise": named,
            "is_enterprise_install": wide,
            "authed_user": {"id": cast.MAYA},
        }
        if self.rotating:
            refresh = f"xoxe-{secrets.token_hex(8)}"
            self.tokens[refresh] = workspace
            answer |= {"refresh_token": refresh, "expires_in": LIFE_SECONDS}
        return answer

    def uninstall(self, workspace: str) -> None:
        """Take the app out of a workspace: revoke its token, and let the bot know."""
        here = self.workspaces[workspace]
        self.tokens.pop(here.token, None)
        here.token = NOBODY
        here.event({"type": "app_uninstalled"})


def two_workspaces(
    now: Callable[[], float] = time.time,
    ack_seconds: float = ACK_SECONDS,
    signing_secret: str = SIGNING_SECRET,
) -> Grid:
    """Two workspaces of one organization, with people of the same names and ids; no app is installed yet."""

    def workspace(team_id: str) -> Workspace:
        made = Workspace(
            now=now, ack_seconds=ack_seconds, signing_secret=signing_secret, token=NOBODY, team_id=team_id
        )
        made.enterprise_id = cast.ENTERPRISE
        made.label = f"Workspace {team_id}"
        made.places[cast.ORG_CHANNEL] = cast.org_channel()
        return made

    return Grid({each: workspace(each) for each in (cast.TEAM, cast.SISTER_TEAM)})


def grid_app(grid: Grid) -> Starlette:
    """The app that serves all workspaces: `/api/` by token, each under `/<its id>/` for everything else."""
    apps = {name: app_for(workspace) for name, workspace in grid.workspaces.items()}

    async def by_token(request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode(errors="replace")))
        method, basic = request.path_params["method"], _basic(request)
        if method == "oauth.v2.access":
            return JSONResponse(grid.exchange(given | basic))
        token = given.get("token") or request.headers.get("authorization", "").removeprefix("Bearer ")
        workspace = grid.tokens.get(token)
        if workspace is None or token != grid.workspaces[workspace].token:
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        if method == "apps.uninstall":
            grid.removed.append(workspace)
            return JSONResponse({"ok": True})
        return _Passed(apps[workspace], await request.body())

    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        links = "".join(
            f'<p><a href="/allow?{escape(urlencode({"workspace": name, "state": asked.get("state", "")}))}">'
            f"Allow in {escape(name)}</a></p>"
            for name in grid.workspaces
        )
        return HTMLResponse(f"<!doctype html><html lang=en><title>Slack</title>{links}</html>")

    async def allow(request: Request) -> Response:
        code = grid.allow(request.query_params["workspace"])
        back = urlencode({"code": code, "state": request.query_params.get("state", "")})
        return RedirectResponse(f"{grid.bot_url}/slack/oauth_redirect?{back}")

    return Starlette(
        routes=[
            Route("/api/{method}", by_token, methods=["GET", "POST"]),
            Route("/oauth/v2/authorize", authorize),
            Route("/allow", allow),
            *(Mount(f"/{name}", app) for name, app in apps.items()),
        ]
    )


@contextmanager
def addressed(grid: Grid, base_url: str) -> Iterator[Grid]:
    """The grid at an address, while the block runs; calls kept waiting are let go at its end."""
    for name, workspace in grid.workspaces.items():
        workspace.base_url = f"{base_url}/{name}"
    try:
        yield grid
    finally:
        for workspace in grid.workspaces.values():
            workspace.closing.set()


class _Passed(Response):
    """Passes a request whose body was read already to another app."""

    def __init__(self, app: Starlette, body: bytes) -> None:
        super().__init__()
        self._app, self._read = app, body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the request on."""

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": self._read, "more_body": False}

        await self._app(scope, again, send)


def _basic(request: Request) -> dict[str, str]:
    """The app's id and secret, where they come as Slack's library sends them."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return {}
    client_id, _, secret = base64.b64decode(given).decode().partition(":")
    return {"client_id": client_id, "client_secret": secret}

"""Let workspaces install the app: Bolt's OAuth flow, on two pages of the server that Slack calls."""

import logging
from collections.abc import Callable, Sequence
from html import escape
from http import HTTPStatus

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_starlette_response
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.oauth.state_store import OAuthStateStore
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cocm_bot.logs import where
from cocm_bot.slack.runtime.client.connections import SlackClient
from cocm_bot.slack.workspaces.installation_store import (
    AppCredentials,
    NotInvited,
    TableInstallationStore,
)
from cocm_bot.store.workspaces.oauth_states import LIFE_SECONDS, OAuthStates

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
API, AUTHORIZE = "api/", "oauth/v2/authorize"
LONGEST_QUERY = 4000
"""Characters; Slack's own stay well below."""

DONE = "The app is installed. Open it in Slack; type /cocm registry new there if you may set up a registry."
NOT_INVITED = (
    "This workspace or organization may not have the app, so it was taken out again. "
    "Whoever runs the bot decides that: ask them to add its id to COCM_WORKSPACES."
)
AGAIN = "Nothing was installed. Please begin again at /slack/install."
REFUSED = "Slack says that the installation was not allowed. Nothing was installed."
STALE = f"This link is out of date or was used already. {AGAIN}"
FAILED = f"The installation could not be finished. {AGAIN}"

logger = logging.getLogger(__name__)


class SealedStates(OAuthStateStore):
    """Gives Bolt's flow its states."""

    def __init__(self, states: OAuthStates, now: Callable[[], float]) -> None:
        """`now` gives seconds UTC."""
        self._states, self._now = states, now

    def issue(self, *_args: object, **_kwargs: object) -> str:
        """Return a fresh state."""
        return self._states.issue(self._now())

    def consume(self, state: str) -> bool:
        """Return whether a state is good, which it is once. Raises Unavailable."""
        return self._states.use(state or "", self._now())


def oauth_flow(
    app: AppCredentials,
    scopes: Sequence[str],
    client: SlackClient,
    states: SealedStates,
    store: TableInstallationStore,
) -> OAuthFlow:
    """Return Bolt's flow for the app. `client` has no token, and says where Slack is."""
    # It logs the code that Slack gave, which is as good as a token until it is used.
    quiet = logging.getLogger("slack_bolt.oauth.cocm")
    quiet.setLevel(logging.CRITICAL)
    settings = OAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=sorted(scopes),
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        install_page_rendering_enabled=False,
        callback_options=CallbackOptions(_succeeded, _failed),
        authorization_url=client.base_url.removesuffix(API) + AUTHORIZE,
        installation_store=store,
        state_store=states,
        state_expiration_seconds=LIFE_SECONDS,
        logger=quiet,
    )
    return OAuthFlow(client=client, settings=settings, logger=quiet)


def oauth_routes(flow: OAuthFlow) -> Sequence[Route]:
    """Return the page that sends a browser to Slack, and the one it comes back to."""
    return [
        Route(INSTALL, _page(flow.handle_installation), methods=["GET"]),
        Route(REDIRECT, _page(flow.handle_callback), methods=["GET"]),
    ]


def _page(answer: Callable[[BoltRequest], BoltResponse]) -> Callable[[Request], object]:
    async def page(request: Request) -> Response:
        if len(request.url.query) > LONGEST_QUERY:
            return to_starlette_response(_plain(FAILED, HTTPStatus.BAD_REQUEST))
        asked = BoltRequest(body="", query=request.url.query, headers=dict(request.headers))
        try:
            return to_starlette_response(await run_in_threadpool(answer, asked))
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a sentence
            logger.warning("failed installation error=%s at=%s", type(error).__name__, where(error))
            return to_starlette_response(_plain(FAILED, HTTPStatus.BAD_GATEWAY))

    return page


def _succeeded(_args: SuccessArgs) -> BoltResponse:
    return _plain(DONE, HTTPStatus.OK)


def _failed(args: FailureArgs) -> BoltResponse:
    logger.warning("no installation reason=%r", args.reason)
    if isinstance(args.error, NotInvited):
        return _plain(NOT_INVITED, HTTPStatus.FORBIDDEN)
    match args.reason:
        case "access_denied":
            return _plain(REFUSED, HTTPStatus.OK)
        case "invalid_browser" | "invalid_state":
            return _plain(STALE, HTTPStatus.UNAUTHORIZED)
    return _plain(FAILED, HTTPStatus(args.suggested_status_code))


def _plain(sentence: str, status: HTTPStatus) -> BoltResponse:
    """A page of one sentence, which no other page may frame and no cache keeps."""
    page = f'<!doctype html><html lang="en"><title>CoCM Registry</title><p>{escape(sentence)}</p></html>'
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
    return BoltResponse(status=status, body=page, headers=headers)

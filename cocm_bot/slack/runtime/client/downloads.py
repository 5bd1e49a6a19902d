"""Fetching a file that somebody shared with the bot, from Slack alone and no larger than is bearable."""

from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from slack_sdk import WebClient

from cocm_bot.slack.runtime.client.failures import Gone, Refused, Unclear, rate_limit

SLACK_FILES = ".slack.com"
"""The end of the names of the servers that keep Slack's files."""
NO_FILE = (
    "Slack answered with a page instead of your file. Share it with me again; if that does not help, whoever "
    "runs the bot must let the app read files (files:read)."
)
ELSEWHERE = "This file is not kept in Slack itself: download it, then share the file."
GONE = "Slack no longer has this file. Share it with me again."
TOO_LARGE = "The file is larger than Slack said. Share it with me again."


class SharedFile(NamedTuple):
    """A file as Slack describes it."""

    id: str
    ending: str
    """Of its name, in small letters, with the dot: the name itself may name somebody."""
    size: int
    owner: str
    """The Slack id of the one who shared it."""
    url: str


def downloaded(client: WebClient, file: SharedFile, most: int) -> bytes:
    """Return the bytes of a file; raises Gone or Refused, RateLimited, or Unclear: trying again may help.

    The token goes to Slack's own servers alone, and follows no redirection.
    """
    if not _kept_by_slack(client, file.url):
        raise Refused("file_elsewhere", ELSEWHERE)
    asked = Request(file.url, headers={"Authorization": f"Bearer {client.token}"})  # noqa: S310 - checked above
    try:
        with _opener(client).open(asked, timeout=client.timeout) as answer:
            if "text/html" in answer.headers.get("Content-Type", ""):
                raise Refused("html_instead_of_file", NO_FILE)
            content: bytes = answer.read(most + 1)
    except HTTPError as error:
        error.close()
        if error.code in (404, 410):
            raise Gone("file_not_found", GONE) from None
        if 300 <= error.code < 400 or error.code in (401, 403):
            raise Refused("no_access_to_file", NO_FILE) from None
        raise (rate_limit(error.code, dict(error.headers)) or Unclear("file_not_served")) from None
    except (OSError, HTTPException):
        raise Unclear from None
    if len(content) > most:
        raise Refused("file_too_large", TOO_LARGE)
    if len(content) < file.size:
        raise Unclear("file_cut_off")
    return content


def _kept_by_slack(client: WebClient, url: str) -> bool:
    """Return whether an address is of Slack's files, or of the very server that the bot talks to."""
    there, api = urlsplit(url), urlsplit(client.base_url)
    if there.hostname is None:
        return False
    if (there.scheme, there.netloc) == (api.scheme, api.netloc):
        return True
    return there.scheme == "https" and there.hostname.endswith(SLACK_FILES)


class _Stays(HTTPRedirectHandler):
    """Follows no redirection: Slack's lead to the page to sign in, and would take the token along."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


def _opener(client: WebClient) -> OpenerDirector:
    proxies = ProxyHandler({"https": client.proxy} if client.proxy else None)
    return build_opener(_Stays, HTTPSHandler(context=client.ssl), proxies)

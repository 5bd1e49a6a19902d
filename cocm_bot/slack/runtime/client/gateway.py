"""The bot's calls to Slack's Web API, with Slack's failures turned into the project's own errors."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from pathlib import PurePosixPath
from secrets import token_hex
from types import MappingProxyType
from typing import Any, NamedTuple

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.errors import Unavailable
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.slack.kit import Payload, of_registry
from cocm_bot.slack.runtime.client.calls import Calls, Hear, part
from cocm_bot.slack.runtime.client.channel_sharing import (
    ALWAYS_ANSWERED,
    ORGANIZATION_MARK,
    Sharing,
    sharing_of,
)
from cocm_bot.slack.runtime.client.connections import Connections, SlackClient
from cocm_bot.slack.runtime.client.downloads import GONE as FILE_GONE
from cocm_bot.slack.runtime.client.downloads import SharedFile, downloaded
from cocm_bot.slack.runtime.client.failures import (
    INCOMPLETE,
    TROUBLE,
    Gone,
    SlackFailure,
    TooLate,
    Unclear,
    failure,
    unanswered,
)
from cocm_bot.slack.runtime.client.newer_blocks import NewerBlocks
from cocm_bot.slack.runtime.client.people import Home, home_of, person_of
from cocm_bot.slack.runtime.client.pictures import Pictures
from cocm_bot.telemetry.in_hand import counting_calls

ANSWER_SECONDS = 5
"""Seconds a call may take while a person waits."""
PATIENCE_SECONDS = 3.0
"""Seconds a person waits because Slack asks the bot to; a trigger lives no longer either."""
PICTURE_PAUSES = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each try to show an uploaded picture: Slack refuses it until it has looked into the file."""

PICTURED = 1000
"""Modals of which it is remembered how their picture changed them."""

SCOPES = "x-oauth-scopes"
"""The header of each answer that lists the token's scopes."""
JSON: Mapping[str, str] = MappingProxyType({"Content-Type": "application/json;charset=utf-8"})
PEOPLE_PAGE = 1000
HISTORY_PAGE = 100

NOBODY = "This workspace has no Slack account with this id. Please check the id."
logger = logging.getLogger(__name__)


def web_client(
    token: str | None, api_url: str, seconds: int, connections: Connections | None = None
) -> SlackClient:
    """A client for the Web API whose calls take so many seconds at most, over connections it may share.

    It tries nothing again by itself: a post repeated after its answer was lost would show twice.
    """
    return SlackClient(token, api_url, seconds, connections or Connections())


class Sent(NamedTuple):
    """The place of a message of the bot."""

    channel: str
    ts: str


class Gateway:
    """One workspace, through one Web API client.

    With `patience` (seconds) calls are made once more, as Calls says; without, what the clock sends is tried
    again by its queue. It speaks in channels shared inside the organization only where that is said to be
    wanted, and never in those shared with another company.
    """

    def __init__(
        self,
        client: SlackClient,
        hear: Hear | None = None,
        *,
        patience: float = 0,
        org_shared_channels: bool = False,
    ) -> None:
        self._client = client
        self._calls = Calls(client, hear, patience)
        self._org_shared_channels = org_shared_channels
        self.newer = NewerBlocks()
        self.pictures = Pictures()
        self._pictured: dict[str, str] = {}
        """The hash of a modal before its picture came, and since."""
        self.home = lru_cache(maxsize=1)(self._read_home)
        """The workspace and organization the bot works in; raises Unavailable until Slack has said."""
        self.charts_refused = False
        """True once Slack refused a chart of its own here: pictures take their place from then on."""

    def _read_home(self) -> Home:
        home = home_of(self._calls.repeatable("auth_test"))
        if not any(home):
            # It would be kept, and everybody taken for a stranger.
            raise Unclear(INCOMPLETE)
        return home

    def everybody(self) -> Iterator[SlackUser]:
        """Everybody Slack knows of in the workspace: a page a call, where one by one would be too many.

        Where the organization installed the app, everybody of the workspaces it was added to, once.
        """
        home, listed = self.home(), set[str]()
        for workspace in self._workspaces() if home.organization_wide else [{}]:
            for user in self._calls.pages("users_list", "members", limit=PEOPLE_PAGE, **workspace):
                if user.get("id") and user["id"] not in listed:
                    listed.add(user["id"])
                    yield person_of(user, home)

    def _workspaces(self) -> list[dict[str, str]]:
        """Return each workspace that the organization added the app to, as calls about one name it."""
        return [{"team_id": str(part(team, "id"))} for team in self._calls.pages("auth_teams_list", "teams")]

    def answers(self) -> bool:
        """Return whether Slack accepts the bot's token now."""
        try:
            self.check_token()
        except Unavailable:
            return False
        return True

    def check_token(self) -> frozenset[str]:
        """Ask Slack whether it accepts the bot's token now; raises SlackFailure with its reason if not.

        Returns the scopes it was given, empty where Slack does not say.
        """
        headers = {name.lower(): str(value) for name, value in self._calls.once("auth_test").headers.items()}
        return frozenset(filter(None, map(str.strip, headers.get(SCOPES, "").split(","))))

    def person(self, user_id: str) -> SlackUser:
        """Look a person up; raises Gone for an id Slack does not know, or Unavailable."""
        home = self.home()
        try:
            user = part(self._calls.repeatable("users_info", user=user_id), "user")
        except Gone as gone:
            raise Gone(gone.reason, NOBODY) from gone
        if part(user, "id") != user_id:
            raise Unclear(INCOMPLETE)
        return person_of(user, home)

    def account_with(self, email: str) -> SlackUser | None:
        """The account with this address, whoever's it is; None when there is none."""
        try:
            user = part(self._calls.repeatable("users_lookupByEmail", email=email), "user")
        except Gone as gone:
            if gone.reason == "users_not_found":
                return None
            raise
        part(user, "id")
        person = person_of(user, self.home())
        return person if normal_email(person.email) == normal_email(email) else None

    def member_with(self, email: str) -> SlackUser | None:
        """The full member of the workspace whose confirmed address this is; None when nobody may be named."""
        person = self.account_with(email)
        return None if person is None or person.outsider or person.unproven else person

    def tell(self, user_id: str, message: Payload, registry_id: str) -> Sent:
        """Send somebody a direct message; what is pressed in it is pressed in that registry."""
        return self.write(user_id, of_registry(message, registry_id))

    def write(self, user_id: str, message: Payload) -> Sent:
        """Send somebody a direct message as it is."""
        answer = self.newer.send(
            message,
            lambda shown: self._calls.kept_waiting(
                partial(self._calls.once, "chat_postMessage", channel=user_id, **shown)
            ),
        )
        return Sent(str(part(answer, "channel")), str(part(answer, "ts")))

    def arrived(self, user_id: str, post_id: str, since: float) -> Sent | None:
        """The direct message with a post, if it reached somebody after an instant (seconds UTC).

        Posts are known again by their metadata; see `posted`. Raises Unavailable when Slack does not say.
        """
        for sent, message in self.direct_messages(user_id, since):
            metadata = message.get("metadata") or {}
            if (metadata.get("event_payload") or {}).get("post") == post_id:
                return sent
        return None

    def direct_messages(self, user_id: str, since: float) -> Iterator[tuple[Sent, dict[str, Any]]]:
        """Somebody's direct messages with the bot after an instant (seconds UTC), the latest first.

        Raises Unavailable when Slack does not say.
        """
        channel = self._direct(user_id)
        said = self._calls.pages(
            "conversations_history",
            "messages",
            channel=channel,
            oldest=f"{since:.6f}",
            include_all_metadata=True,
            limit=HISTORY_PAGE,
        )
        for message in said:
            yield Sent(channel, str(part(message, "ts"))), message

    def _direct(self, user_id: str) -> str:
        """Return the channel of somebody's direct messages with the bot."""
        return str(part(self._calls.repeatable("conversations_open", users=user_id), "channel", "id"))

    def update_message(self, sent: Sent, message: Payload, registry_id: str) -> None:
        """Draw a message of the bot again."""
        self.newer.send(
            of_registry(message, registry_id),
            lambda shown: self._calls.repeatable("chat_update", channel=sent.channel, ts=sent.ts, **shown),
        )

    def silenced_by(self, channel_id: str) -> Sharing | None:
        """Return the sharing for which nothing is said in a channel; None where the bot may speak.

        Raises Unavailable if Slack does not say.
        """
        channel = self._channel(channel_id)
        # Asked only where it matters: what the bot says elsewhere does not wait for this answer.
        organization = self.home().enterprise_id if channel.get(ORGANIZATION_MARK) else ""
        sharing = sharing_of(channel, organization)
        allowed = {Sharing.NOBODY} | ({Sharing.ORGANIZATION} if self._org_shared_channels else set())
        return None if sharing in allowed else sharing

    def is_in(self, channel_id: str) -> bool:
        """Return whether the bot is a member of a channel; raises Gone for one it can't see, or
        Unavailable.
        """
        return bool(self._channel(channel_id).get("is_member"))

    def _channel(self, channel_id: str) -> dict[str, Any]:
        channel: dict[str, Any] = part(
            self._calls.repeatable("conversations_info", channel=channel_id), "channel"
        )
        # Nothing said of a channel is not that it is nobody else's; of a direct message Slack says less.
        if part(channel, "id") != channel_id or not (channel.get("is_im") or ALWAYS_ANSWERED in channel):
            raise Unclear(INCOMPLETE)
        return channel

    def open_view(self, trigger_id: str, view: Payload, *, on_top: bool) -> str:
        """Open a modal, or put it on top of the one that is open, and return its id; raises TooLate."""
        # A name of our own finds the modal again where it opened and Slack's answer was lost.
        named = {**view, "external_id": token_hex(16)}
        method = "views_push" if on_top else "views_open"
        try:
            answer = self._calls.repeatable(method, trigger_id=trigger_id, view=named)
        except (TooLate, Unclear) as failed:
            answer = self._opened(named)
            if answer is None:
                raise
            logger.warning("found kind=modal reason=%s", failed.reason)
        return str(part(answer, "view", "id"))

    def _opened(self, named: Payload) -> Any:
        """Slack's answer to redrawing the modal of this name; None when there is none."""
        try:
            return self._calls.once("views_update", external_id=named["external_id"], view=named)
        except SlackFailure:
            return None

    def update_view(self, view_id: str, view: Payload, view_hash: str | None = None) -> str | None:
        """Redraw a modal and return its new hash.

        One that was closed, or redrawn by somebody else, meanwhile is left alone: then None.
        """
        hashed = {"hash": view_hash} if view_hash else {}
        try:
            answer = self.newer.send(
                view,
                lambda shown: self._calls.repeatable("views_update", view_id=view_id, view=shown, **hashed),
            )
        except SlackFailure as failed:
            if failed.reason == "hash_conflict" and (since := self._pictured.pop(view_hash or "", None)):
                # What was pressed was drawn just before its picture came.
                return self.update_view(view_id, view, since)
            if failed.reason not in {"not_found", "hash_conflict"}:
                raise
            return None
        redrawn = answer.get("view")
        return str(redrawn.get("hash") or "") if isinstance(redrawn, dict) else ""

    def upload(self, name: str, content: bytes) -> str:
        """Give Slack a file that belongs to the bot alone, and return its id."""
        uploading = partial(self._calls.once, "files_upload_v2", filename=name, content=content, title=name)
        return str(part(self._calls.kept_waiting(uploading), "file", "id"))

    def send_file(self, user_id: str, name: str, content: bytes, text: str) -> str:
        """Send somebody a file as a direct message, and return its id; raises Unavailable."""
        channel = self._direct(user_id)
        uploading = partial(
            self._calls.once,
            "files_upload_v2",
            filename=name,
            content=content,
            title=name,
            channel=channel,
            initial_comment=text,
        )
        return str(part(self._calls.kept_waiting(uploading), "file", "id"))

    def delete_file(self, file_id: str) -> None:
        """Delete a file of the bot's, unless it is gone already; raises Unavailable."""
        try:
            self._calls.once("files_delete", file=file_id)
        except SlackFailure as failed:
            if failed.reason not in {"file_deleted", "file_not_found"}:
                raise

    def shared_file(self, file_id: str) -> SharedFile:
        """Return what Slack says of a file; raises Gone for one that is no longer there, or Unavailable."""
        try:
            file = part(self._calls.repeatable("files_info", file=file_id), "file")
        except SlackFailure as failed:
            if failed.reason in {"file_deleted", "file_not_found"}:
                raise Gone(failed.reason, FILE_GONE) from failed
            raise
        uploader, size = str(part(file, "user")), file.get("size") or 0
        if not isinstance(size, int):
            raise Unclear(INCOMPLETE)
        external = file.get("is_external") or file.get("mode") not in (None, "hosted", "snippet")
        url = "" if external else str(file.get("url_private_download") or file.get("url_private") or "")
        ending = PurePosixPath(str(file.get("name") or "")).suffix.lower()
        return SharedFile(file_id, ending, size, uploader, url)

    def download(self, file: SharedFile, most: int) -> bytes:
        """Return the bytes of a shared file, `most` of them; raises Gone, Refused or Unavailable."""
        return self._calls.twice(partial(downloaded, self._client, file, most))

    def show_picture(self, view_id: str, view: Payload, view_hash: str | None = None) -> None:
        """Redraw a modal with a picture uploaded just now; raises Unavailable when Slack does not take it."""
        for pause in PICTURE_PAUSES:
            time.sleep(pause)
            try:
                redrawn = self.update_view(view_id, view, view_hash)
            except Unavailable as error:
                refusal = error
            else:
                if view_hash and redrawn:
                    if len(self._pictured) >= PICTURED:
                        self._pictured.clear()
                    self._pictured[view_hash] = redrawn
                return
        raise refusal

    def publish_home(self, user_id: str, view: Payload) -> None:
        """Put a person's App Home up."""
        self._calls.repeatable("views_publish", user_id=user_id, view=view)

    def answer(self, response_url: str, message: Payload, *, replace: bool = False) -> None:
        """Answer a command or click privately, beside the message it came from or in its place."""
        if not response_url.startswith(("https://", "http://")):
            raise Gone("invalid_response_url")

        def send(shown: Payload) -> None:
            given = {**shown, "response_type": "ephemeral", "replace_original": replace}
            with counting_calls("response_url"):
                try:
                    taken = self._client.connections.post(
                        response_url, json.dumps(given).encode(), JSON, ANSWER_SECONDS
                    )
                except TROUBLE as error:
                    raise failure(error) from error
                if failed := unanswered(taken):
                    raise failed

        # An answer that shows twice does no harm; one that never shows leaves a person waiting.
        self.newer.send(message, lambda shown: self._calls.twice(partial(send, shown)))


def posted(message: Payload, post_id: str) -> Payload:
    """The message, known again in Slack as this post."""
    return {**message, "metadata": {"event_type": "cocm_post", "event_payload": {"post": post_id}}}

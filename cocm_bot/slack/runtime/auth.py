"""Turn a Slack request into an actor, or a refusal. What can't be checked is refused."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import NotAllowed, Unavailable
from cocm_bot.domain.members import User
from cocm_bot.domain.team.readers import Reader, lost_rights
from cocm_bot.operations.access.access_logging import record_refusal
from cocm_bot.operations.access.accounts import known_user
from cocm_bot.operations.access.registry_choice import RequestedRegistry, actor_for, reader_now
from cocm_bot.operations.access.slack_users import SlackUser, Stranger
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries.registries import may_create
from cocm_bot.operations.team.joining import accept_all, waiting
from cocm_bot.slack.kit import registry_of
from cocm_bot.slack.runtime.client.channel_sharing import Sharing
from cocm_bot.slack.runtime.client.failures import Gone
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.runtime.client.people import from_home
from cocm_bot.slack.runtime.request import remembered_reader, remembered_registry

REMEMBERED_SECONDS = 60
"""Seconds for which an answer of Slack, and an account's owner, may be reused. Membership is read every time.

So long may somebody go on who was made a guest a moment ago, and a channel be spoken in that was just shared.
"""
REMEMBERED = 10_000
TYPING_SECONDS = 1.0
"""Seconds for which somebody whom the gate let in may go on typing in a search: each letter would cost three
read units, and a right that is withdrawn meanwhile ends within the second.
"""

ON_SCREENS = frozenset({"block_actions", "block_suggestion", "view_submission", "view_closed"})
"""The kinds of request that come from a screen of the bot's."""

OUTSIDERS = (
    "I only work for members of this workspace, not for guests, external people or apps. "
    "If you need the registry, ask your workspace's admin for a member account."
)
UNKNOWN = (
    "Slack does not know your account in this workspace, so I can't let you in. "
    "Please ask your workspace's admin to check it."
)
RIGHTS_CHANGED = (
    "Your role in this registry has changed since this was opened, so nothing was done. "
    "Close it and open it again; what you typed stays here until then."
)
SHARED = (
    "I stay silent in channels shared with other companies. "
    "Please use my direct messages, or a channel of your own workspace."
)
ORG_SHARED = (
    "I stay silent in channels shared between workspaces of your organization, as I am set up here. "
    "Please use my direct messages, or a channel of one workspace. Whoever runs the bot can allow it."
)
UNSEEN = (
    "I can't check who is in this channel, so I don't answer here. "
    "Please use my direct messages, or invite me to the channel with /invite."
)


@dataclass(frozen=True)
class Origin:
    """The place a request came from; `channel_id` is None in modals and the App Home."""

    user_id: str
    team_id: str
    enterprise_id: str
    """The organisation on Enterprise Grid; empty elsewhere."""
    channel_id: str | None
    surface: str
    requested: RequestedRegistry
    """The signs in the request of the registry it is for."""
    drawn_for: Reader | None = None
    """The reader the modal or App Home was drawn for; None where that is not known."""
    typing: bool = False
    """True for what is typed in a search, of which each letter is a request."""


def origin(body: Mapping[str, Any], surface: str, requested: RequestedRegistry | None = None) -> Origin:
    """Read who asked, from where, out of any of Slack's payloads; a payload that does not say is nobody's.

    `requested` is what else is known of the registry it is for; a press or a submission names it by itself.
    """
    user = body.get("user") or {}
    team = body.get("team") or {}
    event = body.get("event") or {}
    channel = body.get("channel") or {}
    return Origin(
        user_id=str(body.get("user_id") or user.get("id") or event.get("user") or ""),
        team_id=str(body.get("team_id") or team.get("id") or ""),
        enterprise_id=str(body.get("enterprise_id") or (body.get("enterprise") or {}).get("id") or ""),
        channel_id=body.get("channel_id") or channel.get("id"),
        surface=surface,
        requested=requested or RequestedRegistry(screen=_screen(body)),
        drawn_for=remembered_reader(body.get("view") or {}) if body.get("type") in ON_SCREENS else None,
        typing=body.get("type") == "block_suggestion",
    )


def _screen(body: Mapping[str, Any]) -> str | None:
    """The registry of the screen something was pressed, typed or sent off in; None outside screens."""
    if body.get("type") not in ON_SCREENS:
        return None
    pressed = (body.get("actions") or [body])[0].get("block_id")
    return registry_of(str(pressed or "")) or remembered_registry(body.get("view") or {})


class Authenticator:
    """Lets members of a registry in; everybody else gets a sentence, and an entry in the access log."""

    def __init__(self, ctx: Context, gateway: Gateway) -> None:
        self._ctx = ctx
        self._gateway = gateway
        # The second argument of each is the time, in periods: an answer is forgotten when the period ends.
        self._person = lru_cache(REMEMBERED)(lambda user_id, _period: gateway.person(user_id))
        self._silenced = lru_cache(REMEMBERED)(lambda channel_id, _period: gateway.silenced_by(channel_id))
        self._user = lru_cache(REMEMBERED)(lambda person, _period: known_user(ctx, person))
        self._typing: dict[str, tuple[Origin, float, Actor]] = {}
        """By whom: where somebody typed last, when (seconds UTC), and who they were then."""

    def authenticate_member(self, origin: Origin) -> Actor:
        """Return the actor for a request; raises NotAllowed with a sentence for them, or Unavailable."""
        if not origin.typing:
            return self._let_in(origin)
        now = self._ctx.now().timestamp()
        where, since, actor = self._typing.get(origin.user_id, (None, 0.0, None))
        if actor and where == origin and 0 <= now - since < TYPING_SECONDS:
            return actor
        actor = self._let_in(origin)
        if len(self._typing) >= REMEMBERED:
            self._typing.clear()
        self._typing[origin.user_id] = origin, now, actor
        return actor

    def _let_in(self, origin: Origin) -> Actor:
        with self._written_down(origin):
            period = self._period()
            person = self._checked(origin, period, lambda user_id: self._person(user_id, period))
            try:
                actor = self._member(origin, person, period)
            except Stranger:
                actor = self._newcomer(origin, person, period)
            if origin.drawn_for and lost_rights(origin.drawn_for, Reader(actor.role, actor.is_admin)):
                raise RightsChanged(RIGHTS_CHANGED)
            return actor

    def still(self, actor: Actor) -> bool:
        """Return whether somebody is by now whom they were let in as. Raises Unavailable."""
        return reader_now(self._ctx, actor) == Reader(actor.role, actor.is_admin)

    def identify(self, origin: Origin) -> SlackUser:
        """The person behind a request, as Slack describes them now, whether a member of a registry or not.

        For the few things that need no membership; raises and logs refusals as `authenticate_member` does.
        """
        with self._written_down(origin):
            return self._checked(origin, self._period(), self._gateway.person)

    def _member(self, origin: Origin, person: SlackUser, period: int) -> Actor:
        user: User = self._user(person, period)
        return actor_for(
            self._ctx, user, origin.requested, slack_user_id=origin.user_id, surface=origin.surface
        )

    def _newcomer(self, origin: Origin, person: SlackUser, period: int) -> Actor:
        """Somebody who was in no registry a moment ago, and now is in those they are invited to."""
        if waiting(self._ctx, person.email):
            accept_all(self._ctx, self._checked(origin, period, self._gateway.person), origin.surface)
        try:
            # Without an invitation too: they may have accepted in another place just now.
            return self._member(origin, person, period)
        except Stranger:
            raise Stranger(founds=may_create(self._ctx, person)) from None

    @contextmanager
    def _written_down(self, origin: Origin) -> Iterator[None]:
        try:
            yield
        except (NotAllowed, Unvouched) as refusal:
            record_refusal(self._ctx, origin.user_id, origin.surface, type(refusal).__name__)
            raise

    def _period(self) -> int:
        return int(self._ctx.now().timestamp() // REMEMBERED_SECONDS)

    def _checked(self, origin: Origin, period: int, read: Callable[[str], SlackUser]) -> SlackUser:
        """A full member of the workspace, in a place where the bot may speak."""
        try:
            home = self._gateway.home()
            if not origin.user_id or not from_home(home, origin.team_id, origin.enterprise_id):
                raise Outsider(OUTSIDERS)
            person = read(origin.user_id)
        except Gone as nobody:
            raise Unknown(UNKNOWN) from nobody
        except Unavailable as silence:
            raise Unvouched(str(silence), silence.reason) from silence
        if person.outsider or not person.email:
            raise Outsider(OUTSIDERS)
        self._check_channel(origin, period)
        return person

    def _check_channel(self, origin: Origin, period: int) -> None:
        if origin.channel_id is None:
            return
        try:
            sharing = self._silenced(origin.channel_id, period)
        except Unavailable:
            raise UncheckedChannel(UNSEEN) from None
        if sharing is Sharing.ORGANIZATION:
            raise OrgSharedChannel(ORG_SHARED)
        if sharing:
            raise SharedChannel(SHARED)


class Outsider(NotAllowed):
    """A guest, an external person, a bot, a deactivated account, or a request from another workspace."""


class Unknown(NotAllowed):
    """Slack knows nobody by the id that asks."""


class RightsChanged(NotAllowed):
    """The screen was drawn for somebody in another role, or for an admin who is none by now."""


class Unvouched(Unavailable):
    """Slack does not say who the person is."""


class SharedChannel(NotAllowed):
    """The channel is shared with another company."""


class OrgSharedChannel(NotAllowed):
    """The channel is shared inside the organization, and the bot is not to speak in such channels."""


class UncheckedChannel(NotAllowed):
    """Slack does not say whether the channel is shared."""

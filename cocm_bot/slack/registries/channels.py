"""Check that a channel can be a registry's team channel."""

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.slack.runtime.client.channel_sharing import Sharing
from cocm_bot.slack.runtime.client.failures import Gone
from cocm_bot.slack.runtime.client.gateway import Gateway

FIELD = "team_channel"
ABSENT = "I am not in this channel yet. Invite me there first: /invite, then my name."
ORG_SHARED = (
    "People of other workspaces of your organization can be in this channel, and I am set up not to post in "
    "such channels. Choose another, or ask whoever runs the bot to allow it."
)
SHARED = "People of another company can be in this channel, so I never post there. Choose another."


def check_team_channel(gateway: Gateway, channel_id: str | None) -> None:
    """Raise InvalidInput unless the bot is in the channel, and may speak in it.

    Raises Unavailable when Slack does not say.
    """
    if channel_id is None:
        return
    try:
        sharing, member = gateway.silenced_by(channel_id), gateway.is_in(channel_id)
    except Gone:
        raise InvalidInput(ABSENT, FIELD) from None
    if sharing:
        raise InvalidInput(ORG_SHARED if sharing is Sharing.ORGANIZATION else SHARED, FIELD)
    if not member:
        raise InvalidInput(ABSENT, FIELD)

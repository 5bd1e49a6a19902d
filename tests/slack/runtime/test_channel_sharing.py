"""Tell by what Slack says of a channel who else can be in it."""

from typing import Any

import pytest

from cocm_bot.slack.runtime.client.channel_sharing import Sharing, sharing_of

ORG = "E1"
CHANNELS: list[tuple[dict[str, Any], str, Sharing]] = [
    ({"is_ext_shared": False}, "", Sharing.NOBODY),
    ({"is_ext_shared": False, "pending_shared": [], "pending_connected_team_ids": []}, ORG, Sharing.NOBODY),
    ({"is_shared": True, "is_org_shared": True}, ORG, Sharing.ORGANIZATION),
    ({"is_org_shared": True}, ORG, Sharing.ORGANIZATION),
    # nobody to share with inside an organization that there is not
    ({"is_shared": True, "is_org_shared": True}, "", Sharing.EXTERNAL),
    # another company beats the organization
    ({"is_org_shared": True, "is_ext_shared": True}, ORG, Sharing.EXTERNAL),
    ({"is_org_shared": True, "is_pending_ext_shared": True}, ORG, Sharing.EXTERNAL),
    ({"is_org_shared": True, "pending_shared": ["T9"]}, ORG, Sharing.EXTERNAL),
    ({"is_org_shared": True, "pending_connected_team_ids": ["T9"]}, ORG, Sharing.EXTERNAL),
    # shared, and nobody says with whom
    ({"is_shared": True, "is_ext_shared": False, "is_org_shared": False}, ORG, Sharing.EXTERNAL),
    ({"is_ext_shared": "yes"}, ORG, Sharing.EXTERNAL),
]


@pytest.mark.parametrize(("channel", "organization", "sharing"), CHANNELS)
def test_who_else_can_be_there(channel: dict[str, Any], organization: str, sharing: Sharing) -> None:
    assert sharing_of(channel, organization) is sharing

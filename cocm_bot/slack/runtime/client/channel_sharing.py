"""Tell by Slack's word who else can be in a channel: nobody, the rest of the organization, another company.

Source: Slack's reference of the conversation object. What names no kind of sharing counts as the gravest.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

EXTERNAL_MARKS = ("is_ext_shared", "is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")
"""Any of them set, or listing anybody: another company is in the channel, or is invited to it."""
ORGANIZATION_MARK = "is_org_shared"
SHARED_MARK = "is_shared"
ALWAYS_ANSWERED = EXTERNAL_MARKS[0]
"""A mark that Slack gives of every channel; of a direct message it says less."""


class Sharing(StrEnum):
    """Those beside the workspace's own people who can be in a channel."""

    NOBODY = "nobody"
    ORGANIZATION = "organization"
    """People of other workspaces of the same organization on Enterprise Grid."""
    EXTERNAL = "external"
    """People of another company, now or once they accept."""


def sharing_of(channel: Mapping[str, Any], enterprise_id: str) -> Sharing:
    """Return who else can be in a channel; `enterprise_id` is that of the bot's organization, or empty.

    Outside an organization there is nobody whom a channel could be shared with inside it.
    """
    if any(channel.get(mark) for mark in EXTERNAL_MARKS):
        return Sharing.EXTERNAL
    if channel.get(ORGANIZATION_MARK):
        return Sharing.ORGANIZATION if enterprise_id else Sharing.EXTERNAL
    return Sharing.EXTERNAL if channel.get(SHARED_MARK) else Sharing.NOBODY

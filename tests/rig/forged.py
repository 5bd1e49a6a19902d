"""Forge Slack's requests with parts exchanged: what no person can press, chosen by somebody who may not."""

import json
from typing import Any

from cocm_bot.playground import cast, messages
from cocm_bot.playground.sender import Reply
from cocm_bot.slack.kit import block_of
from tests.rig.clinic import Clinic


def click(
    clinic: Clinic,
    user: str,
    action_id: str,
    value: str,
    channel: str = cast.TEAM_CHANNEL,
    view: dict[str, Any] | None = None,
    registry_id: str | None = None,
) -> Reply:
    """A button in a message in a channel, or an option of a menu in a modal, whatever it says.

    The message is of the clinic's registry, unless it claims to be of another.
    """
    state = clinic.workspace
    if view:
        view = of_no_reader(view)
        chosen = {"selected_option": {"value": value}}
        return state.sender.interact(
            _common("block_actions", clinic, user)
            | {
                "container": {"type": "view", "view_id": view["id"]},
                "trigger_id": state.fresh_trigger(user),
                "view": view,
                "actions": [{"type": "static_select", "action_id": action_id, "block_id": "b", **chosen}],
            }
        )
    return state.sender.interact(
        _common("block_actions", clinic, user)
        | {
            "channel": {"id": channel, "name": "care-team"},
            "container": {"type": "message", "channel_id": channel, "is_ephemeral": True},
            "trigger_id": state.fresh_trigger(user),
            "response_url": messages.fresh_link(state, user, channel),
            "actions": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "block_id": _block(clinic, registry_id),
                    "value": value,
                }
            ],
        }
    )


def submission(clinic: Clinic, user: str, view: dict[str, Any]) -> Reply:
    """A modal sent off by somebody, whoever opened it."""
    sent = _common("view_submission", clinic, user) | {"view": of_no_reader(view)}
    return clinic.workspace.sender.interact(sent)


def of_no_reader(view: dict[str, Any]) -> dict[str, Any]:
    """The modal as one that does not say for whom it was drawn: what it asks for must still be refused."""
    try:
        memo = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return view
    if not isinstance(memo, dict) or "under" not in memo:
        return view
    return {**view, "private_metadata": json.dumps({name: memo[name] for name in memo if name != "under"})}


def search(clinic: Clinic, user: str, action_id: str, words: str) -> Reply:
    """Words typed into a search."""
    asked = {"action_id": action_id, "block_id": _block(clinic), "value": words}
    return clinic.workspace.sender.interact(_common("block_suggestion", clinic, user) | asked)


def _block(clinic: Clinic, registry_id: str | None = None) -> str:
    """A block of a screen of the clinic's registry, or of another."""
    return block_of(clinic.registry_id if registry_id is None else registry_id, 0)


def _common(kind: str, clinic: Clinic, user: str) -> dict[str, Any]:
    person = clinic.workspace.people[user]
    return {
        "type": kind,
        "team": {"id": person.team_id},
        "user": {"id": user, "team_id": person.team_id},
    }


def _response_url(clinic: Clinic, user: str, channel: str) -> str:
    return messages.fresh_link(clinic.workspace, user, channel)

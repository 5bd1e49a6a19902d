"""Build Slack's payloads for a person's actions: commands and interactions, field by field."""

from typing import Any

from cocm_bot.playground import cast, messages, views
from cocm_bot.playground.cast import Person
from cocm_bot.playground.elements import Placed
from cocm_bot.playground.elements import action as action_entry
from cocm_bot.playground.state import Message, State, View

_DOMAIN = "cocm-playground"


def command(state: State, user: str, channel: str, name: str, text: str) -> dict[str, str]:
    """The form of a slash command."""
    person, place = state.people[user], state.places[channel]
    return {
        "token": "unused",
        **_named_in_form(state, person),
        "team_domain": _DOMAIN,
        "channel_id": channel,
        "channel_name": "directmessage" if place.is_im else place.name,
        "user_id": user,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": cast.APP,
        "is_enterprise_install": "true" if state.org_install else "false",
        "response_url": messages.fresh_link(state, user, channel),
        "trigger_id": state.fresh_trigger(user),
    }


def block_actions(
    state: State, user: str, surface: View | Message, found: Placed, chosen: Any
) -> dict[str, Any]:
    """A click or choice; one in a message carries a response_url, and the message unless it is ephemeral."""
    payload = _common("block_actions", state, user) | {
        "trigger_id": state.fresh_trigger(user),
        "container": _container(surface),
        "actions": [action_entry(found, chosen, f"{state.now():.6f}")],
    }
    if isinstance(surface, View):
        return payload | {"view": views.as_slack(surface)}
    payload |= _whereabouts(state, surface) | {
        "state": {"values": messages.values(surface, user)},
        "response_url": messages.fresh_link(state, user, surface.channel, surface),
    }
    return payload if surface.only_for else payload | {"message": messages.as_slack(surface)}


def block_suggestion(
    state: State, user: str, surface: View | Message, found: Placed, query: str
) -> dict[str, Any]:
    """Return what is typed into an external select."""
    payload = _common("block_suggestion", state, user) | {
        "container": _container(surface),
        "block_id": found.key[0],
        "action_id": found.key[1],
        "value": query,
    }
    if isinstance(surface, View):
        return payload | {"view": views.as_slack(surface)}
    return payload | _whereabouts(state, surface) | {"message": messages.as_slack(surface)}


def view_submission(state: State, view: View) -> dict[str, Any]:
    """A modal sent off."""
    return _common("view_submission", state, view.user) | {
        "trigger_id": state.fresh_trigger(view.user),
        "view": views.as_slack(view),
        "response_urls": [],
    }


def view_closed(state: State, view: View, *, is_cleared: bool) -> dict[str, Any]:
    """A modal closed by the person.

    Slack does not promise what was typed in it: here it is never sent, so that nobody relies on it.
    """
    untold: dict[str, Any] = {"state": {"values": {}}}
    closed = {"view": views.as_slack(view) | untold, "is_cleared": is_cleared}
    return _common("view_closed", state, view.user) | closed


def shortcut(state: State, user: str, callback_id: str) -> dict[str, Any]:
    """A global shortcut."""
    return _common("shortcut", state, user) | {
        "callback_id": callback_id,
        "trigger_id": state.fresh_trigger(user),
        "action_ts": f"{state.now():.6f}",
    }


def message_shortcut(state: State, user: str, callback_id: str, message: Message) -> dict[str, Any]:
    """A shortcut on a message."""
    return (
        _common("message_action", state, user)
        | _whereabouts(state, message)
        | {
            "callback_id": callback_id,
            "trigger_id": state.fresh_trigger(user),
            "response_url": messages.fresh_link(state, user, message.channel, message),
            "message_ts": message.ts,
            "message": messages.as_slack(message),
            "action_ts": f"{state.now():.6f}",
        }
    )


def _common(kind: str, state: State, user: str) -> dict[str, Any]:
    person = state.people[user]
    organisation = {"id": state.enterprise_id, "name": "CoCM playground"} if state.enterprise_id else None
    return {
        "type": kind,
        "token": "unused",
        "api_app_id": cast.APP,
        # An app that an organisation installed is sent no workspace.
        "team": None if state.org_install else {"id": person.team_id or state.team_id, "domain": _DOMAIN},
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": person.team_id or state.team_id,
        },
        "enterprise": organisation,
        "is_enterprise_install": state.org_install,
    }


def _named_in_form(state: State, person: Person) -> dict[str, str]:
    """The workspace and the organisation, as a slash command has them."""
    named = {"team_id": person.team_id or state.team_id}
    return named | ({"enterprise_id": state.enterprise_id} if state.enterprise_id else {})


def _container(surface: View | Message) -> dict[str, Any]:
    if isinstance(surface, View):
        return {"type": "view", "view_id": surface.id}
    container = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": surface.channel,
        "is_ephemeral": surface.only_for is not None,
    }
    return container | ({"thread_ts": surface.thread_ts} if surface.thread_ts else {})


def _whereabouts(state: State, message: Message) -> dict[str, Any]:
    place = state.places[message.channel]
    return {"channel": {"id": place.id, "name": "directmessage" if place.is_im else place.name}}

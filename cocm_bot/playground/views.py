"""Modals and App Homes: opening, pushing, updating, closing; trigger ids, hashes and the stack of three."""

import secrets
from typing import Any

from cocm_bot.playground import cast
from cocm_bot.playground.blocks import limits
from cocm_bot.playground.blocks.shapes import complaint
from cocm_bot.playground.elements import state_values, surviving, with_ids
from cocm_bot.playground.state import Refused, State, View

STACK = 3


def open_view(state: State, trigger_id: Any, payload: Any) -> View:
    """views.open: a new modal for the person whose click issued the trigger.

    Opening while a modal of the bot is open succeeds, as in Slack, but is put on record: Slack does not
    promise that the second modal shows (views.push and response_action do).
    """
    _check(state, payload)
    user = spend_trigger(state, trigger_id)
    stack = state.modals.setdefault(user, [])
    if stack:
        state.refuse("views.open", Refused("modal_already_open"), payload)
    return _stack(state, user, payload)


def push_view(state: State, trigger_id: Any, payload: Any) -> View:
    """views.push: one more modal on top; Refused("push_limit_reached") above three."""
    _check(state, payload)
    user = spend_trigger(state, trigger_id)
    if not state.modals.get(user):
        raise Refused("not_found")
    return _stack(state, user, payload)


def stack_answered(state: State, user: str, payload: Any) -> View:
    """Handle `response_action: push`: like views.push, with the submission in the trigger's place."""
    _check(state, payload)
    return _stack(state, user, payload)


def update_view(
    state: State, payload: Any, *, view_id: Any = None, external_id: Any = None, given_hash: Any = None
) -> View:
    """views.update: redraw a modal that is still open; what was typed stays where the ids stay."""
    if not view_id and not external_id:
        raise Refused("invalid_arguments", [complaint("missing required field: view_id", "")])
    open_now = [view for stack in state.modals.values() for view in stack] + list(state.homes.values())
    for view in open_now:
        named = external_id and view.payload.get("external_id") == external_id
        if named or view.id == view_id:
            if given_hash and given_hash != view.hash:
                raise Refused("hash_conflict")
            _check(state, payload, view.payload["type"])
            _redraw(state, view, payload)
            return view
    raise Refused("not_found")


def publish_home(state: State, user_id: Any, payload: Any, given_hash: Any = None) -> View:
    """views.publish: draw someone's App Home."""
    user = state.person(user_id).id
    shown = state.homes.get(user)
    if given_hash and (shown is None or shown.hash != given_hash):
        raise Refused("hash_conflict")
    _check(state, payload, "home")
    with state.change():
        if shown:
            _redraw(state, shown, payload)
            return shown
        home = _new_view(state, user, payload)
        state.homes[user] = home
        return home


def close_top(state: State, user: str, *, everything: bool = False) -> list[View]:
    """Take the top modal off a person's stack, or all of them; returns those closed, topmost first."""
    with state.change():
        stack = state.modals.get(user, [])
        closed = list(reversed(stack)) if everything else stack[-1:]
        del stack[len(stack) - len(closed) :]
        return closed


def spend_trigger(state: State, trigger_id: Any) -> str:
    """The person a trigger belongs to; Refused if it is unknown, was used, or is older than Slack waits."""
    with state.change():
        trigger = state.triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.spent:
            raise Refused("exchanged_trigger_id")
        if state.now() - trigger.issued > state.ack_seconds:
            raise Refused("expired_trigger_id")
        trigger.spent = True
        return trigger.user


def as_slack(view: View) -> dict[str, Any]:
    """The view as Slack hands it to the bot: in answers, and in every payload that comes from it."""
    given = view.payload
    return {
        "id": view.id,
        "team_id": view.team,
        "app_id": cast.APP,
        "app_installed_team_id": view.team,
        "bot_id": cast.BOT_ID,
        "type": given["type"],
        "blocks": view.blocks,
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "external_id": given.get("external_id", ""),
        "state": {"values": state_values(view.blocks, view.entered)},
        "hash": view.hash,
        "title": given.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "clear_on_close": given.get("clear_on_close", False),
        "notify_on_close": given.get("notify_on_close", False),
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
    }


def _check(state: State, payload: Any, kind: limits.Surface = "modal") -> None:
    unknown = state.unknown_blocks
    if refusal := limits.refusal_of(kind, payload) or limits.unknown_block(kind, payload, unknown):
        raise Refused(*refusal)


def _stack(state: State, user: str, payload: dict[str, Any]) -> View:
    with state.change():
        stack = state.modals.setdefault(user, [])
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        external = payload.get("external_id")
        if external and any(
            view.payload.get("external_id") == external for views in state.modals.values() for view in views
        ):
            raise Refused("duplicate_external_id")
        view = _new_view(state, user, payload)
        if stack:
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view


def _new_view(state: State, user: str, payload: dict[str, Any]) -> View:
    view_id = state.fresh("V")
    return View(
        view_id, user, _stored(state, payload), _fresh_hash(state), root_id=view_id, team=state.team_id
    )


def _redraw(state: State, view: View, payload: dict[str, Any]) -> None:
    with state.change():
        view.payload, view.hash = _stored(state, payload), _fresh_hash(state)
        view.entered = surviving(view.blocks, view.entered)
        view.errors, view.trouble = {}, None


def _stored(state: State, payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"blocks": with_ids(payload["blocks"], state.fresh_ids())}


def _fresh_hash(state: State) -> str:
    return f"{int(state.now())}.{secrets.token_hex(4)}"

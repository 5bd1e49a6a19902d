"""The inputs of a modal, each with the element that takes the answer."""

from collections.abc import Sequence
from datetime import date, time

from cocm_bot.slack.kit.elements import (
    OptionGroups,
    Options,
    action,
    at_most,
    choices,
    flat,
    present,
    within,
)
from cocm_bot.slack.kit.text import Block, Element, clean, clip, plain

MOST_LISTED = 10
LONGEST_ANSWER = 3000
LONGEST_EMAIL = 254


def input_block(
    label: str,
    element: Element,
    block_id: str,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A labelled input; with `dispatch` every change is sent to the bot at once."""
    return {
        "type": "input",
        "block_id": within(255, block_id, "block_id"),
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
        "dispatch_action": dispatch,
        **present(hint=plain(hint, 2000) if hint else None),
    }


def _placeholder(text: str | None) -> Block | None:
    return plain(text, 150) if text else None


def text_input(
    action_id: str,
    *,
    initial: str | None = None,
    placeholder: str | None = None,
    multiline: bool = False,
    max_length: int = LONGEST_ANSWER,
) -> Element:
    """A line of text, or several."""
    most = min(max_length, LONGEST_ANSWER)
    return action(
        "plain_text_input",
        action_id,
        initial_value=clip(clean(initial or ""), most) or None,
        placeholder=_placeholder(placeholder),
        multiline=multiline,
        max_length=most,
    )


def email_input(action_id: str, *, initial: str | None = None, placeholder: str | None = None) -> Element:
    """An e-mail address; an initial one that is too long to be one is not drawn."""
    return action(
        "email_text_input",
        action_id,
        initial_value=initial if initial and len(initial) <= LONGEST_EMAIL else None,
        placeholder=_placeholder(placeholder),
    )


def number_input(
    action_id: str,
    *,
    initial: str | None = None,
    placeholder: str | None = None,
    decimal: bool = False,
    minimum: str | None = None,
    maximum: str | None = None,
) -> Element:
    """A number; Slack takes and gives numbers as text."""
    return action(
        "number_input",
        action_id,
        is_decimal_allowed=decimal,
        initial_value=initial,
        min_value=minimum,
        max_value=maximum,
        placeholder=_placeholder(placeholder),
    )


def date_input(action_id: str, *, initial: date | None = None, placeholder: str | None = None) -> Element:
    """A day."""
    return action(
        "datepicker",
        action_id,
        initial_date=initial.isoformat() if initial else None,
        placeholder=_placeholder(placeholder),
    )


def time_input(action_id: str, *, initial: time | None = None, placeholder: str | None = None) -> Element:
    """A time of day, to the minute."""
    return action(
        "timepicker",
        action_id,
        initial_time=initial.strftime("%H:%M") if initial else None,
        placeholder=_placeholder(placeholder),
    )


def multi_select(
    action_id: str,
    options: Options | OptionGroups,
    *,
    placeholder: str = "Choose any",
    initial: Sequence[Block] = (),
    most: int | None = None,
) -> Element:
    """A menu from which several may be chosen, `most` of them if given."""
    offered = choices(options)
    return action(
        "multi_static_select",
        action_id,
        placeholder=plain(placeholder, 150),
        initial_options=[each for each in initial if each in flat(offered)][:most] or None,
        max_selected_items=most,
        **offered,
    )


def channel_select(
    action_id: str, *, placeholder: str = "Choose a channel", initial: str | None = None
) -> Element:
    """One of the workspace's own channels, public or private: none that is shared with another company."""
    return action(
        "conversations_select",
        action_id,
        placeholder=plain(placeholder, 150),
        initial_conversation=initial or None,
        filter={
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    )


def people_select(
    action_id: str,
    *,
    placeholder: str = "Choose people",
    initial: Sequence[str] = (),
    most: int | None = None,
) -> Element:
    """Several people of the workspace, `most` of them if given; Slack offers guests and apps as well."""
    return action(
        "multi_users_select",
        action_id,
        placeholder=plain(placeholder, 150),
        initial_users=list(initial)[:most] or None,
        max_selected_items=most,
    )


def radio(action_id: str, options: Options, *, initial: Block | None = None) -> Element:
    """One of at most ten options, all in sight."""
    listed = at_most(MOST_LISTED, options, "radio buttons")
    return action(
        "radio_buttons", action_id, options=listed, initial_option=initial if initial in listed else None
    )


def checkboxes(action_id: str, options: Options, *, initial: Sequence[Block] = ()) -> Element:
    """Any of at most ten options, all in sight."""
    listed = at_most(MOST_LISTED, options, "checkboxes")
    ticked = [each for each in listed if each in initial]
    return action("checkboxes", action_id, options=listed, initial_options=ticked or None)

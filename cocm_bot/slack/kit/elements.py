"""Elements that people press and choose: buttons, menus, options, confirmations.

Texts are clipped to the limit of their place. Ids and values are never clipped, because half of one
means something else: one that is too long raises ValueError, as do more choices than an element holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from cocm_bot.slack.kit.text import NOTHING, Block, Element, plain

Style = Literal["primary", "danger"]
Options = Sequence[Block]
OptionGroups = Mapping[str, Sequence[Block]]

MOST_OPTIONS = 100
MOST_OVERFLOW_OPTIONS = 5


def present(**attributes: Any) -> dict[str, Any]:
    """The attributes that were given: Slack takes a missing one, but not null."""
    return {name: value for name, value in attributes.items() if value is not None}


def within(limit: int, value: str, what: str) -> str:
    """The id or value unchanged; ValueError when it is empty or longer than Slack takes."""
    if not 0 < len(value) <= limit:
        raise ValueError(f"{what} must have 1 to {limit} characters, not {len(value)}")
    return value


def at_most(limit: int, choices: Iterable[Block], what: str) -> list[Block]:
    """The choices as a list; ValueError when there is none, or more than Slack takes."""
    chosen = list(choices)
    if not 0 < len(chosen) <= limit:
        raise ValueError(f"{what} must hold 1 to {limit}, not {len(chosen)}")
    return chosen


def action(kind: str, action_id: str, **attributes: Any) -> Element:
    """An interactive element of a kind, with the attributes that are not None."""
    return {"type": kind, "action_id": within(255, action_id, "action_id"), **present(**attributes)}


def confirm(title: str, text: str, yes: str, no: str = "Cancel", style: Style | None = None) -> Block:
    """The question asked before a press counts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        **present(style=style),
    }


def button(
    text: str,
    action_id: str,
    value: str | None = None,
    *,
    style: Style | None = None,
    confirm: Block | None = None,
    accessibility_label: str | None = None,
) -> Element:
    """A button; its label for screen readers says what the text alone does not ("Log contact for …")."""
    return action(
        "button",
        action_id,
        text=plain(text, 75),
        value=within(2000, value, "button value") if value else None,
        style=style,
        confirm=confirm,
        accessibility_label=plain(accessibility_label, 75)["text"] if accessibility_label else None,
    )


def option(text: str, value: str, description: str | None = None) -> Block:
    """One choice of a menu."""
    return {
        "text": plain(text, 75),
        "value": within(150, value, "option value"),
        **present(description=plain(description, 75) if description else None),
    }


def overflow(action_id: str, options: Options, *, confirm: Block | None = None) -> Element:
    """The ⋯ menu beside a row, of at most five options."""
    listed = at_most(MOST_OVERFLOW_OPTIONS, options, "overflow")
    return action("overflow", action_id, options=listed, confirm=confirm)


def choices(options: Options | OptionGroups) -> dict[str, Any]:
    """The `options` or `option_groups` of a menu: the first hundred, or one that says there are none."""
    if isinstance(options, Mapping):
        groups = [_group(label, members) for label, members in options.items() if members]
        if groups:
            return {"option_groups": groups[:MOST_OPTIONS]}
        options = []
    listed = list(options[:MOST_OPTIONS])
    return {"options": listed or [option("Nothing to choose from", NOTHING)]}


def flat(offered: Mapping[str, Any]) -> list[Block]:
    """Every option of a menu, grouped or not."""
    if "options" in offered:
        return list(offered["options"])
    return [each for group in offered["option_groups"] for each in group["options"]]


def _group(label: str, members: Options) -> Block:
    return {"label": plain(label, 75), "options": list(members[:MOST_OPTIONS])}


def select(
    action_id: str,
    options: Options | OptionGroups,
    *,
    placeholder: str = "Choose one",
    initial: Block | None = None,
    confirm: Block | None = None,
) -> Element:
    """A menu of at most a hundred options (or groups of them by label); longer lists need a search.

    An `initial` that is not among them is not drawn: Slack would refuse the whole view.
    """
    offered = choices(options)
    return action(
        "static_select",
        action_id,
        placeholder=plain(placeholder, 150),
        initial_option=initial if initial in flat(offered) else None,
        confirm=confirm,
        **offered,
    )


def external_select(
    action_id: str,
    *,
    placeholder: str = "Type to search",
    min_query_length: int = 1,
    initial: Block | None = None,
) -> Element:
    """A menu whose options the bot answers to what is typed."""
    return action(
        "external_select",
        action_id,
        placeholder=plain(placeholder, 150),
        min_query_length=min_query_length,
        initial_option=initial,
    )


def suggestions(options: Options) -> Block:
    """The answer to a search in an external select: the first hundred options, or none."""
    return {"options": list(options[:MOST_OPTIONS])}

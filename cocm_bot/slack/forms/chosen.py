"""Inputs that choose among options: menus, searches, radio buttons, checkboxes.

Options known only at run time are given to both `Form.blocks` and `Form.read`; an answer outside the
known options is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cocm_bot.slack import kit
from cocm_bot.slack.forms.choice import LONGEST_VALUE, Choice, ChoiceSource, as_choice, drawn, offered
from cocm_bot.slack.forms.input import Input, State, Unreadable

TICKED = "yes"
_SLACK_ID = re.compile(r"[A-Z0-9]{2,40}")


@dataclass(frozen=True, kw_only=True)
class OptionsInput(Input):
    """Any input with options; None means options that are not known here."""

    options: ChoiceSource | None = None

    @property
    def wanted(self) -> str:
        return "Choose one of the options."

    @property
    def listed(self) -> list[kit.Block]:
        """The options as one list."""
        return [choice.option for choice in offered(self.options or ())]

    def matching(self, values: Iterable[Any]) -> list[kit.Block]:
        """The options on offer that carry one of the values."""
        wanted = {str(value) for value in values if value is not None}
        return [choice.option for choice in offered(self.options or ()) if choice.value in wanted]

    def chosen(self, selected: Any) -> str:
        """The value of a selected option; raises Unreadable when it is none, or is not on offer."""
        value = selected.get("value") if isinstance(selected, Mapping) else None
        if not isinstance(value, str) or value == kit.NOTHING:
            raise Unreadable(self.wanted)
        if self.options is not None and value not in {choice.value for choice in offered(self.options)}:
            raise Unreadable(self.wanted)
        return value


@dataclass(frozen=True, kw_only=True)
class SelectInput(OptionsInput):
    """One of up to a hundred options, or of groups of them."""

    def element(self, initial: Any) -> kit.Element:
        return kit.select(
            self.action_id,
            drawn(self.options or ()),
            placeholder=self.placeholder or "Choose one",
            initial=next(iter(self.matching([initial])), None),
        )

    def answer(self, state: State) -> str | None:
        selected = state.get("selected_option")
        return None if selected is None else self.chosen(selected)


@dataclass(frozen=True, kw_only=True)
class RadioInput(SelectInput):
    """One of up to ten options, all in sight."""

    def element(self, initial: Any) -> kit.Element:
        return kit.radio(
            self.action_id,
            self.listed,
            initial=next(iter(self.matching([initial])), None),
        )


@dataclass(frozen=True, kw_only=True)
class ExternalSelectInput(SelectInput):
    """One of the options the bot answers to what is typed; the operation checks the value.

    Its initial value is a Choice, or a string that is its own words.
    """

    min_query_length: int = 1

    def element(self, initial: Any) -> kit.Element:
        known = isinstance(initial, str | Choice) and 0 < len(as_choice(initial).value) <= LONGEST_VALUE
        return kit.external_select(
            self.action_id,
            placeholder=self.placeholder or "Type to search",
            min_query_length=self.min_query_length,
            initial=as_choice(initial).option if known else None,
        )


@dataclass(frozen=True, kw_only=True)
class MultiSelectInput(OptionsInput):
    """Any of up to a hundred options; `most` of them, if given."""

    most: int | None = None

    @property
    def wanted(self) -> str:
        return "Choose one or more of the options."

    def element(self, initial: Any) -> kit.Element:
        return kit.multi_select(
            self.action_id,
            drawn(self.options or ()),
            placeholder=self.placeholder or "Choose any",
            initial=self.matching(_each(initial)),
            most=self.most,
        )

    def answer(self, state: State) -> tuple[str, ...] | None:
        selected = state.get("selected_options") or []
        if not isinstance(selected, list):
            raise Unreadable(self.wanted)
        values = tuple(dict.fromkeys(self.chosen(each) for each in selected))
        if self.most is not None and len(values) > self.most:
            raise Unreadable(f"Choose at most {self.most}.")
        return values or None


@dataclass(frozen=True, kw_only=True)
class CheckboxesInput(MultiSelectInput):
    """Any of up to ten options, all in sight."""

    def element(self, initial: Any) -> kit.Element:
        return kit.checkboxes(
            self.action_id,
            self.listed,
            initial=self.matching(_each(initial)),
        )


@dataclass(frozen=True, kw_only=True)
class ChannelInput(Input):
    """A channel of the workspace, by its id."""

    @property
    def wanted(self) -> str:
        return "Choose a channel."

    def element(self, initial: Any) -> kit.Element:
        return kit.channel_select(
            self.action_id,
            placeholder=self.placeholder or "Choose a channel",
            initial=initial if isinstance(initial, str) and _SLACK_ID.fullmatch(initial) else None,
        )

    def answer(self, state: State) -> str | None:
        return self.typed(state, "selected_conversation")


@dataclass(frozen=True, kw_only=True)
class PeopleInput(Input):
    """People of the workspace, by their Slack ids; `most` of them, if given."""

    most: int | None = None

    @property
    def wanted(self) -> str:
        return "Choose one or more people."

    def element(self, initial: Any) -> kit.Element:
        return kit.people_select(
            self.action_id,
            placeholder=self.placeholder or "Choose people",
            initial=[each for each in _each(initial) if isinstance(initial, list | tuple) and each],
            most=self.most,
        )

    def answer(self, state: State) -> tuple[str, ...] | None:
        selected = state.get("selected_users") or []
        if not isinstance(selected, list) or not all(isinstance(each, str) for each in selected):
            raise Unreadable(self.wanted)
        if self.most is not None and len(selected) > self.most:
            raise Unreadable(f"Choose at most {self.most}.")
        return tuple(dict.fromkeys(selected)) or None


@dataclass(frozen=True, kw_only=True)
class CheckboxInput(Input):
    """A yes or no, as one box to tick; `text` is beside the box."""

    text: str = "Yes"
    description: str | None = None

    @property
    def wanted(self) -> str:
        return "Tick the box, or leave it empty."

    def element(self, initial: Any) -> kit.Element:
        box = kit.option(self.text, TICKED, self.description)
        return kit.checkboxes(self.action_id, [box], initial=[box] if initial is True else [])

    def answer(self, state: State) -> bool | None:
        selected = state.get("selected_options")
        if selected is None:
            return None
        if selected == []:
            return False
        if isinstance(selected, list) and all(_is_ticked(each) for each in selected):
            return True
        raise Unreadable(self.wanted)


def _is_ticked(option: Any) -> bool:
    return isinstance(option, Mapping) and option.get("value") == TICKED


def _each(initial: Any) -> Iterable[Any]:
    """The values of an initial answer that should be several."""
    return () if initial is None or not isinstance(initial, Iterable) else initial

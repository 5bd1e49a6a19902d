"""The properties that every kind of input has in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cocm_bot.slack import kit

State = Mapping[str, Any]
"""Slack's state of one element: its type and what was entered."""

ACTION_ID = "input"


class Unreadable(Exception):
    """An answer that is not what was asked for; its text is the sentence to show."""


@dataclass(frozen=True, kw_only=True)
class Input(ABC):
    """The description that every kind of input has.

    `dispatch` sends the bot each change, under `action_id`.
    """

    label: str = field(kw_only=False)
    hint: str | None = None
    placeholder: str | None = None
    dispatch: bool = False
    action_id: str = ACTION_ID

    @property
    @abstractmethod
    def wanted(self) -> str:
        """The sentence for an answer that is not what this input takes."""

    @property
    def missing(self) -> str:
        """The sentence for no answer where one is needed."""
        return self.wanted

    @abstractmethod
    def element(self, initial: Any) -> kit.Element:
        """The element to draw; an initial value of the wrong kind is not drawn."""

    @abstractmethod
    def answer(self, state: State) -> Any:
        """Return what was entered, None for nothing; raises Unreadable."""

    def typed(self, state: State, name: str = "value") -> str | None:
        """The text under a name of the state, None when empty; raises Unreadable when it is not text."""
        value = state.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise Unreadable(self.wanted)
        return kit.clean(value) or None

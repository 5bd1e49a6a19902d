"""The choices a form offers: plain strings, an enumeration, or choices with words of their own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cocm_bot.slack import kit

LONGEST_VALUE = 150


@dataclass(frozen=True)
class Choice:
    """One choice: the value that comes back, and the words it is shown with."""

    value: str
    text: str
    description: str | None = None

    @property
    def option(self) -> kit.Block:
        """The option as Slack draws it."""
        return kit.option(self.text, self.value, self.description)


Choices = Collection[str | Choice]
ChoiceSource = Choices | Mapping[str, Choices]
"""Choices, or groups of them by heading. A string (or a StrEnum's member) is its own words."""


def drawn(source: ChoiceSource) -> kit.Options | kit.OptionGroups:
    """The options to draw: each value once, without those too long for Slack to carry back."""
    seen: set[str] = set()
    if isinstance(source, Mapping):
        return {heading: _drawn(choices, seen) for heading, choices in source.items()}
    return _drawn(source, seen)


def _drawn(choices: Choices, seen: set[str]) -> list[kit.Block]:
    options = []
    for choice in map(as_choice, choices):
        if choice.value not in seen and 0 < len(choice.value) <= LONGEST_VALUE:
            seen.add(choice.value)
            options.append(choice.option)
    return options


def offered(source: ChoiceSource) -> Iterator[Choice]:
    """Every choice, grouped or not."""
    groups = source.values() if isinstance(source, Mapping) else [source]
    return (as_choice(choice) for group in groups for choice in group)


def as_choice(choice: str | Choice) -> Choice:
    """The choice meant by a string: the string itself."""
    return choice if isinstance(choice, Choice) else Choice(str(choice), str(choice))

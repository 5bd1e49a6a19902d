"""Inputs that are typed: text, phone numbers, e-mail addresses, numbers."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from cocm_bot.slack import kit
from cocm_bot.slack.forms.input import Input, State, Unreadable


@dataclass(frozen=True, kw_only=True)
class TextInput(Input):
    """A line of text, or several lines."""

    multiline: bool = False
    max_length: int = 3000

    @property
    def missing(self) -> str:
        return "Fill this in."

    @property
    def wanted(self) -> str:
        return self.hint or "Check how this is written."

    def element(self, initial: Any) -> kit.Element:
        return kit.text_input(
            self.action_id,
            initial=None if initial is None else str(initial),
            placeholder=self.placeholder,
            multiline=self.multiline,
            max_length=self.max_length,
        )

    def answer(self, state: State) -> str | None:
        text = self.typed(state)
        if text and not self.multiline:
            text = " ".join(text.split("\n"))
        if text and len(text) > self.max_length:
            raise Unreadable(f"Enter at most {self.max_length} characters.")
        return text


@dataclass(frozen=True, kw_only=True)
class PhoneInput(TextInput):
    """A phone number, as it is written."""

    max_length: int = 40

    @property
    def wanted(self) -> str:
        return "Enter a phone number with its area code, like 555-010-0134."


@dataclass(frozen=True, kw_only=True)
class EmailInput(TextInput):
    """An e-mail address."""

    max_length: int = 254

    @property
    def wanted(self) -> str:
        return "Enter an e-mail address like name@clinic.org."

    def element(self, initial: Any) -> kit.Element:
        return kit.email_input(
            self.action_id, initial=None if initial is None else str(initial), placeholder=self.placeholder
        )


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


@dataclass(frozen=True, kw_only=True)
class NumberInput(Input):
    """A number within bounds, both included; read as a Decimal, which becomes what the field's type says."""

    minimum: float | None = None
    maximum: float | None = None
    decimal: bool = False

    @property
    def wanted(self) -> str:
        number = "Enter a number" if self.decimal else "Enter a whole number"
        match self.minimum, self.maximum:
            case None, None:
                return f"{number}."
            case least, None:
                return f"{number} of at least {_written(least)}."
            case None, most:
                return f"{number} of at most {_written(most)}."
            case least, most:
                return f"{number} from {_written(least)} to {_written(most)}."

    def element(self, initial: Any) -> kit.Element:
        return kit.number_input(
            self.action_id,
            initial=self._drawn(initial),
            placeholder=self.placeholder,
            decimal=self.decimal,
            minimum=None if self.minimum is None else _written(self.minimum),
            maximum=None if self.maximum is None else _written(self.maximum),
        )

    def answer(self, state: State) -> Decimal | None:
        text = self.typed(state)
        return None if text is None else self._number(text)

    def _number(self, text: str) -> Decimal:
        if not _NUMBER.fullmatch(text):
            raise Unreadable(self.wanted)
        number = Decimal(text)
        whole = self.decimal or number == number.to_integral_value()
        low = self.minimum is not None and number < Decimal(str(self.minimum))
        high = self.maximum is not None and number > Decimal(str(self.maximum))
        if not whole or low or high:
            raise Unreadable(self.wanted)
        return number

    def _drawn(self, initial: Any) -> str | None:
        try:
            return _written(self._number(_written(initial)))
        except (Unreadable, InvalidOperation):
            return None


def _written(number: Any) -> str:
    """The number in plain digits, without exponent or trailing zeros; InvalidOperation for what is none."""
    return f"{Decimal(str(number)).normalize():f}"

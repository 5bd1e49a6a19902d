"""Inputs that are picked from a calendar or a clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cocm_bot.slack import kit
from cocm_bot.slack.forms.input import Input, State, Unreadable

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, kw_only=True)
class DateInput(Input):
    """A day, from a calendar."""

    @property
    def wanted(self) -> str:
        return "Choose a date."

    def element(self, initial: Any) -> kit.Element:
        return kit.date_input(self.action_id, initial=_day(initial), placeholder=self.placeholder)

    def answer(self, state: State) -> date | None:
        text = self.typed(state, "selected_date")
        day = _day(text)
        if text and day is None:
            raise Unreadable(self.wanted)
        return day


@dataclass(frozen=True, kw_only=True)
class TimeInput(Input):
    """A time of day, to the minute."""

    @property
    def wanted(self) -> str:
        return "Choose a time."

    def element(self, initial: Any) -> kit.Element:
        return kit.time_input(self.action_id, initial=_hour(initial), placeholder=self.placeholder)

    def answer(self, state: State) -> time | None:
        text = self.typed(state, "selected_time")
        hour = _hour(text)
        if text and hour is None:
            raise Unreadable(self.wanted)
        return hour


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def _hour(value: Any) -> time | None:
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, time) else None

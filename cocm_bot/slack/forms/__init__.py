"""A modal's inputs as a pydantic model that draws itself, is read back, and says what is wrong."""

from cocm_bot.slack.forms.choice import Choice, ChoiceSource
from cocm_bot.slack.forms.chosen import (
    ChannelInput,
    CheckboxesInput,
    CheckboxInput,
    ExternalSelectInput,
    MultiSelectInput,
    PeopleInput,
    RadioInput,
    SelectInput,
)
from cocm_bot.slack.forms.form import FieldError, Form, FormErrors
from cocm_bot.slack.forms.input import ACTION_ID, Input
from cocm_bot.slack.forms.moments import DateInput, TimeInput
from cocm_bot.slack.forms.written import EmailInput, NumberInput, PhoneInput, TextInput

__all__ = [
    "ACTION_ID",
    "ChannelInput",
    "CheckboxInput",
    "CheckboxesInput",
    "Choice",
    "ChoiceSource",
    "DateInput",
    "EmailInput",
    "ExternalSelectInput",
    "FieldError",
    "Form",
    "FormErrors",
    "Input",
    "MultiSelectInput",
    "NumberInput",
    "PeopleInput",
    "PhoneInput",
    "RadioInput",
    "SelectInput",
    "TextInput",
    "TimeInput",
]

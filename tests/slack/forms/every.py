"""Forms with a field of every kind, and answers to them."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

import pytest
from pydantic import AfterValidator, create_model, model_validator

from cocm_bot.domain.fields import Email, Mrn, Phone
from cocm_bot.slack.forms import (
    ChannelInput,
    CheckboxesInput,
    CheckboxInput,
    Choice,
    DateInput,
    EmailInput,
    ExternalSelectInput,
    FieldError,
    Form,
    FormErrors,
    MultiSelectInput,
    NumberInput,
    PeopleInput,
    PhoneInput,
    RadioInput,
    SelectInput,
    TextInput,
    TimeInput,
)


class Kind(StrEnum):
    CLINIC = "Clinic"
    PHONE = "Phone"


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("Enter an even number.")
    return number


class Everything(Form):
    """A field of every kind, all of them optional."""

    text: Annotated[str, TextInput("Text", hint="On one line.", max_length=40)] = ""
    note: Annotated[str, TextInput("Note", multiline=True, placeholder="What happened?")] = ""
    whole: Annotated[int | None, NumberInput("Whole", minimum=0, maximum=27)] = None
    amount: Annotated[Decimal | None, NumberInput("Amount", decimal=True)] = None
    minutes: Annotated[float | None, NumberInput("Minutes", minimum=0.5, decimal=True)] = None
    email: Annotated[str, EmailInput("E-mail")] = ""
    phone: Annotated[str, PhoneInput("Phone")] = ""
    payer: Annotated[str | None, SelectInput("Payer", options=["Aetna", "Cigna", Choice("x", "Other")])] = (
        None
    )
    kind: Annotated[Kind | None, SelectInput("Kind", options=Kind)] = None
    place: Annotated[str | None, SelectInput("Place", options={"North": ["a", "b"], "South": ["c"]})] = None
    patient: Annotated[
        str | None, ExternalSelectInput("Patient", action_id="patient", min_query_length=2)
    ] = None
    flags: Annotated[tuple[str, ...], MultiSelectInput("Flags", options=["Risk", "Review"], most=2)] = ()
    urgency: Annotated[Kind | None, RadioInput("Urgency", options=Kind)] = None
    topics: Annotated[tuple[Kind, ...], CheckboxesInput("Topics", options=Kind)] = ()
    no_show: Annotated[bool, CheckboxInput("No show", text="No-show (missed visit or no answer)")] = False
    day: Annotated[date | None, DateInput("Day", dispatch=True)] = None
    at: Annotated[time | None, TimeInput("At")] = None
    channel: Annotated[str | None, ChannelInput("Channel")] = None
    people: Annotated[tuple[str, ...], PeopleInput("People", most=3)] = ()


class Enrolment(Form):
    """The kinds as they are used: required, with the registry's own types."""

    patient_mrn: Annotated[Mrn, TextInput("MRN", max_length=40)]
    date_of_birth: Annotated[date, DateInput("Birth date")]
    kind: Annotated[Kind, RadioInput("Kind", options=Kind)]
    topics: Annotated[tuple[Kind, ...], CheckboxesInput("Topics", options=Kind)]
    score: Annotated[int, NumberInput("PHQ-9", minimum=0, maximum=27)]
    even: Annotated[int, AfterValidator(_even), NumberInput("Even")] = 0
    email: Annotated[Email, EmailInput("E-mail")] = ""
    phone: Annotated[Phone, PhoneInput("Phone")] = ""
    payer: Annotated[str | None, SelectInput("Payer", options=["Aetna"])]

    @model_validator(mode="after")
    def _phone_needs_a_number(self) -> Self:
        if self.kind is Kind.PHONE and not self.phone:
            raise FieldError("phone", "Enter the number that was called.")
        if self.score == 13:
            raise ValueError("Thirteen is not a score we like.")
        return self


FILLED: dict[str, Any] = {
    "patient_mrn": {"input": {"value": " A-17 "}},
    "date_of_birth": {"input": {"selected_date": "2000-02-29"}},
    "kind": {"input": {"selected_option": {"value": "Clinic"}}},
    "topics": {"input": {"selected_options": [{"value": "Phone"}, {"value": "Phone"}]}},
    "score": {"input": {"value": "18"}},
    "payer": {"input": {"selected_option": None}},
}


def errors(form: type[Form], state: Any) -> dict[str, str]:
    with pytest.raises(FormErrors) as caught:
        form.read(state)
    return caught.value.errors


def with_answers(**answers: Any) -> dict[str, Any]:
    return FILLED | {name: {"input": answer} for name, answer in answers.items()}


def one_field(annotation: Any, default: Any = ...) -> type[Form]:
    return create_model("One", __base__=Form, field=(annotation, default))

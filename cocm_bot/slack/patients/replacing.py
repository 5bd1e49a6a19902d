"""Editing who a patient is where windows don't show it: what is typed replaces what is stored, unseen."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ValidationError

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import LONGEST_MRN, LONGEST_NAME, Email, Line, Mrn, PersonName
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.slack.forms import (
    CheckboxesInput,
    DateInput,
    EmailInput,
    Form,
    PhoneInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.patients.enrolment import PAYERS

KEPT = "What is stored is not shown here. Leave empty what is to stay as it is."
STORED_UNFIT = "What is stored here can't stay as it is. Enter it again."


class Removed(StrEnum):
    """A stored detail that can be taken away."""

    PHONE = "Phone"
    EMAIL = "E-mail"


_FIELDS: Mapping[Removed, str] = {Removed.PHONE: "phone_number", Removed.EMAIL: "email"}


class ReplacingForm(Form):
    """The inputs about the person; of what is stored they show the payer, who says of nobody who they are."""

    patient_mrn: Annotated[Mrn | None, TextInput("New MRN", max_length=LONGEST_MRN)] = None
    first_name: Annotated[PersonName | None, TextInput("New first name", max_length=LONGEST_NAME)] = None
    last_name: Annotated[PersonName | None, TextInput("New last name", max_length=LONGEST_NAME)] = None
    date_of_birth: Annotated[date | None, DateInput("New birth date")] = None
    phone_number: Annotated[Line, PhoneInput("New phone")] = ""
    email: Annotated[Email, EmailInput("New e-mail")] = ""
    removed: Annotated[tuple[Removed, ...], CheckboxesInput("Remove", options=tuple(Removed))] = ()
    payer: Annotated[str | None, SelectInput("Payer", options=PAYERS)] = None
    other_payer: Annotated[
        Line, TextInput("Another payer", hint="If it is not in the list.", max_length=100)
    ] = ""

    def details(self, stored: Mapping[str, str]) -> Details:
        """Return the details with what was typed in the place of what is stored.

        Raises InvalidInput naming the field where what is stored is no such thing, as another system may have
        left it, and nothing was typed in its place.
        """
        typed: dict[str, Any] = {
            name: value for name in Details.model_fields if (value := getattr(self, name)) and name != "payer"
        }
        removed = dict.fromkeys((_FIELDS[each] for each in self.removed), "")
        paying = {"payer": self.other_payer or self.payer or ""}
        try:
            return Details.model_validate({**stored, **removed, **typed, **paying})
        except ValidationError as unfit:
            field = str(unfit.errors(include_input=False)[0]["loc"][0])
        raise InvalidInput(STORED_UNFIT, field)

from datetime import time
from typing import Annotated, Any

import pytest
from pydantic import Field

from cocm_bot.slack import kit
from cocm_bot.slack.forms import (
    CheckboxInput,
    EmailInput,
    MultiSelectInput,
    NumberInput,
    PhoneInput,
    TextInput,
    TimeInput,
)
from tests.slack.forms.every import Enrolment, errors, one_field, with_answers


def test_all_errors_of_all_fields_come_at_once() -> None:
    assert errors(Enrolment, {"email": {"input": {"value": "jo@"}}, "phone": {"input": {"value": "12"}}}) == {
        "patient_mrn": "Fill this in.",
        "date_of_birth": "Choose a date.",
        "kind": "Choose one of the options.",
        "topics": "Choose one or more of the options.",
        "score": "Enter a whole number from 0 to 27.",
        "email": "Enter an e-mail address like name@clinic.org.",
        "phone": "Enter a phone number with its area code, like 555-010-0134 or +44 20 7946 0018.",
    }


@pytest.mark.parametrize(
    ("field", "answer", "sentence"),
    [
        ("patient_mrn", {"value": "   "}, "Fill this in."),
        (
            "patient_mrn",
            {"value": "a:b"},
            "Use letters, digits, spaces and - . _ / only, at most 40 characters.",
        ),
        ("patient_mrn", {"value": "x" * 41}, "Enter at most 40 characters."),
        ("score", {"value": "-1"}, "Enter a whole number from 0 to 27."),
        ("score", {"value": "28"}, "Enter a whole number from 0 to 27."),
        ("score", {"value": "18.5"}, "Enter a whole number from 0 to 27."),
        ("score", {"value": "1_8"}, "Enter a whole number from 0 to 27."),
        ("score", {"value": "١٨"}, "Enter a whole number from 0 to 27."),
        ("score", {"value": "9" * 5_000}, "Enter a whole number from 0 to 27."),
        ("score", {"value": 18}, "Enter a whole number from 0 to 27."),
        ("even", {"value": "3"}, "Enter an even number."),
        ("date_of_birth", {"selected_date": "2001-02-29"}, "Choose a date."),
        ("date_of_birth", {"selected_date": "86400"}, "Choose a date."),
        ("date_of_birth", {"selected_date": "2001-W02-1"}, "Choose a date."),
        ("kind", {"selected_option": {"value": "Home"}}, "Choose one of the options."),
        ("kind", {"selected_option": {"value": ["Clinic"]}}, "Choose one of the options."),
        ("kind", {"selected_option": "Clinic"}, "Choose one of the options."),
        (
            "topics",
            {"selected_options": [{"value": "Clinic"}, {"value": "?"}]},
            "Choose one or more of the options.",
        ),
        ("topics", {"selected_options": {"value": "Clinic"}}, "Choose one or more of the options."),
        ("topics", {"selected_options": []}, "Choose one or more of the options."),
        ("payer", {"selected_option": {"value": kit.NOTHING}}, "Choose one of the options."),
    ],
)
def test_a_wrong_answer_gets_a_sentence_at_its_field(field: str, answer: Any, sentence: str) -> None:
    assert errors(Enrolment, with_answers(**{field: answer})) == {field: sentence}


def test_a_rule_between_fields_names_its_field_or_stands_at_the_first() -> None:
    assert errors(Enrolment, with_answers(kind={"selected_option": {"value": "Phone"}})) == {
        "phone": "Enter the number that was called."
    }
    assert errors(Enrolment, with_answers(score={"value": "13"})) == {
        "patient_mrn": "Thirteen is not a score we like."
    }


def test_the_form_as_a_whole_is_judged_only_when_all_of_it_was_read() -> None:
    state = with_answers(kind={"selected_option": {"value": "Phone"}}, even={"value": "x"})
    assert errors(Enrolment, state) == {"even": "Enter a whole number."}


@pytest.mark.parametrize(
    ("annotation", "answer", "sentence"),
    [
        (Annotated[int, Field(ge=5), NumberInput("N")], {"value": "4"}, "Enter at least 5."),
        (Annotated[int, Field(lt=5), NumberInput("N")], {"value": "5"}, "Enter less than 5."),
        (Annotated[int, NumberInput("N", minimum=5)], {"value": "4"}, "Enter a whole number of at least 5."),
        (Annotated[int, NumberInput("N", maximum=5)], {"value": "6"}, "Enter a whole number of at most 5."),
        (Annotated[float, NumberInput("N", decimal=True)], {"value": "x"}, "Enter a number."),
        (Annotated[float, NumberInput("N", decimal=True)], {"value": "NaN"}, "Enter a number."),
        (
            Annotated[str, Field(max_length=3), TextInput("T")],
            {"value": "abcd"},
            "Enter at most 3 characters.",
        ),
        (Annotated[str, Field(min_length=2), TextInput("T")], {"value": "a"}, "Enter at least 2 characters."),
        (Annotated[str, Field(max_length=1), TextInput("T")], {"value": "ab"}, "Enter at most 1 character."),
        (
            Annotated[str, Field(pattern="^[0-9]+$"), TextInput("T")],
            {"value": "a"},
            "Check how this is written.",
        ),
        (
            Annotated[str, Field(pattern="^[0-9]+$"), TextInput("T", hint="Digits only.")],
            {"value": "a"},
            "Digits only.",
        ),
        (Annotated[str, EmailInput("E")], {"value": 5}, "Enter an e-mail address like name@clinic.org."),
        (
            Annotated[str, PhoneInput("P")],
            {},
            "Fill this in.",
        ),
        (Annotated[time, TimeInput("T")], {"selected_time": "24:00"}, "Choose a time."),
        (Annotated[time, TimeInput("T")], {}, "Choose a time."),
        (
            Annotated[tuple[str, ...], MultiSelectInput("M", options=["a", "b", "c"], most=2)],
            {"selected_options": [{"value": "a"}, {"value": "b"}, {"value": "c"}]},
            "Choose at most 2.",
        ),
        (
            Annotated[tuple[str, ...], Field(min_length=2), MultiSelectInput("M", options=["a", "b"])],
            {"selected_options": [{"value": "a"}]},
            "Choose at least 2.",
        ),
        (Annotated[bool, CheckboxInput("C")], {}, "Tick the box, or leave it empty."),
        (
            Annotated[bool, CheckboxInput("C")],
            {"selected_options": [{"value": "no"}]},
            "Tick the box, or leave it empty.",
        ),
    ],
)
def test_a_sentence_by_kind_and_bounds(annotation: Any, answer: Any, sentence: str) -> None:
    form = one_field(annotation)
    assert errors(form, {"field": {"input": answer}}) == {"field": sentence}

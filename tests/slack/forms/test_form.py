from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import create_model

from cocm_bot.slack.forms import CheckboxInput, DateInput, Form, FormErrors, NumberInput
from tests.slack.forms.every import FILLED, Enrolment, Everything, Kind, errors, one_field, with_answers
from tests.slack.forms.state import untouched


def test_a_form_is_read_back_with_the_types_of_its_fields() -> None:
    assert Enrolment.read(FILLED) == Enrolment(
        patient_mrn="A-17",
        date_of_birth=date(2000, 2, 29),
        kind=Kind.CLINIC,
        topics=(Kind.PHONE,),
        score=18,
        payer=None,
    )


def test_a_required_box_left_empty_means_no() -> None:
    form = one_field(Annotated[bool, CheckboxInput("Seen")])
    assert dict(form.read({"field": {"input": {"selected_options": []}}})) == {"field": False}
    assert form.blocks()[0]["optional"] is True


def test_a_field_may_be_empty_by_its_type_or_its_default() -> None:
    optional = {block["block_id"] for block in Enrolment.blocks() if block["optional"]}
    assert optional == {"even", "email", "phone", "payer"}


def test_the_blocks_carry_what_the_input_says() -> None:
    blocks = {block["block_id"]: block for block in Everything.blocks()}
    assert blocks["text"]["hint"]["text"] == "On one line."
    assert blocks["text"]["element"]["max_length"] == 40
    assert blocks["note"]["element"]["multiline"] is True
    assert blocks["note"]["element"]["placeholder"]["text"] == "What happened?"
    assert blocks["whole"]["element"] == {
        "type": "number_input",
        "action_id": "input",
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": "27",
    }
    assert blocks["minutes"]["element"]["min_value"] == "0.5"
    assert [group["label"]["text"] for group in blocks["place"]["element"]["option_groups"]] == [
        "North",
        "South",
    ]
    assert blocks["patient"]["element"]["action_id"] == "patient"
    assert blocks["patient"]["element"]["min_query_length"] == 2
    assert {name for name, block in blocks.items() if block["dispatch_action"]} == {"day"}
    assert blocks["no_show"]["element"]["options"][0]["text"]["text"] == "No-show (missed visit or no answer)"


def test_some_fields_are_drawn_in_the_order_asked_for() -> None:
    assert [block["block_id"] for block in Everything.blocks(only=["day", "text"])] == ["day", "text"]
    assert Everything.blocks(only=[]) == []


def test_defaults_are_drawn_unless_an_initial_value_stands_against_them() -> None:
    form = one_field(Annotated[int | None, NumberInput("Minutes")], 30)
    drawn = [form.blocks(initial)[0]["element"].get("initial_value") for initial in (None, {"field": None})]
    assert drawn == ["30", None]


def test_options_known_at_run_time_are_drawn_and_checked() -> None:
    payers = {"payer": ["Medicare", "Aetna"]}
    block = Everything.blocks({"payer": "Medicare"}, options=payers, only=["payer"])[0]
    assert [option["value"] for option in block["element"]["options"]] == ["Medicare", "Aetna"]
    state = untouched([block])
    assert Everything.read(state, options=payers).payer == "Medicare"
    assert errors(Everything, state) == {"payer": "Choose one of the options."}
    with pytest.raises(TypeError, match=r"Everything\.text takes no options"):
        Everything.blocks(options={"text": ["a"]})


def test_a_form_made_at_run_time_asks_for_each_measure() -> None:
    scores: dict[str, Any] = {
        f"score_{place}": (Annotated[int | None, NumberInput(name, minimum=0, maximum=most)], None)
        for place, (name, most) in enumerate([("PHQ-9", 27), ("GAD-7", 21)])
    }
    form = create_model("Contact", __base__=Everything, **scores)
    assert [block["label"]["text"] for block in form.blocks()[-2:]] == ["PHQ-9", "GAD-7"]
    state = {"score_0": {"input": {"value": "27"}}, "score_1": {"input": {"value": "22"}}}
    assert errors(form, state) == {"score_1": "Enter a whole number from 0 to 21."}
    assert form.read(state | {"score_1": {"input": {"value": "21"}}}).model_dump()["score_1"] == 21


def test_an_inherited_field_can_be_worded_anew() -> None:
    class Renamed(Everything):
        day: Annotated[date, DateInput("Date of contact")]

    assert Renamed.blocks(only=["day"])[0]["label"]["text"] == "Date of contact"
    assert Renamed.blocks(only=["day"])[0]["optional"] is False


def test_a_field_that_says_no_input_is_refused_when_the_form_is_written() -> None:
    with pytest.raises(TypeError, match=r"Broken\.name says no input"):
        create_model("Broken", __base__=Form, name=(str, ...))


def test_an_error_of_the_operation_finds_its_field() -> None:
    assert Enrolment.error_at("patient_mrn", "Taken.") == {"patient_mrn": "Taken."}
    assert Enrolment.error_at("score", "Too high.") == {"score": "Too high."}
    for unknown in (None, "nowhere"):
        assert Enrolment.error_at(unknown, "Try again.") == {"patient_mrn": "Try again."}


def test_an_error_says_nothing_of_what_was_entered() -> None:
    with pytest.raises(FormErrors) as caught:
        Enrolment.read(with_answers(email={"value": "ann.lee@"}, patient_mrn={"value": "ANN*LEE"}))
    assert str(caught.value) == "patient_mrn, email"
    assert caught.value.__context__ is None

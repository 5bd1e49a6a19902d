from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.catalogue import CATALOGUE
from cocm_bot.domain.measures.definition import band_lines, check_names, measure_key, own_measure

CATALOGUED = "GAD-7 is in the catalogue as it is: choose it there, or use another name."
NO_BAND = "Band 1: begin with a whole number, then the word, like “10 moderate”."
TOO_HIGH = "This can't be more than the highest score, 9."
FROM_0 = "A measure that asks about self-harm starts at 0, and higher is worse."
GOOD: dict[str, Any] = {
    "name": "Well-being",
    "items": 5,
    "maximum": 25,
    "bands": ["0 low", "13: good"],
    "higher_is_worse": False,
    "improved": 10,
    "remission": 13,
}


ASKS: dict[str, Any] = {
    "higher_is_worse": True,
    "improved": 10,
    "remission": 5,
    "self_harm_item": 5,
    "self_harm_top": 5,
}
"""The fields that make the measure one that asks about self-harm."""


def test_a_measure_may_ask_about_self_harm() -> None:
    measure = own_measure(GOOD | ASKS)
    assert (measure.self_harm_item, measure.most_self_harm, measure.most_without_self_harm) == (5, 5, 20)
    assert [measure.answer_words(points) for points in (0, 5)] == ["0", "5"]


def test_a_definition_becomes_a_measure() -> None:
    measure = own_measure(GOOD)
    assert (measure.band(12), measure.band(13)) == ("low", "good")
    assert (measure.improved_below, measure.remission_below) == (10, 13)
    assert not measure.accepts(26)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Use letters or digits."),
        ({"name": "!!"}, "name", "Use letters or digits."),
        (
            {"name": "gad 7"},
            "name",
            CATALOGUED,
        ),
        ({"items": 0}, "items", "Input should be greater than or equal to 1."),
        ({"change": 26}, "change", "Enter 1 to 25, or nothing."),
        ({"change": 0}, "change", "Input should be greater than or equal to 1."),
        ({"maximum": -1}, "maximum", "The highest score must be above the lowest, 0."),
        (
            {"bands": ["low"]},
            "bands",
            NO_BAND,
        ),
        ({"bands": ["0 low", "0 good"]}, "bands", "Band 2: 0 must be above the band before it."),
        ({"bands": ["0 low", "30 good"]}, "bands", "Band 2: 30 is not within 0 to 25."),
        ({"improved": 26}, "improved", "This must lie within the range, 0 to 25."),
        ({"remission": 9}, "remission", "Remission asks for at least as much as improvement, 10."),
        (
            {"higher_is_worse": True, "remission": 11},
            "remission",
            "Remission asks for at least as much as improvement, 10.",
        ),
        ({"loinc": "1-2"}, "loinc", "Extra inputs are not permitted."),
        (
            ASKS | {"self_harm_item": None},
            "self_harm_item",
            "Say which item asks about self-harm, or leave its top answer empty.",
        ),
        (ASKS | {"self_harm_item": 6}, "self_harm_item", "There are only 5 items."),
        (ASKS | {"self_harm_top": None}, "self_harm_top", "Say the highest answer of the self-harm item."),
        (ASKS | {"self_harm_top": 0}, "self_harm_top", "Input should be greater than or equal to 1."),
        (
            ASKS | {"maximum": 9, "bands": [], "self_harm_top": 10, "improved": 5, "remission": 3},
            "self_harm_top",
            TOO_HIGH,
        ),
        (ASKS | {"minimum": 1, "bands": []}, "self_harm_item", FROM_0),
        ({"self_harm_item": 5, "self_harm_top": 5}, "self_harm_item", FROM_0),
    ],
)
def test_what_makes_no_measure_is_refused_at_its_field(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        own_measure(GOOD | changes)
    assert (refused.value.field, str(refused.value)) == (field, sentence)


def test_bands_may_be_left_out_and_lines_left_empty() -> None:
    assert own_measure({"name": "Pain", "items": 1, "maximum": 10}).bands == ()
    assert band_lines("0 low\n\n  \n13 good\n") == ["0 low", "13 good"]


def test_names_that_differ_in_signs_only_are_one() -> None:
    assert measure_key("PHQ-9") == measure_key("phq 9")
    first, second = (own_measure(GOOD | {"name": name}) for name in ("Well-being", "WELL BEING"))
    check_names([*CATALOGUE.values(), first, first])
    with pytest.raises(InvalidInput, match="are too similar"):
        check_names([first, second])

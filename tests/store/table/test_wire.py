from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.store.table.wire import from_wire, to_wire


@pytest.mark.parametrize(
    ("plain", "wired"),
    [
        (18, {"N": "18"}),
        (-3, {"N": "-3"}),
        (18.5, {"N": "18.5"}),
        (20.0, {"N": "20"}),
        (0.1, {"N": "0.1"}),
        (1767268800.123456, {"N": "1767268800.123456"}),
        ("", {"S": ""}),
        (None, {"NULL": True}),
        (True, {"BOOL": True}),
        ([1, "a", None], {"L": [{"N": "1"}, {"S": "a"}, {"NULL": True}]}),
        ({"a": {"b": 0.25}}, {"M": {"a": {"M": {"b": {"N": "0.25"}}}}}),
        ({"x", "y"}, {"SS": ["x", "y"]}),
        ({0.5}, {"NS": ["0.5"]}),
        ({b"a"}, {"BS": [b"a"]}),
        (b"\x00", {"B": b"\x00"}),
    ],
)
def test_values_both_ways(plain: Any, wired: dict[str, Any]) -> None:
    written = to_wire({"a": plain})["a"]
    assert {kind: sorted(value) if kind == "SS" else value for kind, value in written.items()} == wired
    assert from_wire({"a": wired}) == {"a": plain}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("18.0", 18),
        ("-0", 0),
        ("1E+2", 100),
        ("12345678901234567890123456789012345678", 12345678901234567890123456789012345678),
        ("0.1234567890123456789", Decimal("0.1234567890123456789")),
    ],
)
def test_numbers_others_wrote_stay_exact(text: str, number: float | Decimal) -> None:
    found = from_wire({"a": {"N": text}})["a"]
    assert (found, type(found)) == (number, type(number))
    assert from_wire(to_wire({"a": found})) == {"a": number}


@given(st.floats(1e-100, 1e100) | st.floats(-1e100, -1e-100) | st.just(0.0))
def test_floats_come_back_exactly(number: float) -> None:
    assert float(from_wire(to_wire({"a": number}))["a"]) == number


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300])
def test_what_dynamodb_can_not_hold_is_refused(number: float) -> None:
    with pytest.raises((TypeError, ArithmeticError)):
        to_wire({"a": number})


@pytest.mark.parametrize(
    "value", [object(), set(), {"x", 1}, [{None}]], ids=["object", "empty set", "mixed set", "set of none"]
)
def test_what_has_no_form_in_dynamodb_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        to_wire({"a": value})


PLAIN = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(10**20), 10**20) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_it_is_the_form_that_boto3_writes_and_reads(value: Any) -> None:
    written = to_wire({"a": value})["a"]
    assert written == TypeSerializer().serialize(value)
    assert from_wire({"a": written}) == {"a": value}

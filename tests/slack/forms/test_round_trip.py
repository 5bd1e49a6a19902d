from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocm_bot.playground.blocks.limits import problems
from cocm_bot.slack import kit
from cocm_bot.slack.forms import Form, FormErrors
from tests.slack.forms.every import Enrolment, Everything, Kind
from tests.slack.forms.state import untouched
from tests.slack.texts import TEXT


@given(st.lists(TEXT, max_size=130))
@settings(deadline=None)
def test_any_list_of_options_can_be_drawn(names: list[str]) -> None:
    blocks = Everything.blocks(options={"payer": names, "flags": {"All": names}}, only=["payer", "flags"])
    assert problems("modal", kit.modal("Form", blocks, "form", submit="Save")) == []


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
        "note": st.sampled_from(["", "one\ntwo", "三\n\nвторой"]),
        "whole": st.none() | st.integers(0, 27),
        "amount": st.none() | st.decimals(-(10**9), 10**9, places=3),
        "minutes": st.none() | st.integers(1, 960).map(lambda halves: halves / 2),
        "email": st.sampled_from(["", "jo@clinic.example"]),
        "phone": st.sampled_from(["", "(212) 555-0123"]),
        "payer": st.none() | st.sampled_from(["Aetna", "x"]),
        "kind": st.none() | st.sampled_from(Kind),
        "place": st.none() | st.sampled_from("abc"),
        "patient": st.none() | st.sampled_from(["7KQ2", "K4M9"]),
        "flags": st.sampled_from([(), ("Risk",), ("Risk", "Review")]),
        "urgency": st.none() | st.sampled_from(Kind),
        "topics": st.sampled_from([(), (Kind.PHONE,), tuple(Kind)]),
        "no_show": st.booleans(),
        "day": st.none() | st.dates(),
        "channel": st.none() | st.just("C0CARETEAM"),
        "people": st.sampled_from([(), ("U0MAYA",), ("U0MAYA", "U0IRIS")]),
        "at": st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    },
)


@given(ANSWERS)
@settings(deadline=None)
def test_what_is_drawn_is_read_back(answers: dict[str, Any]) -> None:
    form = Everything(**answers)
    for initial in (form, answers):
        blocks = Everything.blocks(initial)
        assert problems("modal", kit.modal("Form", blocks, "form", submit="Save")) == []
        assert Everything.read(untouched(blocks)) == form
        assert Everything(**Everything.entered(untouched(blocks))) == form


@given(
    st.dictionaries(
        st.sampled_from(list(Everything.model_fields)), TEXT | st.integers() | st.floats() | st.none()
    )
)
@settings(deadline=None)
def test_initial_values_of_any_kind_can_be_drawn(initial: dict[str, Any]) -> None:
    assert problems("modal", kit.modal("Form", Everything.blocks(initial), "form", submit="Save")) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "text"]) | TEXT, inner)
    ),
    max_leaves=6,
)
_ENTRY = st.dictionaries(
    st.sampled_from(
        ["value", "selected_option", "selected_options", "selected_users", "selected_date", "selected_time"]
    ),
    _JSON,
)
_FIELDS = st.sampled_from([*Enrolment.model_fields, *Everything.model_fields])
_FORGED = _JSON | st.dictionaries(
    _FIELDS, _JSON | st.dictionaries(st.sampled_from(["input", "patient"]), _ENTRY | _JSON)
)


@pytest.mark.parametrize("form", [Enrolment, Everything])
@given(_FORGED)
@settings(deadline=None)
def test_forged_state_is_refused_by_field_or_read(form: type[Form], state: Any) -> None:
    outcome = read_or_refused(form, state)
    if isinstance(outcome, FormErrors):
        assert outcome.errors
        assert set(outcome.errors) <= set(form.model_fields)
        assert all(outcome.errors.values())
    else:
        assert problems("modal", kit.modal("Form", form.blocks(outcome), "form", submit="Save")) == []


def read_or_refused(form: type[Form], state: Any) -> Form | FormErrors:
    try:
        return form.read(state)
    except FormErrors as refused:
        return refused

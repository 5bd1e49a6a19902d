"""Values that nobody could enter into an element."""

from typing import Any

import pytest

from cocm_bot.playground.elements import Placed
from cocm_bot.playground.seats.entries import entry, option_named
from cocm_bot.playground.state import State
from tests.playground.blocks import Block, option, select, typed
from tests.playground.blocks import entry as input_block

IMPOSSIBLE: dict[str, tuple[Block, Any, str]] = {
    "a day that is none": (typed("datepicker"), "2026-02-29", "the picker has no date"),
    "a day in words": (typed("datepicker"), "tomorrow", "the picker has no date"),
    "an hour that is none": (typed("timepicker"), "25:00", "the picker has no time"),
    "a choice not offered": (select(), "Option 9", "no options say"),
    "an unclear choice": (select(), "Option", "2 options say"),
    "more than may be chosen": (
        typed("multi_static_select", options=[option("A"), option("B")], max_selected_items=1),
        ["A", "B"],
        "no more than 1",
    ),
    "a person who is not there": (typed("users_select"), "Nobody", "is called"),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_entered(what: str) -> None:
    element, given, reason = IMPOSSIBLE[what]
    block = input_block("Field", element, "b")
    with pytest.raises(LookupError, match=reason):
        entry(State(), Placed(block, element), given)


def test_an_exact_text_wins_over_one_that_contains_it() -> None:
    offered = [option("Follow Up Later"), option("Follow Up")]
    assert option_named("Follow Up", offered) == offered[1]
    assert option_named("later", offered) == offered[0]

"""Laws of the checks: they never stumble, what they take can be shown, and what is stored is taken again."""

import copy
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.playground import cast, reading
from cocm_bot.playground.blocks.limits import Surface, problems, suggestion_problems
from cocm_bot.playground.elements import with_ids
from cocm_bot.playground.seats import text
from cocm_bot.playground.state import Message, State, View
from tests.playground.limits.test_limits import AT_MOST, FINE

NO_FRAMES = dict.fromkeys(range(0x2500, 0x2580))
"""Takes the lines drawn around and between things away."""
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["plain_text", "section"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "elements", "options", "value", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
LEGAL: dict[str, tuple[Surface, dict[str, Any]]] = FINE | {
    what: (surface, build(most))
    for what, (most, surface, build, _) in AT_MOST.items()
    if what != "bytes of a view"  # the ids that Slack adds are bytes too
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


@given(st.data())
def test_no_payload_however_broken_makes_them_stumble(data: st.DataObject) -> None:
    surface, legal = FINE[data.draw(st.sampled_from(sorted(FINE)))]
    payload = copy.deepcopy(legal)
    path = data.draw(st.sampled_from([place for place in places(payload) if place]))
    target: Any = payload
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = data.draw(JSON)
    assert all(line.startswith("[ERROR] ") for line in problems(surface, payload))


@given(JSON)
def test_no_answer_to_a_search_makes_them_stumble(answer: Any) -> None:
    assert all(line.startswith("[ERROR] ") for line in suggestion_problems(answer))


@pytest.mark.parametrize("what", LEGAL)
def test_what_is_taken_can_be_stored_taken_again_shown_and_read(what: str) -> None:
    surface, payload = LEGAL[what]
    names = (f"id{number}" for number in count())
    stored = payload | {"blocks": with_ids(payload.get("blocks", []), names)}
    assert problems(surface, stored) == []
    shown: View | Message
    if surface == "message":
        shown = Message("1.0", cast.TEAM_CHANNEL, cast.BOT, stored.get("text", ""), stored["blocks"])
    else:
        shown = View("V1", cast.MAYA, stored, "hash", "V1")
    assert text.of(State(), shown, cast.MAYA)
    if what in FINE:
        wide = text.of(State(), shown, cast.MAYA, width=4000).translate(NO_FRAMES)
        assert reading.words(text.drawing(State(), shown, cast.MAYA)) == " ".join(wide.split())

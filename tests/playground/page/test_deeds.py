"""A press counts on a screen that was drawn again meanwhile, if it still offers the same."""

from collections.abc import Iterator
from typing import Any

import pytest

from cocm_bot.playground import cast, views
from cocm_bot.playground.page.deeds import GONE, Act, Deeds, Entry
from cocm_bot.playground.state import View
from tests.playground.studio import Studio, running_studio


@pytest.fixture
def studio() -> Iterator[Studio]:
    with running_studio() as running:
        yield running


def button(value: str | None, action: str = "open") -> dict[str, Any]:
    given = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "Open"}}
    return {"type": "actions", "elements": [given | ({"value": value} if value else {})]}


def modal(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "modal", "title": {"type": "plain_text", "text": "List"}, "blocks": list(blocks)}


def seen(view: View, row: int) -> Act:
    """A press on the button of a row, as the page sends it."""
    block, element = view.blocks[row], view.blocks[row]["elements"][0]
    chosen = Entry(block=block["block_id"], action=element["action_id"], value=element.get("value"))
    return Act(person=cast.MAYA, view=view.id, chosen=chosen)


def pressed(studio: Studio) -> list[str | None]:
    return [
        call.arguments["actions"][0].get("value")
        for call in studio.workspace.calls
        if call.name == "block_actions"
    ]


@pytest.mark.parametrize("value", ["K7Q4", None])
def test_a_press_counts_where_the_button_still_is(studio: Studio, value: str | None) -> None:
    view = studio.open(modal(button("M2X9"), button(value, "log")))
    press = seen(view, 1)
    views.update_view(studio.workspace, modal(button(value, "log"), button("M2X9")), view_id=view.id)
    Deeds(studio.workspace, "UTC").act(press)
    assert pressed(studio) == [value]


@pytest.mark.parametrize(
    "now",
    [
        [button("M2X9")],  # that patient is no longer on it
        [button("K7Q4", "log")],  # it does something else
        [button("K7Q4"), button("K7Q4")],  # which of them?
    ],
)
def test_a_press_is_refused_where_the_button_is_not(studio: Studio, now: list[dict[str, Any]]) -> None:
    view = studio.open(modal(button("K7Q4")))
    press = seen(view, 0)
    views.update_view(studio.workspace, modal(*now), view_id=view.id)
    with pytest.raises(LookupError, match=GONE):
        Deeds(studio.workspace, "UTC").act(press)
    assert pressed(studio) == []

"""A button that is pressed while its screen is drawn again is still the one that was pressed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cocm_bot.playground import cast, messages, views
from tests.browser.acts import go
from tests.browser.conftest import OpenPage
from tests.browser.everything import plain
from tests.playground.studio import Studio


def screen(words: str) -> list[dict[str, Any]]:
    button = {"type": "button", "text": plain("Press me"), "action_id": "pressed", "value": "here"}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": words}},
        {"type": "actions", "block_id": f"of-{words}", "elements": [button]},
    ]


def home(studio: Studio, words: str) -> None:
    views.publish_home(studio.workspace, cast.MAYA, {"type": "home", "blocks": screen(words)})


def window(studio: Studio, words: str) -> None:
    view = {"type": "modal", "title": plain("Window"), "blocks": screen(words)}
    if opened := studio.workspace.modals.get(cast.MAYA):
        views.update_view(studio.workspace, view, view_id=opened[0].id)
    else:
        studio.open(view)


def message(studio: Studio, words: str) -> None:
    if posted := studio.workspace.messages:
        messages.edit(studio.workspace, posted[0], {"text": words, "blocks": screen(words)})
    else:
        studio.post(screen(words))


@pytest.mark.parametrize("draw", [home, window, message])
def test_a_press_outlives_a_redraw(
    studio: Studio, visit: OpenPage, draw: Callable[[Studio, str], None]
) -> None:
    draw(studio, "before")
    page = visit(studio.url)
    if draw is home:
        go(page, "Home")
    button = page.get_by_role("button", name="Press me")
    box = button.bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    draw(studio, "after")
    expect(page.locator("body")).to_have_attribute("data-revision", str(studio.workspace.revision))
    page.mouse.up()
    studio.workspace.wait_until(
        lambda: any(each.kind == "block_actions" for each in studio.bot.heard), "the press"
    )
    expect(page.get_by_text("after", exact=True)).to_be_visible()

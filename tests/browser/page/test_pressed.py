"""A press counts, though its screen is drawn again or what was sent before is on its way."""

import threading
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.acts import command, go
from tests.browser.conftest import PATIENCE, OpenPage
from tests.browser.page.everything import plain
from tests.browser.page.redrawn import Draw, home, message, window
from tests.playground.bot import Answer
from tests.playground.studio import Studio

BUTTON = {"type": "button", "text": plain("Press me"), "value": "here"}
BOX = {"type": "checkboxes", "options": [{"text": plain("Press me"), "value": "here"}]}


def screen(words: str, pressed: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": words}},
        {"type": "actions", "block_id": f"of-{words}", "elements": [pressed | {"action_id": "pressed"}]},
    ]


@pytest.mark.parametrize(
    ("pressed", "by"),
    [(BUTTON, "mouse"), (BUTTON, "keyboard"), (BOX, "keyboard")],
    ids=["button by mouse", "button by keyboard", "box by keyboard"],
)
@pytest.mark.parametrize("draw", [home, window, message])
def test_a_press_outlives_a_redraw(
    studio: Studio, visit: OpenPage, draw: Draw, pressed: dict[str, Any], by: str
) -> None:
    draw(studio, screen("before", pressed))
    page = visit(studio.url)
    if draw is home:
        go(page, "Home")
    control = page.get_by_role("button" if pressed is BUTTON else "checkbox", name="Press me")
    if by == "mouse":
        control.hover()
        page.mouse.down()
    else:
        control.focus()
        page.keyboard.down("Space")
    draw(studio, screen("after", pressed))
    expect(page.locator("body")).to_have_attribute("data-revision", str(studio.workspace.revision))
    if by == "mouse":
        page.mouse.up()
    else:
        page.keyboard.up("Space")
    studio.workspace.wait_until(
        lambda: any(each.kind == "block_actions" for each in studio.bot.heard), "the press"
    )
    expect(page.get_by_text("after", exact=True)).to_be_visible()


def test_a_key_let_go_in_another_window_holds_nothing_back(studio: Studio, visit: OpenPage) -> None:
    home(studio, screen("before", BUTTON))
    page = visit(studio.url)
    go(page, "Home")
    page.get_by_role("button", name="Press me").focus()
    page.keyboard.down("Space")
    home(studio, screen("after", BUTTON))
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.get_by_text("after", exact=True)).to_be_visible()


@pytest.mark.parametrize("typed", ["", "something else"])
def test_a_line_is_sent_while_the_one_before_is_on_its_way(
    studio: Studio, visit: OpenPage, typed: str
) -> None:
    answered = threading.Event()

    def late(payload: dict[str, Any]) -> Answer:
        if payload["text"] == "first":
            answered.wait(PATIENCE / 1000)
        return 200, ""

    studio.bot.when("/cocm", late)
    studio.workspace.ack_seconds = PATIENCE / 1000
    page = visit(studio.url)
    for words in ("first", "second"):
        command(page, f"/cocm {words}")
    line = page.get_by_role("combobox", name="Message or command")
    expect(line).to_have_value("")
    line.fill(typed)
    answered.set()
    studio.workspace.wait_until(lambda: len(studio.bot.heard) == 2, "both lines")
    assert [each.payload["text"] for each in studio.bot.heard] == ["first", "second"]
    expect(line).to_have_value(typed)


@pytest.mark.parametrize(
    ("typed", "stands"), [("", "/nothing of ours"), ("something else", "something else")]
)
def test_a_line_that_is_refused_comes_back_unless_another_was_typed(
    studio: Studio, visit: OpenPage, typed: str, stands: str
) -> None:
    page = visit(studio.url)
    line = page.get_by_role("combobox", name="Message or command")

    def meanwhile(route: Route) -> None:
        expect(line).to_have_value("")
        line.fill(typed)
        route.continue_()

    page.route("**/do/type", meanwhile)
    command(page, "/nothing of ours")
    expect(page.locator("#line-problem")).not_to_be_empty()
    expect(line).to_have_value(stands)

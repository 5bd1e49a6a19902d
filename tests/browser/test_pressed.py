"""A press counts, though its screen is drawn again or what was sent before is on its way."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from cocm_bot.playground import cast, messages, views
from tests.browser.acts import command, go
from tests.browser.conftest import PATIENCE, OpenPage
from tests.browser.everything import plain
from tests.playground.bot import Answer
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


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
@pytest.mark.parametrize("draw", [home, window, message])
def test_a_press_outlives_a_redraw(
    studio: Studio, visit: OpenPage, draw: Callable[[Studio, str], None], by: str
) -> None:
    draw(studio, "before")
    page = visit(studio.url)
    if draw is home:
        go(page, "Home")
    button = page.get_by_role("button", name="Press me")
    if by == "mouse":
        button.hover()
        page.mouse.down()
    else:
        button.focus()
        page.keyboard.down("Space")
    draw(studio, "after")
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
    home(studio, "before")
    page = visit(studio.url)
    go(page, "Home")
    page.get_by_role("button", name="Press me").focus()
    page.keyboard.down("Space")
    home(studio, "after")
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
    page, asked = visit(studio.url), list[Route]()
    page.route("**/do/type", lambda route: asked.append(route))  # noqa: PLW0108  (it wants a function of Python)
    command(page, "/nothing of ours")
    line = page.get_by_role("combobox", name="Message or command")
    expect(line).to_have_value("")
    line.fill(typed)
    asked[0].continue_()
    expect(page.locator("#line-problem")).not_to_be_empty()
    expect(line).to_have_value(stands)

"""The focus outlives a redraw of its screen, though Slack gives the blocks of a redrawn screen other ids."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.acts import caught_up, go, modal
from tests.browser.conftest import OpenPage
from tests.browser.page.everything import plain
from tests.browser.page.redrawn import Draw, home, message, window
from tests.playground.studio import Studio


def button(value: str) -> dict[str, Any]:
    return {"type": "button", "text": plain(f"Open {value}"), "action_id": "open", "value": value}


def screen(words: str) -> list[dict[str, Any]]:
    """Blocks without ids of their own, and two buttons which differ by their value alone."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": words}},
        {"type": "actions", "elements": [button("one")]},
        {"type": "actions", "elements": [button("two")]},
    ]


def focused(studio: Studio, visit: OpenPage, draw: Draw) -> tuple[Page, Locator]:
    draw(studio, screen("before"))
    page = visit(studio.url)
    if draw is home:
        go(page, "Home")
    opener = page.get_by_role("button", name="Open two")
    opener.focus()
    expect(opener).to_be_focused()
    return page, opener


@pytest.mark.parametrize("draw", [home, message, window])
def test_what_has_the_focus_keeps_it(studio: Studio, visit: OpenPage, draw: Draw) -> None:
    page, opener = focused(studio, visit, draw)
    draw(studio, screen("after"))
    expect(page.get_by_text("after", exact=True)).to_be_visible()
    expect(opener).to_be_focused()


ABOVE = {"type": "modal", "title": plain("Above"), "blocks": screen("above")}


def before(studio: Studio, draw: Draw) -> None:
    draw(studio, screen("after"))
    studio.open(ABOVE)


def together(studio: Studio, draw: Draw) -> None:
    with studio.workspace.change():
        before(studio, draw)


def meanwhile(studio: Studio, draw: Draw) -> None:
    studio.open(ABOVE)
    draw(studio, screen("after"))


@pytest.mark.parametrize("order", [before, together, meanwhile])
@pytest.mark.parametrize("draw", [home, message])
def test_the_focus_returns_to_a_screen_that_was_redrawn(
    studio: Studio, visit: OpenPage, draw: Draw, order: Callable[[Studio, Draw], None]
) -> None:
    page, opener = focused(studio, visit, draw)
    order(studio, draw)
    expect(modal(page, "Above")).to_be_visible()
    expect(page.get_by_text("after", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_tab_keeps_the_focus(studio: Studio, visit: OpenPage) -> None:
    page = visit(studio.url)
    page.get_by_role("button", name="Home", exact=True).last.press("Enter")
    expect(page.get_by_label("App Home")).to_be_visible()
    expect(page.get_by_role("button", name="Home", exact=True).last).to_be_focused()


def closed(studio: Studio) -> None:
    studio.workspace.seat("Maya Okafor").close()


def drawn_again(studio: Studio) -> None:
    window(studio, screen("after"))


@pytest.mark.parametrize("follows", [closed, drawn_again])
def test_who_went_on_to_the_clock_stays_there(
    studio: Studio, visit: OpenPage, follows: Callable[[Studio], None]
) -> None:
    """The window they come from is drawn again, or gone, only after they went."""
    page, _ = focused(studio, visit, window)
    page.get_by_title("Move the clock").click()
    first = page.get_by_role("button", name="Half an hour on")
    expect(first).to_be_focused()
    follows(studio)
    caught_up(page, studio.workspace)
    expect(first).to_be_focused()
    expect(page.get_by_label("The morning of")).to_be_visible()


def test_who_went_on_while_the_clock_moved_stays_there(studio: Studio, visit: OpenPage) -> None:
    """The answer comes once they are at the composer: what they type goes on there."""
    page = visit(studio.url)
    held_back: list[Route] = []

    def hold(route: Route) -> None:
        held_back.append(route)

    page.route("**/do/clock", hold)
    page.get_by_title("Move the clock").click()
    page.get_by_role("button", name="Half an hour on").click()
    line = page.get_by_role("combobox", name="Message or command")
    line.click()
    page.keyboard.type("hel")
    while not held_back:
        page.wait_for_timeout(10)
    with page.expect_response("**/do/clock") as answered:
        held_back[0].continue_()
    answered.value.finished()
    page.keyboard.type("lo")
    page.keyboard.press("Enter")
    # It is sent after the move was answered.
    expect(page.get_by_role("article").filter(has_text="hello")).to_be_visible()
    expect(line).to_be_focused()

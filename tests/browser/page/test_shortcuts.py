"""The shortcuts of the manifest, from the ⚡ beside the composer and from what a slash offers."""

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import MANIFEST, Demo, offer_of
from tests.browser.acts import go
from tests.browser.conftest import OpenPage, Shoot

OPENS = {
    "Log a contact": "Which patient?",
    "Find a patient": "Which patient?",
    "Add a patient": "Birth date",
}


def test_every_shortcut_is_tried_here() -> None:
    assert [shortcut.name for shortcut in offer_of(MANIFEST).shortcuts] == list(OPENS)


@pytest.mark.parametrize("name", OPENS)
def test_a_shortcut_by_mouse(demo: Demo, visit: OpenPage, shoot: Shoot, name: str) -> None:
    page = visit(demo.url)
    before = list(demo.workspace.refusals)
    go(page, "care-team")
    bolt = page.get_by_role("button", name="Shortcuts")
    bolt.click()
    expect(bolt).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("menuitem")).to_have_count(len(OPENS))
    shoot(page, "shortcuts")
    bolt.click()
    expect(page.get_by_role("menu")).to_have_count(0)
    bolt.click()
    page.get_by_role("menuitem", name=name).click()
    opened(page, name)
    assert [
        refusal for refusal in demo.workspace.refusals if not refusal.race and refusal not in before
    ] == []


@pytest.mark.parametrize(("downs", "name"), list(enumerate(OPENS)))
def test_a_shortcut_by_keyboard(demo: Demo, visit: OpenPage, downs: int, name: str) -> None:
    page = visit(demo.url)
    page.get_by_role("combobox", name="Message or command").focus()
    page.keyboard.press("Shift+Tab")  # the button that shares a file
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Shortcuts")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Enter")
    for _ in range(downs):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name=name)).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, name)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Shortcuts")).to_be_focused()


def test_a_slash_finds_a_shortcut_by_a_word_of_its_name(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url)
    line = page.get_by_role("combobox", name="Message or command")
    line.press_sequentially("/fi")
    expect(page.get_by_role("option")).to_have_count(1)
    line.press("Enter")
    opened(page, "Find a patient")
    expect(line).to_have_value("")


def test_a_shortcut_is_refused_as_its_command_is(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url, person="Gus Moreau")
    go(page, "care-team")
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Find a patient").click()
    expect(page.get_by_role("dialog")).to_contain_text("not for guests")


def opened(page: Page, name: str) -> None:
    """The window the shortcut of this name opens."""
    expect(page.locator("form.modal:not([aria-busy])")).to_contain_text(OPENS[name])

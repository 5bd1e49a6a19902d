"""People's actions on the page, by the words they read."""

import re

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from cocm_bot.playground.workspace import Workspace

TRIES, SOON = 10, 2_000
"""The times a menu is opened, and milliseconds for its entry to be pressed each time."""


def command(page: Page, line: str) -> None:
    """Type a slash command and send it."""
    box = page.get_by_role("combobox", name="Message or command")
    box.fill(line)
    page.get_by_role("button", name="Send").click()


def newest(page: Page) -> Locator:
    """The newest message."""
    return page.get_by_role("article").last


def message(page: Page, words: str) -> Locator:
    """The newest message that says this: others may come after it."""
    return page.get_by_role("article").filter(has_text=words).last


def modal(page: Page, title: str) -> Locator:
    """The window of this title, once it is no longer loading."""
    return page.locator("form.modal:not([aria-busy])").filter(has=page.get_by_role("heading", name=title))


def leave(page: Page) -> None:
    """Close all windows, if any is open."""
    windows = page.get_by_role("dialog")
    if windows.count():
        windows.locator(".modal-head .x").click()
        expect(windows).to_have_count(0)


def caught_up(page: Page, workspace: Workspace) -> None:
    """Wait until nothing happens any longer, and the page shows all that did."""
    workspace.settled()
    shown = "revision => Number(document.body.dataset.revision) >= revision"
    page.wait_for_function(shown, arg=workspace.revision)


def choose(page: Page, within: Locator, label: str, words: str) -> None:
    """Choose in a menu by its label; a window that is drawn again closes its menu, which is opened again."""
    option = page.get_by_role("option", name=words, exact=True)
    for left in reversed(range(TRIES)):
        if not option.is_visible():
            within.get_by_role("combobox", name=label).click()
        try:
            option.click(timeout=SOON)
        except NotInTime:
            if not left:
                raise
        else:
            return


def go(page: Page, place: str) -> None:
    """Turn to a place in the list at the side."""
    name = re.compile(rf"^{re.escape(place)}(, \d+ unread)?$")
    page.get_by_role("navigation").get_by_role("button", name=name).click()


def become(page: Page, name: str) -> None:
    """Turn to another person's screen, and wait until it is theirs."""
    person = page.get_by_role("navigation").get_by_role("button", name=name)
    person.click()
    expect(person).to_have_attribute("aria-current", "true")

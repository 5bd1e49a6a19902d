"""Home, help, today and the digest of every role, for those who look at the pictures."""

import re

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become, command, go, newest
from tests.browser.conftest import OpenPage, Shoot

WIDTHS = (1280, 400)
ROLES = {
    "Maya Okafor": "care-manager",
    "Iris Lindqvist": "psychiatrist",
    "Samuel Adeyemi": "physician",
    "Lena Novak": "clinical-ops",
    "Omar Haddad": "finance",
    "Noor Rahimi": "nobody",
}


@pytest.mark.long(25)
@pytest.mark.timeout(300)
def test_each_role_at_both_widths(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, width=WIDTHS[0])
    for person, role in ROLES.items():
        become(page, person)
        go(page, "Home")
        expect(page.get_by_label("App Home")).to_contain_text(re.compile("Hello|registry"))
        fits_both(page, shoot, f"role-{role}-home")
        go(page, "Messages")
        for line in ("help", "today", "digest"):
            said = page.get_by_role("article").count()
            page.get_by_role("combobox", name="Message or command").fill(f"/cocm {line}")
            page.keyboard.press("Enter")
            expect(page.get_by_role("article")).to_have_count(said + 1)
            expect(newest(page)).to_contain_text(re.compile(r"\w"))
            fits_both(page, shoot, f"role-{role}-{line}")
    assert [each for each in demo.workspace.refusals if not each.race] == []


def fits_both(page: Page, shoot: Shoot, name: str) -> None:
    """Check a screen at both widths; it is left at the one it is worked at."""
    for width in (*WIDTHS, WIDTHS[0]):
        page.set_viewport_size({"width": width, "height": 800})
        fits(page, width)
        shoot(page, f"{name}-{width}")


CLIPPED = """(window) => [...window.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth && !each.closest(".item-table, table"))
    .map((each) => each.outerHTML.slice(0, 80))"""
"""The elements that go beyond the screen's edge, but for tables, which scroll in a frame of their own."""
WINDOWS = {
    "Maya Okafor": ("patient {handle}", "log {handle}", "add", "review", "registry settings", "audit"),
    "Omar Haddad": ("billing", "team"),
}
"""Commands that open a window, by who types them."""


@pytest.mark.long(30)
@pytest.mark.timeout(300)
def test_windows_on_a_phone(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, width=400)
    become(page, "Maya Okafor")
    go(page, "Messages")
    command(page, "/cocm today")
    opening = newest(page).get_by_role("button", name=re.compile(r"^Open [A-Z0-9]{4}$")).first
    handle = str(opening.get_attribute("aria-label")).split()[1]
    for person, lines in WINDOWS.items():
        become(page, person)
        go(page, "Messages")
        for line in lines:
            command(page, f"/cocm {line.format(handle=handle)}")
            window = page.locator("form.modal:not([aria-busy])")
            expect(window).to_contain_text(re.compile(r"\w"))
            expect(window.get_by_role("heading", name="Loading")).to_have_count(0)
            fits(page, 400)
            assert window.evaluate(CLIPPED) == []
            shoot(page, f"window-{line.split()[0]}-400")
            page.keyboard.press("Escape")
            expect(window).to_have_count(0)
    assert [each for each in demo.workspace.refusals if not each.race] == []


def fits(page: Page, width: int) -> None:
    """Check that nobody has to scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width

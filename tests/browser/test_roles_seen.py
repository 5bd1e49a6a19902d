"""Home, help, today and the digest of every role, for those who look at the pictures."""

import re

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become, go, newest
from tests.browser.conftest import OpenPage, Shoot

ROLES = {
    "Maya Okafor": "care-manager",
    "Iris Lindqvist": "psychiatrist",
    "Samuel Adeyemi": "physician",
    "Lena Novak": "clinical-ops",
    "Omar Haddad": "finance",
    "Noor Rahimi": "nobody",
}


@pytest.mark.long(40)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [1280, 400])
def test_each_role_at_both_widths(demo: Demo, visit: OpenPage, shoot: Shoot, width: int) -> None:
    page = visit(demo.url, width=width)
    for person, role in ROLES.items():
        become(page, person)
        go(page, "Home")
        expect(page.get_by_label("App Home")).to_contain_text(re.compile("Hello|registry"))
        fits(page, width)
        shoot(page, f"role-{role}-home-{width}")
        go(page, "Messages")
        for line in ("help", "today", "digest"):
            said = page.get_by_role("article").count()
            page.get_by_role("combobox", name="Message or command").fill(f"/cocm {line}")
            page.keyboard.press("Enter")
            expect(page.get_by_role("article")).to_have_count(said + 1)
            expect(newest(page)).to_contain_text(re.compile(r"\w"))
            fits(page, width)
            shoot(page, f"role-{role}-{line}-{width}")
    assert [each for each in demo.workspace.refusals if not each.race] == []


def fits(page: Page, width: int) -> None:
    """Check that nobody has to scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width

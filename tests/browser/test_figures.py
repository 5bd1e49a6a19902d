"""The figures of the program as people see them: the screen, and the month in the Ops' report."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import command, go, message, modal, newest
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.test_clock import open_clock
from tests.rig.demos import unhurried_demo

START = datetime(2026, 4, 3, 15, 30, tzinfo=UTC)
"""A Friday; the first report of the month is the next Monday's."""
LOOKS = [(1280, False), (1280, True), (400, False), (400, True)]
TALL = 2600
"""High enough for a whole screen in one picture."""


@pytest.fixture
def april_demo() -> Iterator[Demo]:
    with unhurried_demo(patients=60, begins=START) as running:
        yield running


def morning_of(page: Page, day: str) -> None:
    open_clock(page)
    page.get_by_label("The morning of").fill(day)
    page.get_by_role("button", name="Go").click()


@pytest.mark.long(30)
@pytest.mark.timeout(240)
def test_the_month_and_the_year_at_both_widths_light_and_dark(
    april_demo: Demo, visit: OpenPage, shoot: Shoot
) -> None:
    page = visit(april_demo.url, person="Lena Novak")
    go(page, "Messages")
    morning_of(page, "2026-04-06")
    expect(message(page, "March 2026")).to_be_visible()
    seen(page, shoot, "charts")
    command(page, "/cocm figures year")
    expect(modal(page, "Figures").get_by_role("img")).to_be_visible()
    seen(page, shoot, "screen")
    modal(page, "Figures").get_by_role("button", name="Close", exact=True).last.click()
    # Slack without the block: the same report has the picture.
    april_demo.workspace.unknown_blocks.add("data_visualization")
    morning_of(page, "2026-05-04")
    april = message(page, "April 2026")
    expect(april.get_by_role("img", name=re.compile("10 months"))).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    seen(page, shoot, "picture")


def seen(page: Page, shoot: Shoot, name: str) -> None:
    """Look at what is in front at each width, in light and dark: nobody has to scroll sideways."""
    for width, dark in LOOKS:
        shade(page, dark=dark)
        page.set_viewport_size({"width": width, "height": TALL})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for wide in page.locator(".chart .table:visible").all():
            assert wide.evaluate("each => each.scrollWidth <= each.clientWidth")
        newest(page).evaluate("message => message.scrollIntoView({ block: 'end' })")
        shoot(page, f"figures-{name}-{width}-{'dark' if dark else 'light'}")
    page.set_viewport_size({"width": 1280, "height": 800})
    shade(page, dark=False)


def shade(page: Page, *, dark: bool) -> None:
    """Turn the page light or dark, as its own button does."""
    wanted = page.get_by_role("button", name="Dark" if dark else "Light", exact=True)
    if wanted.count():
        # A modal lies over it.
        wanted.dispatch_event("click")

"""Moving the clock forward shows what will be due."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import command
from tests.browser.conftest import OpenPage, Shoot
from tests.rig.demos import unhurried_demo

START = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # a Monday, half past ten in New York
DIGEST = "Your caseload today"


@pytest.fixture
def march_demo() -> Iterator[Demo]:
    with unhurried_demo(patients=12, begins=START) as running:
        yield running


def test_the_clock_moves_and_more_becomes_due(march_demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(march_demo.url)
    before = due(page)
    open_clock(page)
    shoot(page, "clock")
    page.get_by_role("button", name="Next morning, 8:00").click()
    expect(page.get_by_text("Tue, Mar 3, 2026, 8:00 AM")).to_be_visible()
    open_clock(page)
    page.get_by_role("button", name="One week on").click()
    # New York's clocks went forward on 8 March: eight in the morning stays eight
    expect(page.get_by_text("Tue, Mar 10, 2026, 8:00 AM")).to_be_visible()
    open_clock(page)
    page.get_by_label("The morning of").fill("2026-03-09")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("The clock only moves forward")).to_be_visible()
    page.get_by_label("The morning of").fill("2026-05-01")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("Fri, May 1, 2026, 8:00 AM")).to_be_visible()
    assert march_demo.clock.now() - datetime(2026, 5, 1, 12, tzinfo=UTC) < timedelta(minutes=1)
    assert due(page) > before
    expect(page.get_by_text("Friday, May 1")).to_be_visible()
    assert [each for each in march_demo.workspace.refusals if not each.race] == []


def open_clock(page: Page) -> None:
    page.get_by_title("Move the clock").click()


def due(page: Page) -> int:
    """Return how many patients `today` counts."""
    counts = re.compile(r"(\d+) patients? needs? you today")
    # A digest, which says so too, comes whenever it comes.
    answers = page.get_by_role("article").filter(has_text=counts, has_not_text=DIGEST)
    there = answers.count()
    command(page, "/cocm today")
    expect(answers).to_have_count(there + 1)
    found = counts.search(answers.last.inner_text())
    assert found
    return int(found[1])

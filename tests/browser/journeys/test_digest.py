"""The next morning's digest: it arrives, a row is snoozed, another logged from and struck through."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import modal
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.test_clock import open_clock
from tests.rig.demos import unhurried_demo

START = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
"""A Monday, half past ten in New York."""


@pytest.fixture
def march_demo() -> Iterator[Demo]:
    with unhurried_demo(patients=40, begins=START) as running:
        yield running


@pytest.mark.timeout(180)
def test_the_digest_of_the_next_morning(march_demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(march_demo.url)
    open_clock(page)
    page.get_by_role("button", name="Next morning, 8:00").click()
    # Not the newest message: others may come after it.
    digest = page.get_by_role("article").filter(has_text="Your caseload today")
    expect(digest).to_have_count(1)
    shoot(page, "digest-1-arrives")

    snoozed, logged = handles(digest)[:2]
    act(page, digest, snoozed, "Snooze")
    form = modal(page, "Snooze")
    form.get_by_label("3 days").check()
    form.get_by_label("Why").fill("On holiday")
    shoot(page, "digest-2-snooze")
    form.get_by_role("button", name="Snooze", exact=True).click()
    expect(modal(page, "Patient")).to_contain_text("Snoozed until 6 Mar 2026 by Maya Okafor: On holiday")
    shoot(page, "digest-3-snoozed-card")
    close(page)
    expect(digest.locator("s")).to_contain_text(snoozed)
    expect(digest).to_contain_text("Snoozed by Maya at")

    act(page, digest, logged, "Log a contact")
    form = modal(page, "Log a contact")
    form.get_by_label("Minutes").fill("20")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(modal(page, "Patient")).to_contain_text("Saved.")
    close(page)
    expect(digest.locator("s").filter(has_text=logged)).to_have_count(1)
    expect(digest.locator("s")).to_have_count(2)
    expect(digest).to_contain_text("Contact logged by Maya at")
    shoot(page, "digest-4-struck")
    assert [each for each in march_demo.workspace.refusals if not each.race] == []


def handles(digest: Locator) -> list[str]:
    """The patients of the rows, least grave first."""
    opening = digest.page.get_by_role("button", name=re.compile("^Open "))
    rows = digest.locator(".block-section").filter(has=opening)
    return [row.inner_text().split()[0] for row in reversed(rows.all())]


def act(page: Page, digest: Locator, handle: str, words: str) -> None:
    digest.get_by_role("combobox", name="More for a patient…").click()
    page.get_by_role("option", name=re.compile(f"^{words}: {handle} · ")).click()


def close(page: Page) -> None:
    modal(page, "Patient").get_by_role("button", name="Close", exact=True).last.click()
    expect(page.get_by_role("dialog")).to_have_count(0)

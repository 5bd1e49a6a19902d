"""The picture the README opens with."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import command, newest
from tests.browser.conftest import SCREENSHOTS, OpenPage, Shoot
from tests.rig.demos import unhurried_demo

PICTURE = Path(__file__).parents[2] / "docs" / "playground.png"
LARGEST = 300_000
START = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # the same patients, dates and times in every picture


@pytest.fixture
def pictured_demo() -> Iterator[Demo]:
    with unhurried_demo(patients=12, begins=START) as running:
        yield running


def test_the_readme_has_its_picture(pictured_demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    """Made again for docs/ only when COCM_PICTURE is set: fonts differ from machine to machine."""
    page = visit(pictured_demo.url)
    page.set_viewport_size({"width": 1280, "height": 660})
    command(page, "/cocm today")
    expect(newest(page)).to_contain_text("need you today")
    newest(page).get_by_role("button", name="Inspect this message").click()
    expect(page.get_by_role("complementary", name="Inspector")).to_contain_text("index caseload")
    page.mouse.move(640, 600)
    made = SCREENSHOTS / "playground.png"
    made.parent.mkdir(exist_ok=True)
    page.screenshot(path=made)
    assert made.stat().st_size < LARGEST
    if "COCM_PICTURE" in os.environ or not PICTURE.exists():
        PICTURE.parent.mkdir(exist_ok=True)
        shutil.copy(made, PICTURE)

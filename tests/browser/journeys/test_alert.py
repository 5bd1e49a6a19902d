"""A safety flag nobody takes goes up the line: who treats the patient, the cover, the admins."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become, command, modal, newest
from tests.browser.conftest import OpenPage, Shoot
from tests.browser.test_clock import open_clock
from tests.rig.demos import unhurried_demo
from tests.rig.scenes import sees

START = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
"""A Monday, half past ten in New York."""


@pytest.fixture
def march_demo() -> Iterator[Demo]:
    with unhurried_demo(patients=4, begins=START) as running:
        yield running


@pytest.mark.timeout(240)
def test_a_safety_flag_goes_up_the_line_until_it_is_taken(
    march_demo: Demo, visit: OpenPage, shoot: Shoot
) -> None:
    lena_covers(march_demo)
    handle = min(patients_of(march_demo))
    page = visit(march_demo.url, person="Samuel Adeyemi")
    raise_flag(page, handle, shoot)

    become(page, "Iris Lindqvist")
    expect(newest(page)).to_contain_text("a Safety Risk flag was raised")
    expect(newest(page)).to_contain_text("This is not an emergency service")
    shoot(page, "alert-2-psychiatrist")

    half_an_hour_on(page)
    become(page, "Lena Novak")
    expect(newest(page)).to_contain_text("Nobody has taken this for 30 minutes")
    expect(newest(page).get_by_role("button", name="I have it")).to_have_count(0)
    shoot(page, "alert-3-cover")

    half_an_hour_on(page)
    become(page, "Maya Okafor")
    expect(newest(page)).to_contain_text("Nobody has taken this for 60 minutes")
    shoot(page, "alert-4-admin")

    become(page, "Iris Lindqvist")
    newest(page).get_by_role("button", name="I have it").click()
    expect(newest(page)).to_contain_text("Iris Lindqvist has it, since 2 Mar 2026")
    shoot(page, "alert-5-taken")
    for person in ("Maya Okafor", "Lena Novak"):
        become(page, person)
        expect(newest(page)).to_contain_text("Iris Lindqvist has it, since 2 Mar 2026")
        expect(newest(page).get_by_role("button", name="I have it")).to_have_count(0)
    shoot(page, "alert-6-others")
    become(page, "Iris Lindqvist")
    newest(page).get_by_role("button", name="Open the card").click()
    expect(modal(page, "Patient")).to_contain_text("Taken by Iris Lindqvist, 2 Mar 2026")
    shoot(page, "alert-7-card")
    assert [each for each in march_demo.workspace.refusals if not each.race] == []


def lena_covers(demo: Demo) -> None:
    """Maya sets it in the registry's settings."""
    maya = demo.workspace.seat("Maya Okafor", patience=30)
    maya.command("/cocm registry settings")
    sees(maya, "Registry settings", "Later follow-up every (days)")
    maya.press("Messages")
    sees(maya, "Who covers for safety alerts")
    maya.fill({"Who covers for safety alerts": "Lena Novak"})
    assert maya.submit() is None
    sees(maya, "Saved")
    maya.close(everything=True)


def patients_of(demo: Demo) -> list[str]:
    maya = demo.workspace.seat("Maya Okafor", patience=30)
    maya.command("/cocm caseload all")
    found = sees(maya, "Caseload")
    return [word for word in found.split() if len(word) == 4 and word.isupper() and word.isalnum()]


def raise_flag(page: Page, handle: str, shoot: Shoot) -> None:
    command(page, f"/cocm patient {handle}")
    card = modal(page, "Patient")
    card.get_by_role("button", name="Raise a flag").click()
    form = modal(page, "Raise a flag")
    form.get_by_label("Safety Risk").check()
    form.get_by_label("Why").fill("Called in distress")
    form.get_by_role("button", name="Raise", exact=True).click()
    expect(modal(page, "Patient")).to_contain_text("The psychiatrist is being notified now")
    shoot(page, "alert-1-raised")
    modal(page, "Patient").get_by_role("button", name="Close", exact=True).last.click()


def half_an_hour_on(page: Page) -> None:
    open_clock(page)
    page.get_by_role("button", name="Half an hour on").click()

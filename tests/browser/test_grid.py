"""Two workspaces in the browser: apart, together, and in the channels they share."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from cocm_bot.cli.synthetic.demo import Grid
from cocm_bot.playground import cast
from tests.browser.acts import command, go
from tests.rig.demos import unhurried_grid_demo

OpenPage = Callable[..., Page]
Shoot = Callable[[Page, str], None]


def test_a_second_workspace_has_nothing_of_the_first(visit: OpenPage, shoot: Shoot) -> None:
    with unhurried_grid_demo(Grid.APART, patients=20) as demo:
        first, second = demo.pages[cast.TEAM], demo.pages[cast.SISTER_TEAM]
        here = visit(first, person="Maya Okafor")
        command(here, "/cocm caseload")
        expect(here.locator("body")).to_contain_text("Riverside Family Clinic")
        shoot(here, "grid-first-workspace")
        there = visit(second, person="Maya Okafor")
        command(there, "/cocm caseload")
        expect(there.locator("body")).to_contain_text("You are not in a patient registry yet")
        expect(there.locator("body")).not_to_contain_text("Riverside")
        expect(there.get_by_role("banner")).to_contain_text(f"Workspace {cast.SISTER_TEAM}")
        shoot(there, "grid-second-workspace")


def test_the_app_is_installed_in_a_browser(chromium: Browser) -> None:
    with unhurried_grid_demo(Grid.APART, patients=0) as demo, chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo.bot_url}/slack/install")
        page.get_by_role("link", name=f"Allow in {cast.SISTER_TEAM}").click()
        expect(page.locator("body")).to_contain_text("The app is installed.")
        page.reload()
        expect(page.locator("body")).to_contain_text("out of date or was used already")


def test_an_organization_works_together_and_its_shared_channels_are_told_apart(
    visit: OpenPage, shoot: Shoot
) -> None:
    with unhurried_grid_demo(Grid.TOGETHER, patients=20) as demo:
        url = demo.pages[cast.TEAM]
        iris = visit(url, person="Iris Lindqvist")  # she works in the other workspace alone
        command(iris, "/cocm caseload")
        expect(iris.locator("body")).to_contain_text("Riverside Family Clinic")
        shoot(iris, "grid-organization")
        maya = visit(url, person="Maya Okafor")
        go(maya, "all-clinics")
        command(maya, "/cocm caseload")
        expect(maya.locator("body")).to_contain_text("shared between workspaces of your organization")
        shoot(maya, "grid-org-shared-channel")
        expect(maya.locator("#head")).to_contain_text("People of other workspaces of the organization")
        go(maya, "shared-with-partner")
        command(maya, "/cocm caseload")
        expect(maya.locator("body")).to_contain_text("I stay silent in channels shared with other companies")
        shoot(maya, "grid-external-channel")

"""A new clinic on the page: from an empty table to a team of five, with a picture of each stage."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import become, choose, command, leave, modal, newest
from tests.browser.conftest import OpenPage, Shoot
from tests.rig.demos import unhurried_demo

FULL = ViewportSize(width=1280, height=1100)
TEAM = {
    "Maya Okafor": "Care Manager",
    "Iris Lindqvist": "Consulting Psychiatrist",
    "Samuel Adeyemi": "Primary Care Physician",
    "Omar Haddad": "Finance",
}
ANA = {"MRN": "J-2041", "First name": "Ana", "Last name": "Muñoz", "Birth date": "1984-02-29"}


@pytest.fixture
def nothing() -> Iterator[Demo]:
    """A demo with nothing in its table."""
    with unhurried_demo(patients=None) as running:
        yield running


@pytest.mark.timeout(180)
def test_from_an_empty_table_to_a_team_of_five(nothing: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(nothing.url, person="Noor Rahimi")
    page.set_viewport_size(FULL)
    set_up(page, shoot)
    for name, role in TEAM.items():
        invite(page, name, role)
    shoot(page, "clinic-3-invited")
    leave(page)
    for name in TEAM:
        become(page, name)
        expect(newest(page)).to_contain_text("Noor Rahimi invites you to the patient registry Lakeside")
        if name == "Maya Okafor":
            shoot(page, "clinic-4-invitation")
        newest(page).get_by_role("button", name="Accept").click()
        expect(newest(page)).to_contain_text("You are in Lakeside.")
    become(page, "Noor Rahimi")
    complete(page, shoot)
    become(page, "Maya Okafor")
    handle = enrolled(page)
    become(page, "Iris Lindqvist")
    command(page, f"/cocm patient {handle}")
    expect(modal(page, "Patient")).to_contain_text("Ana Muñoz")
    leave(page)
    become(page, "Omar Haddad")
    command(page, f"/cocm patient {handle}")
    expect(modal(page, "Patient")).to_contain_text("As Finance you may not search for a patient.")
    expect(page.get_by_text("Muñoz")).to_have_count(0)
    shoot(page, "clinic-7-finance")
    assert [each for each in nothing.workspace.refusals if not each.race] == []


def set_up(page: Page, shoot: Shoot) -> None:
    command(page, "/cocm registry new")
    form = modal(page, "New registry")
    form.get_by_label("Name", exact=True).fill("Lakeside")
    choose(page, form, "Your role", "Clinical Ops")
    shoot(page, "clinic-1-registry")
    form.get_by_role("button", name="Set up").click()
    created = modal(page, "Registries")
    expect(created).to_contain_text("Lakeside is set up, and you work in it now as its admin.")
    created.get_by_role("button", name="Team").click()
    team = modal(page, "Team")
    expect(team).to_contain_text("You are alone here so far.")
    shoot(page, "clinic-2-alone")


def invite(page: Page, name: str, role: str) -> None:
    """From the team's list, which then shows who was invited."""
    modal(page, "Team").get_by_role("button", name="Invite…").click()
    form = modal(page, "Invite people")
    form.get_by_role("combobox", name="People in Slack").fill(name)
    page.get_by_role("option", name=f"@{name}").click()
    choose(page, form, "Role", role)
    form.get_by_role("button", name="Invite", exact=True).click()
    done = modal(page, "Invite people")
    expect(done).to_contain_text(f"{name} is invited as {role}.")
    done.get_by_role("button", name="Close", exact=True).last.click()
    expect(modal(page, "Team")).to_contain_text(name)


def complete(page: Page, shoot: Shoot) -> None:
    """Everybody is in; the care manager becomes an admin too."""
    command(page, "/cocm team")
    team = modal(page, "Team")
    expect(team).to_contain_text("Lakeside · 5 members")
    shoot(page, "clinic-5-team")
    team.get_by_role("button", name="Change Maya Okafor").click()
    member = modal(page, "Member")
    expect(member).to_contain_text("Maya Okafor · Care Manager")
    shoot(page, "clinic-6-member")
    member.get_by_role("button", name="Make admin").click()
    asked = page.get_by_role("dialog").last
    expect(asked).to_contain_text("Make Maya Okafor an admin?")
    asked.get_by_role("button", name="Make admin").click()
    expect(member).to_contain_text("An admin now.")
    leave(page)
    command(page, "/cocm team roles")
    expect(modal(page, "Who may do what")).to_contain_text("An admin, whatever their role")
    shoot(page, "clinic-roles")
    leave(page)


def enrolled(page: Page) -> str:
    command(page, "/cocm add")
    form = modal(page, "Add a patient")
    for label, words in ANA.items():
        form.get_by_label(label).fill(words)
    form.get_by_role("button", name="Add", exact=True).click()
    card = modal(page, "Patient")
    expect(card).to_contain_text("Added. Handle")
    handle = card.inner_text().partition("Added. Handle ")[2].partition(":")[0]
    leave(page)
    return handle

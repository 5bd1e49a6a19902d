"""Each person sees their own messages, outsiders nothing, and silence where others read along."""

from playwright.sync_api import expect

from cocm_bot.cli.synthetic.demo import MANIFEST, Demo, offer_of
from tests.browser.acts import become, command, go, newest
from tests.browser.conftest import OpenPage, Shoot

NEAR = 2
"""Pixels that rounding may take."""


def test_each_person_sees_their_own_answers(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url)
    go(page, "care-team")
    command(page, "/cocm today")
    expect(newest(page)).to_contain_text("Only visible to you")
    expect(newest(page)).to_contain_text("need you today")
    become(page, "Iris Lindqvist")
    go(page, "care-team")
    expect(page.get_by_role("article")).to_have_count(0)
    command(page, "Good morning, Maya")
    expect(newest(page)).to_contain_text("Good morning, Maya")
    expect(page.get_by_role("button", name="Maya Okafor").get_by_label("1 unread")).to_be_visible()
    shoot(page, "unread")
    become(page, "Maya Okafor")
    expect(newest(page)).to_contain_text("Good morning, Maya")
    become(page, "Iris Lindqvist")
    expect(page.get_by_role("button", name="Maya Okafor").get_by_label("unread")).to_have_count(0)


def test_the_guest_is_refused(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url, person="Gus Moreau")
    command(page, "/cocm today")
    expect(newest(page)).to_contain_text("not for guests")
    go(page, "Home")
    expect(page.get_by_label("App Home")).to_contain_text("not for guests")
    shoot(page, "guest")


def test_who_is_in_no_registry_is_told_whom_to_ask(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url, person="Noor Rahimi")
    command(page, "/cocm caseload")
    expect(newest(page)).to_contain_text("admin")


def test_the_bot_stays_silent_where_another_company_reads_along(
    demo: Demo, visit: OpenPage, shoot: Shoot
) -> None:
    page = visit(demo.url)
    go(page, "shared-with-partner")
    expect(page.get_by_text("People of another company read along here")).to_be_visible()
    command(page, "/cocm today")
    expect(newest(page)).to_contain_text("I stay silent in channels shared with other companies")
    expect(newest(page)).to_contain_text("Only visible to you")
    shoot(page, "shared")
    become(page, "Emil Castellanos")
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_text("Not installed where this person works.")).to_be_visible()


def test_app_home_is_drawn_for_whom_it_is(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    for person, width, dark in (("Maya Okafor", 1280, False), ("Iris Lindqvist", 900, True)):
        page = visit(demo.url, person=person, width=width, dark=dark)
        go(page, "Home")
        expect(page.get_by_label("App Home")).to_contain_text(f"Hello {person.split()[0]}")
        shoot(page, f"home-{width}")


def test_the_composer_offers_what_the_manifest_does(demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(demo.url)
    box = page.get_by_role("combobox", name="Message or command")
    box.fill("/")
    offer = offer_of(MANIFEST)
    offered = page.get_by_role("listbox", name="Commands").get_by_role("option")
    expect(offered).to_have_count(len(offer.commands) + len(offer.shortcuts))
    for shortcut in offer.shortcuts:
        expect(offered.filter(has_text=shortcut.name)).to_contain_text(shortcut.description)
    for command_offered in offer.commands:
        option = offered.filter(has_text=command_offered.command)
        expect(option).to_contain_text(command_offered.usage_hint)
        expect(option).to_contain_text(command_offered.description)
    shoot(page, "commands")
    box.press("Enter")
    expect(box).to_have_value(f"{offer.commands[0].command} ")


def test_an_unknown_command_is_refused_as_it_stands(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url)
    command(page, "/com today")
    expect(page.get_by_text("/com is not a command of this workspace.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Message or command")).to_have_value("/com today")


def test_a_long_answer_is_shown_from_its_top(demo: Demo, visit: OpenPage) -> None:
    page = visit(demo.url)
    for line, words in (("/cocm today", "need you today"), ("/cocm caseload", "sorted by")):
        command(page, line)
        expect(newest(page)).to_contain_text(words)
        answer, log = newest(page).bounding_box(), page.get_by_role("log").bounding_box()
        assert answer
        assert log
        assert answer["height"] > log["height"]
        assert abs(answer["y"] - log["y"]) < NEAR

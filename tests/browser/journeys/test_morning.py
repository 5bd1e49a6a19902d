"""A care manager's morning on the page, by mouse and by keyboard alone."""

from playwright.sync_api import Page, expect

from cocm_bot.cli.synthetic.demo import Demo
from tests.browser.acts import choose, command, modal, newest
from tests.browser.conftest import OpenPage, Shoot


def test_the_morning_by_mouse(empty_demo: Demo, visit: OpenPage, shoot: Shoot) -> None:
    page = visit(empty_demo.url)
    shoot(page, "welcome")
    command(page, "/cocm help")
    expect(newest(page)).to_contain_text("this is your patient registry")
    shoot(page, "help")
    command(page, "/cocm today")
    newest(page).get_by_role("button", name="Add the first patient").click()

    form = modal(page, "Add a patient")
    form.get_by_label("MRN").fill("A-1001")
    form.get_by_label("First name").fill("Ana")
    form.get_by_label("Last name").fill("Muñoz")
    form.get_by_label("Birth date").fill("1984-02-29")
    choose(page, form, "Payer", "Medicaid")
    form.get_by_role("button", name="Add", exact=True).click()
    card = modal(page, "Patient")
    expect(card).to_contain_text("Added.")
    shoot(page, "card-new")

    card.get_by_role("button", name="Log a contact").click()
    form = modal(page, "Log a contact")
    choose(page, form, "Visit type", "Clinic")
    form.get_by_label("Minutes").fill("45")
    form.get_by_label("PHQ-9 total").fill("18")
    choose(page, form, "PHQ-9 item 9", "0 · not at all")
    form.get_by_label("GAD-7 total").fill("14")
    form.get_by_role("button", name="Save").click()
    card = modal(page, "Patient")
    expect(card).to_contain_text("Enrolled → Treatment")
    shoot(page, "card-saved")

    close_all(page)
    command(page, "/cocm caseload")
    expect(newest(page)).to_contain_text("A.M.")
    expect(newest(page)).to_contain_text("1 patient")
    assert [each for each in empty_demo.workspace.refusals if not each.race] == []


def test_the_morning_by_keyboard(empty_demo: Demo, visit: OpenPage) -> None:
    page = visit(empty_demo.url)
    page.get_by_role("combobox", name="Message or command").focus()
    page.keyboard.type("/")
    expect(page.get_by_role("option", name="/cocm")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("add")
    page.keyboard.press("Enter")

    modal(page, "Add a patient").wait_for()
    expect(page.get_by_label("MRN")).to_be_focused()
    for words in ("A-2001", "Berta", "Quist"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.type("02291984")
    page.keyboard.press("Enter")
    card = modal(page, "Patient")
    expect(card).to_contain_text("Added.")
    expect(card).to_contain_text("29 Feb 1984")

    press(page, "Log a contact")
    modal(page, "Log a contact").wait_for()
    tab_to(page, "Visit type")
    page.keyboard.type("clin")
    page.keyboard.press("Enter")
    tab_to(page, "Minutes")
    page.keyboard.type("45")
    tab_to(page, "PHQ-9 total")
    page.keyboard.type("18")
    tab_to(page, "PHQ-9 item 9")
    page.keyboard.type("0 ·")
    page.keyboard.press("Enter")
    tab_to(page, "GAD-7 total")
    page.keyboard.press("Enter")
    expect(modal(page, "Patient")).to_contain_text("PHQ-9 18, the first score")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Message or command")).to_be_focused()
    assert [each for each in empty_demo.workspace.refusals if not each.race] == []


def close_all(page: Page) -> None:
    page.get_by_role("dialog").locator(".x").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the focus is where it is wanted."""
    wanted = page.get_by_role("dialog").get_by_label(label)
    for _ in range(30):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {label}")


def press(page: Page, name: str) -> None:
    wanted = page.get_by_role("dialog").get_by_role("button", name=name)
    for _ in range(30):
        if wanted.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {name}")
